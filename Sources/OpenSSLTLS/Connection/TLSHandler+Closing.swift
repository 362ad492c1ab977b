import NIOCore

/// The orderly ends of a connection; what happens in which state is ``TLSConnectionState``'s to say.
extension TLSHandler {
    func closeAll(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let next = state.closeRequested()
        // What was written but not flushed is lost, as with any channel.
        for writer in pending.drainPromises() { writer.fail(ChannelError.ioOnClosedChannel) }
        switch next {
        case .finish:
            settle(with: ChannelError.ioOnClosedChannel)
            context.close(promise: promise)
        case .sendCloseNotifyAndFinish:
            connection.sendCloseNotify()
            sendCiphertext(context, promise: nil)
            settle(with: ChannelError.ioOnClosedChannel)
            context.close(promise: promise)
        case .wait:
            if let promise { closePromises.append(promise) }
        case .sendCloseNotifyAndWait:
            if let promise { closePromises.append(promise) }
            connection.sendCloseNotify()
            sendCiphertext(context, promise: nil)
            schedule(limits.closeTimeout, context) { handler, context in handler.finishClose(context) }
            context.read()
        }
    }

    /// The peer's close_notify came, or the time for it is over.
    func finishClose(_ context: ChannelHandlerContext) {
        _ = state.failed()
        connection.sendCloseNotify()
        sendCiphertext(context, promise: nil)
        let closers = closePromises
        closePromises = []
        settle(with: ChannelError.ioOnClosedChannel)
        let closed = context.eventLoop.makePromise(of: Void.self)
        for promise in closers { closed.futureResult.cascade(to: promise) }
        context.close(promise: closed)
    }

    func closeOutput(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        switch state.outputCloseRequested() {
        case .ignored: promise?.fail(ChannelError.outputClosed)
        case .afterHandshake:
            guard outputClose == nil else {
                promise?.fail(ChannelError.outputClosed)
                return
            }
            outputClose = OutputCloseRequest(promise: promise)
        case .sendCloseNotify:
            for writer in pending.drainPromises() { writer.fail(ChannelError.outputClosed) }
            connection.sendCloseNotify()
            sendCiphertext(context, promise: nil)
            context.close(mode: .output, promise: promise)
        case .sendCloseNotifyAndFinish:
            connection.sendCloseNotify()
            sendCiphertext(context, promise: nil)
            settle(with: ChannelError.outputClosed)
            context.close(promise: promise)
        }
    }
}
