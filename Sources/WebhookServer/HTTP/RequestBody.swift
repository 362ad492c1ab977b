import Admission
import NIOCore

/// The body of one request as it comes in, and what it has taken of the ``BodyBudget``.
///
/// A body that comes whole in one read is answered at once and takes nothing. What is taken is given back exactly once,
/// by ``release(to:)``.
struct RequestBody {
    private(set) var bytes = ByteBuffer()
    /// In bytes.
    private var reserved = 0
    /// How long it will be, in bytes, as far as the request's head says so.
    private var announced = 0
    /// How much room is made for a body that has begun to come, in bytes. As none of it is touched before it is needed,
    /// it takes no memory; but the room of all connections together should not be beyond what a system will promise.
    private static let mostRoom = BodyMemory.lengths.upperBound

    /// Notes what the head of a request says of its body.
    mutating func expect(_ framing: RequestHead.BodyFraming) {
        announced = if case .length(let length) = framing { length } else { 0 }
    }

    /// Adds what has come; `false` when there is no memory left for it.
    mutating func append(_ more: ByteBuffer, budget: BodyBudget) -> Bool {
        guard bytes.readableBytes > 0 else {
            bytes = more
            return true
        }
        let length = bytes.readableBytes + more.readableBytes
        guard reserve(length, of: budget) else { return false }
        makeRoom(for: length, memory: budget.memory)
        bytes.writeImmutableBuffer(more)
        return true
    }

    /// Makes room once for all that is announced and for what the parser needs behind it, instead of doubling it again
    /// and again.
    private mutating func makeRoom(for length: Int, memory: BodyMemory) {
        let room = min(max(announced, length) + AdmissionReviewer.neededPadding, max(Self.mostRoom, length))
        guard bytes.capacity < room else { return }
        if var buffer = memory.take(room) {
            buffer.writeImmutableBuffer(bytes)
            bytes = buffer
        } else {
            bytes.reserveCapacity(room)
        }
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

    /// Lets go of everything.
    mutating func release(to budget: BodyBudget) {
        budget.release(reserved)
        reserved = 0
        budget.memory.keep(bytes)
        bytes = ByteBuffer()
    }
}
