import NIOCore
import NIOHTTP1
import OpenSSLTLS

/// The end of a client's pipeline: reads from the socket only when somebody asks for the next part of the answer, so that
/// a body of any size takes no memory here.
final class ResponsePuller: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = Never

    /// What one read of the socket brought and nobody has asked for yet.
    private var parts: CircularBuffer<HTTPClientResponsePart> = []
    private var waiting: EventLoopPromise<HTTPClientResponsePart>?
    private var timer: Scheduled<Void>?
    private var isSecured = false
    private var securing: EventLoopPromise<Void>?
    private var failure: (any Error)?
    private var context: ChannelHandlerContext?

    struct TimedOut: Error {}

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        fail(ChannelError.ioOnClosedChannel)
    }

    /// The end of the handshake, which has a limit of its own. To be called on the event loop.
    func secured(on loop: any EventLoop) -> EventLoopFuture<Void> {
        if let failure { return loop.makeFailedFuture(failure) }
        if isSecured { return loop.makeSucceededVoidFuture() }
        let promise = securing ?? loop.makePromise(of: Void.self)
        securing = promise
        return promise.futureResult
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted {
            isSecured = true
            securing?.succeed(())
            securing = nil
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The next part; fails once `limit` has passed without it. To be called on the event loop, and again only when the
    /// part before has come.
    func next(within limit: TimeAmount, on loop: any EventLoop) -> EventLoopFuture<HTTPClientResponsePart> {
        if let part = parts.popFirst() { return loop.makeSucceededFuture(part) }
        if let failure { return loop.makeFailedFuture(failure) }
        guard let context, waiting == nil else {
            return loop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        let promise = loop.makePromise(of: HTTPClientResponsePart.self)
        waiting = promise
        timer = loop.assumeIsolated().scheduleTask(in: limit) { [self] in
            fail(TimedOut())
            self.context?.close(promise: nil)
        }
        context.read()
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard let promise = waiting else {
            parts.append(part)
            return
        }
        stopWaiting()
        promise.succeed(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // What came was a part of a record or a header.
        if waiting != nil { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ChannelError.eof)
    }

    private func fail(_ error: any Error) {
        if failure == nil { failure = error }
        securing?.fail(error)
        securing = nil
        guard let promise = waiting else { return }
        stopWaiting()
        promise.fail(error)
    }

    private func stopWaiting() {
        timer?.cancel()
        timer = nil
        waiting = nil
    }
}
