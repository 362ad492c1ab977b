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
