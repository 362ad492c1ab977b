import Nodes

/// Nodes of one system and one runtime, of which the same is known.
public struct NodeGroup: Sendable {
    public let assessment: NodeAssessment
    /// As `Garden Linux 1592.2`; empty where the nodes do not say.
    public let osImage: String
    /// As `containerd 1.7.19`; empty where the nodes do not say.
    public let runtime: String
    /// All of them, in the order of the input.
    public internal(set) var names: [String] = []
    /// The pools that labels name, and how many of the nodes are in each.
    public internal(set) var pools: [String: Int] = [:]
    /// Where the first of them stands.
    public let place: SourcePlace

    init(_ node: NodeDescription, _ assessment: NodeAssessment, at place: SourcePlace) {
        self.assessment = assessment
        osImage = node.osImage
        runtime = Self.runtime(of: node)
        self.place = place
    }

    /// What distinguishes one group from another.
    struct Identity: Hashable {
        let assessment: NodeAssessment
        let osImage: String
        let runtime: String

        init(_ node: NodeDescription, _ assessment: NodeAssessment) {
            self.assessment = assessment
            osImage = node.osImage
            runtime = NodeGroup.runtime(of: node)
        }
    }

    private static func runtime(of node: NodeDescription) -> String {
        node.containerRuntime.replacing("://", with: " ", maxReplacements: 1)
    }
}

// MARK: - For people

extension NodeGroup {
    /// `3 of 12 nodes hand out 1073741816 (Garden Linux 1592.2, containerd 1.7.19): pool worker-a`.
    func headline(of total: Int) -> String {
        let count = "\(names.count) of \(total) node\(total == 1 ? "" : "s")"
        let isOne = names.count == 1
        let what =
            switch (assessment.verdict, assessment.limit) {
            case (.unknown, _): isOne ? "hands out an unknown limit" : "hand out an unknown limit"
            case (_, let limit?): "\(isOne ? "hands" : "hand") out \(limit)"
            case (.dangerous, nil): isOne ? "hands out too much" : "hand out too much"
            case (.safe, nil): isOne ? "is safe" : "are safe"
            }
        return "\(count) \(what)\(system): \(whereabouts)"
    }

    /// Why, and what to do about it.
    var explanation: String {
        assessment.cure.isEmpty ? assessment.reason : "\(assessment.reason); \(assessment.cure)"
    }

    private var system: String {
        let parts = [osImage, runtime].filter { !$0.isEmpty }
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    }

    /// Their pools, the largest first, or else their names.
    private var whereabouts: String {
        let pools = pools.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        return pools.isEmpty ? Self.list(names, noun: "node") : Self.list(pools, noun: "pool")
    }

    /// How many are named before the rest is counted.
    private static let mostNamed = 5

    private static func list(_ names: [String], noun: String) -> String {
        let named = names.prefix(mostNamed).map { $0.isEmpty ? "without a name" : $0 }.joined(separator: ", ")
        let more = names.count > mostNamed ? " and \(names.count - mostNamed) more" : ""
        return "\(noun)\(names.count == 1 ? "" : "s") \(named)\(more)"
    }
}
