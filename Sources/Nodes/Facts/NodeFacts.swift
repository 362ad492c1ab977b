import JSON

/// What is known of distributions and runtimes: `node-limits.json`, the first row that fits counts.
public struct NodeFacts: Sendable {
    private let rows: [NodeFact]

    /// The facts that come with this program.
    public static let shipped = NodeFacts(json: PackageResources.node_limits_json)

    /// - Parameter json: an array of rows; one that cannot be read leaves no rows, which a test rules out.
    init(json: [UInt8]) {
        rows = (try? JSONParser().parse(json))?.elements.compactMap { NodeFact($0) } ?? []
    }

    var count: Int { rows.count }

    public func assess(_ node: NodeDescription) -> NodeAssessment {
        rows.first { $0.fits(node) }?.assessment ?? .unlisted
    }
}

/// One row: which nodes it is about, and what is known of them.
struct NodeFact: Sendable {
    private let os: String?
    private let osVersions: VersionRange
    private let runtime: String?
    private let runtimeVersions: VersionRange
    private let kubelet: String?
    private let provider: String?
    private let label: String?
    let assessment: NodeAssessment

    init?(_ row: JSONValue) {
        func text(_ name: StaticString) -> String? { row[name]?.string }
        guard let verdict = text("verdict").flatMap(NodeAssessment.Verdict.init(rawValue:)),
            let reason = text("reason"), let source = text("source"), text("checked") != nil
        else { return nil }
        os = text("os")
        osVersions = VersionRange(from: text("osFrom"), below: text("osBelow"))
        runtime = text("runtime")
        runtimeVersions = VersionRange(from: text("runtimeFrom"), below: text("runtimeBelow"))
        kubelet = text("kubelet")
        provider = text("provider")
        label = text("label")
        assessment = NodeAssessment(
            verdict: verdict, limit: row["limit"]?.integer, reason: reason, cure: text("cure") ?? "",
            source: source)
    }

    func fits(_ node: NodeDescription) -> Bool {
        if let os {
            guard node.osImage.hasPrefix(os) else { return false }
            guard osVersions.contains(DottedVersion(in: node.osImage.dropFirst(os.count))) else {
                return false
            }
        }
        if let runtime {
            guard node.containerRuntime.hasPrefix(runtime + "://") else { return false }
            let version = DottedVersion(in: node.containerRuntime.dropFirst(runtime.count + 3))
            guard runtimeVersions.contains(version) else { return false }
        }
        if let kubelet, !node.kubelet.contains(kubelet) { return false }
        if let provider, !node.providerID.hasPrefix(provider) { return false }
        if let label, node.labels[label] == nil { return false }
        return true
    }
}

/// Versions from one on and below another; either end may be open.
struct VersionRange: Sendable {
    private let from: DottedVersion?
    private let below: DottedVersion?

    init(from: String?, below: String?) {
        self.from = from.flatMap { DottedVersion(in: $0) }
        self.below = below.flatMap { DottedVersion(in: $0) }
    }

    /// A version that cannot be read is in no range that has an end.
    func contains(_ version: DottedVersion?) -> Bool {
        guard from != nil || below != nil else { return true }
        guard let version else { return false }
        return from.map { $0 <= version } ?? true && below.map { version < $0 } ?? true
    }
}
