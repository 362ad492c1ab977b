import UWSGI

/// The memory that uWSGI's routers take where nothing keeps them from taking the node's limit: 8 bytes for each
/// descriptor, in each router process. Source: uWSGI `plugins/corerouter/corerouter.c`, `cr_table`.
public struct MemoryAtStake: Hashable, Sendable {
    public let bytes: Int
    /// Whether a number behind it had to be taken for the least it can be: that of the Pods, or that of the router
    /// processes, of which one is assumed where the configuration cannot be seen.
    public let isEstimate: Bool

    /// The most router processes that one uWSGI can have. Source: uWSGI `uwsgi.h`, `MAX_GATEWAYS`.
    private static let mostProcesses = 64

    init(of detection: Detection, pods: PodCount, nodeLimit: Int) {
        let processes = detection.details.routerProcesses
        let limit = Self.limit(detection.maxFD, nodeLimit: nodeLimit)
        let each = 8 * limit * min(max(processes ?? 1, 0), Self.mostProcesses)
        bytes = each * pods.number
        isEstimate = each > 0 && pods.number > 0 && (processes == nil || pods.isEstimate)
    }

    init(bytes: Int, isEstimate: Bool) {
        self.bytes = bytes
        self.isEstimate = isEstimate
    }

    /// The limit that uWSGI will have, in file descriptors; none where its max-fd keeps it from starting at all.
    private static func limit(_ maxFD: MaxFD, nodeLimit: Int) -> Int {
        // More than the node gives cannot be had: setrlimit(2) refuses, and the limit stays as it was.
        let own = maxFD.number.map { min($0, nodeLimit) }
        switch maxFD.state {
        case .unset, .ineffective, .hidden: return nodeLimit
        case .harmful: return 0
        case .incurable:
            guard let number = maxFD.number, number != 0 else { return nodeLimit }
            return number < 0 || number > Int(Int32.max) ? 0 : min(number, nodeLimit)
        case .excessive, .set: return max(own ?? nodeLimit, 0)
        }
    }
}
