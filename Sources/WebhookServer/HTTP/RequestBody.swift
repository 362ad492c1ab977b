import NIOCore

/// The body of one request as it comes in, and what it has taken of the ``BodyBudget``.
///
/// A body that comes whole in one read is answered at once and takes nothing. What is taken is given back exactly once,
/// by ``release(to:)``.
struct RequestBody {
    private(set) var bytes = ByteBuffer()
    /// In bytes.
    private var reserved = 0

    /// Adds what has come; `false` when there is no memory left for it.
    mutating func append(_ more: ByteBuffer, budget: BodyBudget) -> Bool {
        guard bytes.readableBytes > 0 else {
            bytes = more
            return true
        }
        guard reserve(bytes.readableBytes + more.readableBytes, of: budget) else { return false }
        bytes.writeImmutableBuffer(more)
        return true
    }

    /// Accounts for all of it, because it is to be kept for longer than the read that brought it; `false` when there is
    /// no memory left for it.
    mutating func keep(budget: BodyBudget) -> Bool { reserve(bytes.readableBytes, of: budget) }

    private mutating func reserve(_ length: Int, of budget: BodyBudget) -> Bool {
        let needed = length - reserved
        guard needed > 0 else { return true }
        guard budget.reserve(needed) else { return false }
        reserved += needed
        return true
    }

    /// Lets go of the bytes, which somebody else has now; they are still accounted for.
    mutating func handOver() { bytes = ByteBuffer() }

    /// Lets go of everything.
    mutating func release(to budget: BodyBudget) {
        budget.release(reserved)
        reserved = 0
        bytes = ByteBuffer()
    }
}
