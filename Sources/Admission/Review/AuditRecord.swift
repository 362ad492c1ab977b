import Basics
import JSON
import UWSGI

/// What the audit log says of one review.
///
/// Never in it: arguments, the values of variables other than max-fd's own, headers, bodies.
public struct AuditRecord: Sendable {
    public let policy: Policy
    public let verdict: Verdict
    public let uid: String
    public let operation: String
    public let isDryRun: Bool
    public let kind: String
    public let namespace: String
    public let name: String
    public let generateName: String
    public let owner: String
    public let user: String
    /// The trace that the request belongs to, as W3C Trace Context writes it; the caller has validated it.
    public var traceParent: String?

    public var decision: Verdict.Decision { verdict.decision }

    /// Whether a Pod was let into the cluster.
    public var admitsPod: Bool {
        kind == "Pod" && !isDryRun && [.patched, .warned, .allowed].contains(decision)
    }

    init(_ request: borrowing AdmissionRequest, metadata: PodMetadata, policy: Policy, verdict: Verdict) {
        self.policy = policy
        self.verdict = verdict
        uid = request.uid
        operation = request.operation
        isDryRun = request.isDryRun
        kind = request.kind
        namespace = request.namespace
        name = request.name.isEmpty ? metadata.name : request.name
        // The API server keeps `generateName` on objects that have long been named.
        generateName = name.isEmpty ? metadata.generateName : ""
        owner = metadata.owner
        user = request.user
    }

    /// The record of a review that could not be answered.
    public init(policy: Policy, error: AdmissionError) {
        self.policy = policy
        verdict = Verdict(
            decision: .error, reason: error.description, containers: [], patch: [], warnings: [], denial: nil)
        uid = ""
        operation = ""
        isDryRun = false
        kind = ""
        namespace = ""
        name = ""
        generateName = ""
        owner = ""
        user = ""
    }

    /// After how many bytes of one list, of containers or of changes, the rest of it is left out: a line is to stay one
    /// that log shippers take, which cut or drop what is longer than 64 KiB or so.
    static let longestList = 16 << 10

    /// The most names of exempted containers that are written: more than a Pod that runs ever has.
    static let mostExempted = 256

    /// Writes the record as one line of JSON, line feed included, at the end of `line`.
    /// - Parameters:
    ///   - time: when the review was answered: RFC 3339, milliseconds, UTC.
    ///   - durationMicros: how long it took, in microseconds.
    public func write(time: String, durationMicros: Int, to line: inout [UInt8]) {
        var start: [UInt8] = []
        swap(&start, &line)
        var json = JSONWriter(appendingTo: consume start)
        json.object { json in
            json.member("time", time)
            json.member("level", decision == .error ? "error" : "info")
            json.member("msg", "admission")
            writeFields(to: &json)
            json.member("durationMicros", durationMicros)
        }
        json.endLine()
        line = json.bytes
    }

    private func writeFields(to json: inout JSONWriter) {
        func text(_ name: StaticString, _ text: String) {
            json.memberIfPresent(name, PrintableText.bounded(text))
        }
        text("uid", uid)
        json.member("policy", policy.rawValue)
        json.member("decision", decision.rawValue)
        text("reason", verdict.reason)
        text("operation", operation)
        if isDryRun { json.member("dryRun", true) }
        text("kind", kind)
        text("namespace", namespace)
        text("name", name)
        text("generateName", generateName)
        text("owner", owner)
        text("user", user)
        let containers = verdict.containers
        let containersLeftOut = Self.writeList("containers", containers.indices, to: &json) { index, json in
            json.object { containers[index].writeMembers(to: &$0) }
        }
        if !verdict.exempted.isEmpty {
            json.name("exempted")
            json.array { json in
                for name in verdict.exempted.prefix(Self.mostExempted) {
                    json.string(PrintableText.of(name, limit: PrintableText.longestName))
                }
            }
        }
        let changesLeftOut = Self.writeList("patch", verdict.patch.indices, to: &json) {
            verdict.patch[$0].write(to: &$1)
        }
        if !verdict.warnings.isEmpty {
            json.name("warnings")
            json.array { json in
                for warning in verdict.warnings { json.string(warning) }
            }
        }
        if containersLeftOut + changesLeftOut > 0 {
            json.name("leftOut")
            json.object { json in
                if containersLeftOut > 0 { json.member("containers", containersLeftOut) }
                if changesLeftOut > 0 { json.member("patch", changesLeftOut) }
            }
        }
        json.memberIfPresent("traceparent", traceParent)
    }

    /// Writes a list up to ``longestList``, or nothing when it is empty.
    /// - Parameter write: writes the element at an index, which need not be copied for that.
    /// - Returns: how many of its elements were left out.
    private static func writeList(
        _ name: StaticString, _ list: Range<Int>, to json: inout JSONWriter,
        _ write: (Int, inout JSONWriter) -> Void
    ) -> Int {
        guard !list.isEmpty else { return 0 }
        var written = 0
        json.name(name)
        json.array { json in
            let end = json.bytes.count + longestList
            for index in list where json.bytes.count < end {
                write(index, &json)
                written += 1
            }
        }
        return list.count - written
    }

}

extension ContainerVerdict {
    /// Writes the members of the audit log's record of a container.
    func writeMembers(to json: inout JSONWriter) {
        finding.writeMembers(to: &json)
        json.member("action", action.rawValue)
        json.memberIfPresent("value", value)
    }
}

extension ExaminedContainer {
    /// Writes what was found, as the audit log has it.
    public func writeMembers(to json: inout JSONWriter) {
        json.memberIfPresent("name", PrintableText.bounded(container.name))
        json.member("type", container.role.rawValue)
        json.memberIfPresent("image", PrintableText.bounded(container.specification.image))
        json.memberIfPresent("certainty", detection.certainty?.rawValue)
        if !detection.evidence.isEmpty {
            json.name("evidence")
            json.array { json in
                for evidence in detection.evidence { json.string(PrintableText.bounded(evidence)) }
            }
        }
        json.name("maxFd")
        json.object { json in
            json.member("state", detection.maxFD.state.rawValue)
            json.memberIfPresent("value", detection.maxFD.value.map { PrintableText.bounded($0) })
            json.memberIfPresent("source", detection.maxFD.source.map { PrintableText.bounded($0) })
        }
    }
}
