import Nodes

/// What is known of the nodes of a scan's input.
public struct NodeOverview: Sendable {
    /// The dangerous ones first, then those of which nothing is known; of each the largest group first.
    public let groups: [NodeGroup]
    /// How many nodes there are.
    public let count: Int

    init(_ groups: [NodeGroup]) {
        self.groups = groups.sorted { Self.order($0) < Self.order($1) }
        count = groups.reduce(0) { $0 + $1.names.count }
    }

    private static func order(_ group: NodeGroup) -> (Int, Int, String, String) {
        let rank =
            switch group.assessment.verdict {
            case .dangerous: 0
            case .unknown: 1
            case .safe: 2
            }
        return (rank, -group.names.count, group.osImage, group.runtime)
    }

    public func groups(_ verdict: NodeAssessment.Verdict) -> [NodeGroup] {
        groups.filter { $0.assessment.verdict == verdict }
    }

    /// How many nodes a verdict is about.
    public func count(_ verdict: NodeAssessment.Verdict) -> Int {
        groups(verdict).reduce(0) { $0 + $1.names.count }
    }

    /// `8 of 12 nodes are safe`; `nil` where none is.
    var safeHeadline: String? {
        let safe = count(.safe)
        guard safe > 0 else { return nil }
        return "\(safe) of \(count) node\(count == 1 ? "" : "s") \(safe == 1 ? "is" : "are") safe"
    }
}
