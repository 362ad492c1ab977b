import Basics
import UWSGI

/// The memory that uWSGI's routers take where nothing keeps them from taking the node's limit.
public struct MemoryAtStake: Hashable, Sendable {
    /// What is at stake because routers are seen.
    public let bytes: Int
    /// Whether a number behind it had to be taken for the least it can be: that of the Pods, or that of the router
    /// processes, of which there may be more than the ones that are seen.
    public let isEstimate: Bool
    /// What would be at stake in addition if there were one router process where the configuration that would say so
    /// cannot be seen.
    public let bytesIfRouter: Int

    /// - Parameters:
    ///   - limits: those that its Pods have, or would have without a max-fd.
    ///   - podsAreEstimated: whether there may be more Pods.
    init(of detection: Detection, limits: [LimitShare], podsAreEstimated: Bool) {
        let details = detection.details
        let ofOne = limits.reduce(0) {
            $0.addingSaturated(
                RouterTable.bytes(limit: Self.limit(detection.maxFD, $1), processes: $1.pods))
        }
        let processes = details.routerProcesses ?? (details.routers.isEmpty ? 0 : 1)
        bytes = ofOne.multipliedSaturated(by: min(max(processes, 0), RouterTable.mostProcesses))
        isEstimate = bytes > 0 && (details.routerProcesses == nil || podsAreEstimated)
        bytesIfRouter = details.routerProcesses == nil && details.routers.isEmpty ? ofOne : 0
    }

    init(bytes: Int, isEstimate: Bool, bytesIfRouter: Int = 0) {
        self.bytes = bytes
        self.isEstimate = isEstimate
        self.bytesIfRouter = bytesIfRouter
    }

    /// All of some, what is known and what is not each by itself.
    static func sum(_ all: some Sequence<MemoryAtStake>) -> MemoryAtStake {
        all.reduce(MemoryAtStake(bytes: 0, isEstimate: false)) { sum, next in
            MemoryAtStake(
                bytes: sum.bytes.addingSaturated(next.bytes), isEstimate: sum.isEstimate || next.isEstimate,
                bytesIfRouter: sum.bytesIfRouter.addingSaturated(next.bytesIfRouter))
        }
    }

    /// The limit that uWSGI will have, in file descriptors; none where its max-fd keeps it from starting at all.
    private static func limit(_ maxFD: MaxFD, _ share: LimitShare) -> Int {
        let nodeLimit = share.limit
        // What was measured is in force, whatever the specification says.
        if share.source == .measured, maxFD.isEverInForce { return nodeLimit }
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

// MARK: - For people

extension MemoryAtStake {
    /// In a few words: `8 GiB`, `≥8 GiB`, `8 GiB if router`, `no router`, `-`.
    /// - Parameter hasRouter: whether there is one, `nil` where that cannot be seen.
    func text(hasRouter: Bool?) -> String {
        if hasRouter == false { return "no router" }
        if bytes > 0 { return known }
        return bytesIfRouter > 0 ? "\(MemorySize.text(bytesIfRouter)) if router" : "-"
    }

    /// What is known of it.
    var known: String { bytes > 0 ? (isEstimate ? "≥" : "") + MemorySize.text(bytes) : "-" }

    /// In a sentence; `nil` when nothing is at stake.
    func sentence(hasRouter: Bool?) -> String? {
        if hasRouter == false { return "No router: not memory but processor time is at stake." }
        if bytes > 0 { return "Memory at stake: \(isEstimate ? "at least " : "")\(MemorySize.text(bytes))." }
        guard bytesIfRouter > 0 else { return nil }
        return "Memory at stake if it has a router, which cannot be seen: \(MemorySize.text(bytesIfRouter))."
    }
}
