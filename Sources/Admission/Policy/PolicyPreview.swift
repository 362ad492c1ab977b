import Basics
import Catalogue
import JSON
import UWSGI

/// What every policy would make of one object, for people and programs that ask beforehand.
public struct PolicyPreview: Sendable {
    public let kind: String
    public let namespace: String
    public let name: String
    public let generateName: String
    /// `kind/name` of the object that made this one; empty when there is none.
    public let owner: String
    /// Whether the object makes Pods rather than being one.
    public let isWorkload: Bool
    /// Why no policy looks at this object, when that is so.
    public let skipReason: SkipReason?
    /// Whether a label asks policies to leave the Pod alone.
    public let hasSkipLabel: Bool
    /// Whether it is a request that no policy looks at.
    private let isOutOfScope: Bool
    /// Every container, whether it runs uWSGI or not.
    public private(set) var findings: [ExaminedContainer]
    /// Those that run uWSGI, without what ``knowing(_:)`` has added: what the webhook sees.
    private let servers: [ExaminedContainer]
    /// Where each stands in ``servers``, by its pointer: they are asked for one by one, and there may be many.
    private let positions: [String: Int]
    /// What there is to say about the object as a whole.
    private let notes: [String]
    /// The max-fd that it should have, in file descriptors: the operator's, or the one that its author asks for.
    public let maxFD: Int
    private let settings: AdmissionSettings

    /// What a policy would decide about the Pod, or about the Pods that come of a workload; `nil` for a request that
    /// no policy looks at.
    ///
    /// It is worked out when asked for: of the many Pods of a scan most are only counted.
    public func verdict(_ policy: Policy) -> Verdict? {
        isOutOfScope
            ? nil : evaluator(policy).verdict(on: servers, notes: notes)
    }

    /// What a policy would do about a container that runs uWSGI; `nil` where its author's annotation has the policy
    /// leave it alone.
    public func verdict(_ policy: Policy, on finding: ExaminedContainer) -> ContainerVerdict? {
        server(at: finding.container.pointer).flatMap { evaluator(policy).verdict(on: $0) }
    }

    /// What a policy would do about a container, without the rest of its verdict.
    package func action(_ policy: Policy, on finding: ExaminedContainer) -> Action? {
        server(at: finding.container.pointer).flatMap { evaluator(policy).action(on: $0) }
    }

    private func server(at pointer: String) -> ExaminedContainer? {
        positions[pointer].map { servers[$0] }
    }

    private func evaluator(_ policy: Policy) -> PolicyEvaluator {
        // For a workload the answer is what will happen to its Pods: that it is only warned about itself helps nobody
        // who asks beforehand.
        PolicyEvaluator(
            policy: policy, subject: .pod, maxFD: maxFD, ceiling: settings.detector.ceiling,
            strictExemptions: settings.strictExemptions, envFrom: settings.envFrom)
    }

    /// What each policy would do about a container that runs uWSGI, in a word: an ``Action``, or `exempt`.
    public func word(_ policy: Policy, on finding: ExaminedContainer) -> String? {
        if let verdict = verdict(policy, on: finding) { return verdict.action.rawValue }
        return finding.asksForExemption ? "exempt" : nil
    }

    /// One sentence about a container: what is wrong with it, on what evidence, and the cure.
    public func explanation(of finding: ExaminedContainer) -> String {
        FindingMessage(
            finding: finding, policy: .strict, subject: .pod, action: .deny, maxFD: maxFD,
            ceiling: settings.detector.ceiling, strictExemptions: settings.strictExemptions,
            envFrom: settings.envFrom, longestSource: 512
        ).denial
    }
}

extension PolicyPreview {
    /// Examines an AdmissionReview, a Pod, a workload, or any object with a Pod template at a usual place.
    /// - Throws: ``AdmissionError`` of kind `malformed` when it is none of these.
    public init(of document: JSONValue, settings: AdmissionSettings) throws(AdmissionError) {
        if document["kind"]?.equals("AdmissionReview") == true {
            let request = try AdmissionRequest(document: document)
            switch try ReviewScope(of: request) {
            case .skip(let reason):
                self.init(skipped: reason, request, settings: settings)
            case .examine(let object):
                self.init(object, kind: request.kind, namespace: request.namespace, settings: settings)
            }
            return
        }
        guard document.kind == .object else {
            throw AdmissionError(.malformed, "a manifest must be an object")
        }
        let kind = try document.text("kind", in: "manifest")
        guard !kind.isEmpty else { throw AdmissionError(.malformed, "a manifest must have a kind") }
        let all = try PolicyPreview.all(ofPodsIn: document, kind: kind, settings: settings)
        guard let first = all.previews.first else { throw PolicyPreview.noPods(in: kind) }
        self = first
    }

