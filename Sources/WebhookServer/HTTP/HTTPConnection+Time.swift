import NIOCore

extension HTTPConnection: ServerConnection {
    /// Notes that bytes have come, which the parser has not seen yet.
    /// - Returns: whether it is to see them.
    func bytesArrived(_ count: Int) -> Bool { state.bytesArrived(count, now: loop.now) }

    func sweep(now: NIODeadline) {
        guard let context else { return }
        switch state.deadlinePassed(now: now) {
        case .timeOut(let last): write(.timeout(loop.limits), last: last, context: context)
        case .close: context.close(promise: nil)
        case .abort: abort()
        case .wait: break
        }
        noteWaiting()
    }

    /// Tells the loop what this connection waits for, if that has changed: it may have to make room for another. Nothing
    /// asks between the events that bring a change and their end.
    func noteWaiting() { loop.noteWaiting(self, for: state.waitingKind, since: state.since) }

    /// TLS's close_notify goes out, but the client's is not waited for. The answers that are written go out too, as far
    /// as the client lets them.
    func makeRoom() -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        flush()
        context.close(promise: nil)
        abort()
        return context.channel.closeFuture
    }

    func flush() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    func listenerHasClosed(now: NIODeadline) {
        guard state.listenerClosed(now: now) else { return }
        flush()
        context?.close(promise: nil)
    }
}
