/// The limits of open files that the command line itself has lowered, as `ulimit -n` and `prlimit` do.
struct LoweredLimits: Hashable {
    struct Limit: Hashable {
        /// `nil` when the number cannot be seen.
        var count: Int?
        /// Where it was lowered.
        var location: ArgumentLocation
    }

    /// What a process starts with; `nil` is the node's.
    var soft: Limit?
    /// What it can raise the soft one to; `nil` is the node's.
    var hard: Limit?

    /// Lowers the hard limit; raising it is refused to a process without privileges.
    mutating func lowerHard(to limit: Limit) {
        if let count = hard?.count, limit.count ?? .max > count { return }
        hard = limit
    }

    /// After a branch only what both sides have lowered is lowered, to the larger of both.
    func joined(with other: LoweredLimits) -> LoweredLimits {
        LoweredLimits(soft: Self.larger(soft, other.soft), hard: Self.larger(hard, other.hard))
    }

    private static func larger(_ a: Limit?, _ b: Limit?) -> Limit? {
        if a == b { return a }
        guard var a, let b else {
            // On one way it is the node's and on the other one it is not: it cannot be seen.
            return (a ?? b).map { Limit(count: nil, location: $0.location) }
        }
        guard let first = a.count, let second = b.count else {
            a.count = nil
            return a
        }
        return first >= second ? a : b
    }
}
