import NIOCore

/// Plaintext that waits for its flush, or for the end of the handshake, with the promises of its writers.
struct PendingWrites {
    private struct Write {
        var buffer: ByteBuffer
        var promise: EventLoopPromise<Void>?
    }

    private var writes = CircularBuffer<Write>(initialCapacity: 4)
    /// How many of the writes, from the front, were flushed.
    private var flushed = 0
    private(set) var bytes = 0

    var isEmpty: Bool { writes.isEmpty }
    var hasFlushed: Bool { flushed > 0 }

    mutating func append(_ buffer: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        bytes += buffer.readableBytes
        writes.append(Write(buffer: buffer, promise: promise))
    }

    mutating func markFlushed() {
        flushed = writes.count
    }

    /// Takes flushed writes from the front, joined to one run of bytes of about `limit`: many small writes make
    /// one record. A single write is passed on as it is, without a copy.
    ///
    /// - Parameter scratch: memory for joining, used again by the caller.
    mutating func takeFlushed(joiningUpTo limit: Int, scratch: inout ByteBuffer) -> Batch? {
        guard flushed > 0, let first = writes.popFirst() else { return nil }
        flushed -= 1
        bytes -= first.buffer.readableBytes
        var promises = PromiseJoin(first.promise)
        guard flushed > 0, first.buffer.readableBytes < limit else {
            return Batch(plaintext: first.buffer, promise: promises.joined)
        }
        scratch.clear()
        scratch.writeImmutableBuffer(first.buffer)
        while flushed > 0, let next = writes.first, scratch.readableBytes + next.buffer.readableBytes <= limit
        {
            scratch.writeImmutableBuffer(next.buffer)
            bytes -= next.buffer.readableBytes
            promises.add(next.promise)
            writes.removeFirst()
            flushed -= 1
        }
        return Batch(plaintext: scratch, promise: promises.joined)
    }

    struct Batch {
        var plaintext: ByteBuffer
        var promise: EventLoopPromise<Void>?
    }

    /// Empties the buffer and gives the promises, so that the caller can fail them after its state is settled.
    mutating func drainPromises() -> [EventLoopPromise<Void>] {
        let promises = writes.compactMap(\.promise)
        writes.removeAll(keepingCapacity: false)
        flushed = 0
        bytes = 0
        return promises
    }
}

/// One promise that stands for several: the first is completed by the network, and completes the others.
private struct PromiseJoin {
    private(set) var joined: EventLoopPromise<Void>?

    init(_ first: EventLoopPromise<Void>?) { joined = first }

    mutating func add(_ promise: EventLoopPromise<Void>?) {
        guard let promise else { return }
        if let joined {
            joined.futureResult.cascade(to: promise)
        } else {
            joined = promise
        }
    }
}
