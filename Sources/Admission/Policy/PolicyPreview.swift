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
    public let skipReason: String?
    /// Every container, whether it runs uWSGI or not.
    public let findings: [ExaminedContainer]
    /// What each policy would decide about the Pod, or about the Pods that come of a workload.
    public let verdicts: [Policy: Verdict]
    /// The max-fd that it should have, in file descriptors: the operator's, or the one that its author asks for.
    public let maxFD: Int
    /// An explicit max-fd above this is excessive.
    let ceiling: Int
    /// Where a container's verdict stands in each of ``verdicts``, by its pointer: they are in the same order in all.
    private let positions: [String: Int]

    /// What each policy would do about a container that runs uWSGI.
    public func verdict(_ policy: Policy, on finding: ExaminedContainer) -> ContainerVerdict? {
        guard let position = positions[finding.container.pointer], let verdict = verdicts[policy],
            verdict.containers.indices.contains(position)
        else { return nil }
        return verdict.containers[position]
    }

    /// One sentence about a container: what is wrong with it, on what evidence, and the cure.
    public func explanation(of finding: ExaminedContainer) -> String {
        FindingMessage(
            finding: finding, policy: .strict, subject: .pod, action: .deny, maxFD: maxFD, ceiling: ceiling
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
        guard let inspection = try PolicyPreview(ofPodsIn: document, kind: kind, settings: settings) else {
            throw AdmissionError(
                .malformed, "a \(Excerpt.of(kind, limit: 63)) is no Pod and has no Pod template")
        }
        self = inspection
    }

    /// Examines a Pod, a workload, or any object with a Pod template at a usual place; `nil` for anything else.
    /// - Parameter kind: what the object is: the items of a typed List need not say so themselves.
    /// - Throws: ``AdmissionError`` of kind `malformed` when something in it is of the wrong kind.
    public init?(
        ofPodsIn document: JSONValue, kind: String, settings: AdmissionSettings
    ) throws(AdmissionError) {
        guard document.kind == .object, let object = try PodTemplate(anyOf: document, kind: kind) else {
            return nil
        }
        let namespace =
            try document.object("metadata", in: "manifest")?.text("namespace", in: "manifest.metadata") ?? ""
        self.init(object, kind: kind, namespace: namespace, settings: settings)
    }

    private init(_ object: PodTemplate, kind: String, namespace: String, settings: AdmissionSettings) {
        let ceiling = settings.detector.ceiling
        let annotations = object.annotations(ceiling: ceiling)
        let findings = object.allFindings(settings.detector, annotations)
        let servers = findings.filter(\.detection.runsUWSGI)
        let maxFD = annotations.value ?? settings.maxFD
        var verdicts: [Policy: Verdict] = [:]
        for policy in Policy.allCases {
            // Of a workload it is told what will happen to its Pods: that it is only warned of itself helps nobody
            // who asks beforehand.
            verdicts[policy] = PolicyEvaluator(
                policy: policy, subject: .pod, maxFD: maxFD, ceiling: ceiling
            ).verdict(on: servers, notes: annotations.warnings)
        }
        self.init(
            kind: kind, namespace: namespace, name: object.metadata.name,
            generateName: object.metadata.name.isEmpty ? object.metadata.generateName : "",
            owner: object.metadata.owner, isWorkload: object.kind == .workload,
            skipReason: object.metadata.isMirror ? "mirror of a static Pod" : nil,
            findings: findings, verdicts: verdicts, maxFD: maxFD, ceiling: ceiling,
            positions: Dictionary(
                servers.enumerated().map { ($1.container.pointer, $0) },
                uniquingKeysWith: { first, _ in first }))
    }

    private init(skipped reason: String, _ request: AdmissionRequest, settings: AdmissionSettings) {
        self.init(
            kind: request.kind, namespace: request.namespace, name: request.name, generateName: "", owner: "",
            isWorkload: false, skipReason: reason, findings: [], verdicts: [:], maxFD: settings.maxFD,
            ceiling: settings.detector.ceiling, positions: [:])
    }
}
