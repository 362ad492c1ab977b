import NIOCore
import Synchronization

/// Memory of long bodies that have been answered, for the next ones.
///
/// Memory of this size comes from the system itself (see ``Allocator``), which clears every page of it first: for a body
/// of 900 KB that takes as long as decrypting it. So some is kept while long bodies follow upon each other, and given
/// back within a second or two.
final class BodyMemory: Sendable {
    /// Shorter memory is the allocator's own to keep, and longer is too much, in bytes.
    static let lengths = (256 << 10)...(1 << 20)
    /// How many of them are kept.
    static let most = 8

    private let kept = Mutex<[ByteBuffer]>([])

    /// An empty buffer that has room for `count` bytes; `nil` when none is kept.
    func take(_ count: Int) -> ByteBuffer? {
        guard Self.lengths.contains(count) else { return nil }
        var buffer = kept.withLock { kept in
            kept.lastIndex { $0.capacity >= count }.map { kept.remove(at: $0) }
        }
        // Should another thread still hold it, then this makes a new one.
        buffer?.clear()
        return buffer
    }

    /// Keeps a body's memory, when there is a use for it. The caller lets go of the buffer.
    func keep(_ buffer: ByteBuffer) {
        guard Self.lengths.contains(buffer.capacity) else { return }
        kept.withLock { kept in
            if kept.count < Self.most { kept.append(buffer) }
        }
    }

    /// Gives all of it back.
    func release() { kept.withLock { $0 = [] } }
}
