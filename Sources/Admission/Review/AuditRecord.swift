import JSON
import UWSGI

/// What the audit log tells of one review.
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

    public var decision: Verdict.Decision { verdict.decision }

    /// The max-fd state of each container that runs uWSGI, for the metrics.
    public var states: [MaxFD.State] { verdict.containers.map(\.finding.detection.maxFD.state) }

    init(_ request: AdmissionRequest, metadata: PodMetadata, policy: Policy, verdict: Verdict) {
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

    /// The longest text that is taken over from a request, in bytes: names that Kubernetes accepts are shorter.
    static let longestText = 512

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
        line = json.bytes
        line.append(UInt8(ascii: "\n"))
    }

    private func writeFields(to json: inout JSONWriter) {
        func text(_ name: StaticString, _ text: String) {
            json.memberIfPresent(name, Self.bounded(text))
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
        if !verdict.containers.isEmpty {
            json.name("containers")
            json.array { json in
                for container in verdict.containers {
                    json.object { container.writeMembers(to: &$0) }
                }
            }
        }
        if !verdict.patch.isEmpty {
            json.name("patch")
            verdict.patch.write(to: &json)
        }
        if !verdict.warnings.isEmpty {
            json.name("warnings")
            json.array { json in
                for warning in verdict.warnings { json.string(warning) }
            }
        }
    }

    static func bounded(_ text: String) -> String {
        text.utf8.count <= longestText ? text : Excerpt.of(text, limit: longestText)
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
        json.memberIfPresent("name", AuditRecord.bounded(container.name))
        json.member("type", container.role.rawValue)
        json.memberIfPresent("image", AuditRecord.bounded(container.specification.image))
        json.memberIfPresent("certainty", detection.certainty?.rawValue)
        if !detection.evidence.isEmpty {
            json.name("evidence")
            json.array { json in
                for evidence in detection.evidence { json.string(AuditRecord.bounded(evidence)) }
            }
        }
        json.name("maxFd")
        json.object { json in
            json.member("state", detection.maxFD.state.rawValue)
            json.memberIfPresent("value", detection.maxFD.value.map(AuditRecord.bounded))
            json.memberIfPresent("source", detection.maxFD.source.map(AuditRecord.bounded))
        }
    }
}