    /// The same, with what more is known of its containers. What the policies do stays: the webhook does not know it.
    package func knowing(_ findings: [ExaminedContainer]) -> PolicyPreview {
        var copy = self
        copy.findings = findings
        return copy
    }

    /// What strict would do about a container if the webhook knew all that is known of it here; `nil` where its
    /// author's annotation has the policy leave it alone.
    package func strictAction(knowing finding: ExaminedContainer) -> Action? {
        evaluator(.strict).action(on: finding)
    }

    package static func noPods(in kind: String) -> AdmissionError {
        AdmissionError(
            .malformed,
            "a \(PrintableText.of(kind, limit: PrintableText.longestName)) is not a Pod and has no Pod template that can be found"
        )
    }

    /// Examines a Pod, a workload, or any object with something that Pods are made from: one preview for each Pod
    /// template, none where there is none.
    /// - Parameter kind: what the object is: the items of a typed List need not say so themselves.
    /// - Returns: the previews; what each was made from, a Pod or a Pod template; and what looks like containers and
    ///   could not be read, with the reason.
    /// - Throws: ``AdmissionError`` of kind `malformed` when something is of the wrong kind in a Pod, or in a Pod
    ///   template at a usual place.
    public static func all(
        ofPodsIn document: JSONValue, kind: String, settings: AdmissionSettings
    ) throws(AdmissionError) -> (
        previews: [PolicyPreview], templates: [JSONValue], unread: [(pointer: String, reason: String)]
    ) {
        guard document.kind == .object else { return ([], [], []) }
        var previews: [PolicyPreview] = []
        var templates: [JSONValue] = []
        var unread: [(pointer: String, reason: String)] = []
        var path: [StaticString]?
        var namespace: String?
        func preview(of template: PodTemplate) throws(AdmissionError) -> PolicyPreview {
            if namespace == nil {
                let metadata = try document.object("metadata", in: "manifest")
                namespace = try metadata?.text("namespace", in: "manifest.metadata") ?? ""
            }
            let running =
                kind == "Pod" && settings.catalogue != nil ? RunningImages.digests(of: document) : [:]
            return PolicyPreview(
                template, kind: kind, namespace: namespace ?? "", settings: settings, running: running)
        }
        if let template = try PodTemplate(anyOf: document, kind: kind, path: &path) {
            previews.append(try preview(of: template))
            templates.append((path ?? []).reduce(document) { $0[$1] ?? $0 })
        }
        guard path?.isEmpty != true else { return (previews, templates, unread) }
        for place in PodPlaces(in: document, kind: kind, except: path).places {
            do throws(AdmissionError) {
                previews.append(try preview(of: try PodTemplate(place, in: document)))
                templates.append(place.template)
            } catch {
                unread.append((error.pointer ?? place.containers.first?.pointer ?? "", error.description))
            }
        }
        return (previews, templates, unread)
    }

    private init(
        _ object: PodTemplate, kind: String, namespace: String, settings: AdmissionSettings,
        running: [String: ImageDigest] = [:]
    ) {
        let annotations = object.annotations(ceiling: settings.detector.ceiling)
        let findings = object.allFindings(
            settings.detector, annotations, catalogue: settings.catalogue, running: running)
        let servers = findings.filter(\.detection.runsUWSGI)
        self.init(
            kind: kind, namespace: namespace, name: object.metadata.name,
            generateName: object.metadata.name.isEmpty ? object.metadata.generateName : "",
            owner: object.metadata.owner, isWorkload: object.kind == .workload,
            skipReason: object.metadata.isMirror ? .mirrorPod : nil,
            hasSkipLabel: object.podMetadata.hasSkipLabel, isOutOfScope: false, findings: findings,
            servers: servers,
            positions: Dictionary(
                servers.enumerated().map { ($1.container.pointer, $0) },
                uniquingKeysWith: { first, _ in first }),
            notes: annotations.warnings, maxFD: annotations.value ?? settings.maxFD,
            settings: settings)
    }

    private init(skipped reason: SkipReason, _ request: AdmissionRequest, settings: AdmissionSettings) {
        self.init(
            kind: request.kind, namespace: request.namespace, name: request.name, generateName: "", owner: "",
            isWorkload: false, skipReason: reason, hasSkipLabel: false, isOutOfScope: true, findings: [],
            servers: [], positions: [:], notes: [], maxFD: settings.maxFD, settings: settings)
    }
}
