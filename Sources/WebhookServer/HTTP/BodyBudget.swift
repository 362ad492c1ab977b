import Synchronization

/// How much of all connections' unfinished bodies may be held in memory together.
///
/// Without it 1,024 connections could each hold a body of almost 8 MiB. A body that came in one piece is not
/// counted: it is answered at once.
final class BodyBudget: Sendable {
    let limit: Int
    let memory = BodyMemory()
    private let used = Atomic<Int>(0)
    private let most = Atomic<Int>(0)

    /// - Parameter limit: in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes `count` bytes, or nothing when they would exceed the limit.
    func reserve(_ count: Int) -> Bool {
        let (_, now) = used.wrappingAdd(count, ordering: .relaxed)
        if now <= limit {
            most.max(now, ordering: .relaxed)
            return true
        }
        used.wrappingSubtract(count, ordering: .relaxed)
        return false
    }

    /// Gives back what was taken.
    func release(_ count: Int) {
        if count > 0 { used.wrappingSubtract(count, ordering: .relaxed) }
    }

    /// How much is taken now, in bytes.
    var inUse: Int { used.load(ordering: .relaxed) }

    /// Notes memory that is taken for a moment, outside the budget.
    func note(_ count: Int) { most.max(inUse + count, ordering: .relaxed) }

    /// How much less is taken now than there was since this was asked last, in bytes.
    func fallSinceLastLook() -> Int {
        let now = inUse
        return max(0, most.exchange(now, ordering: .relaxed) - now)
    }
}
