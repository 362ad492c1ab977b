/// A limit of file descriptors, and how many of a finding's Pods have it.
public struct LimitShare: Hashable, Sendable {
    /// Where a limit is known from.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// In force in the container, by the kubelet's metrics.
        case measured
        /// What the Pod's node hands out, or the most that any node does where the Pod has none.
        case node
        /// `--node-limit`.
        case assumed

        /// The better one is the lower.
        var rank: Int {
            switch self {
            case .measured: 0
            case .node: 1
            case .assumed: 2
            }
        }
    }

    /// In file descriptors.
    public let limit: Int
    public let source: Source
    public var pods: Int
}
