import NIOCore
import NIOHTTP1
import OpenSSLTLS

/// One connection's requests, one after the other: it gathers each, has it answered and writes the answer.
///
/// What to do is decided by ``HTTPConnectionState``; this carries it out. Nearly everything happens on the event loop
/// within the call that brings the bytes, so that answers are in the order of the requests and none has to wait in a
/// queue. An answer that takes longer is worked out by another thread: until it is there nothing more is read from this
/// connection, and what has been read already is held. So what a client sends ahead of its answers is bounded by one
/// read.
///
/// The pipeline is: TLS, ``FirstByteWatch``, NIO's request parser, this.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What came while an answer was being worked out.
    enum Held {
        case part(HTTPServerRequestPart)
        case refusal(HTTPResponse)
        case inputClosed
    }

    private let routes: any HTTPRoutes
    let loop: LoopState
    var state: HTTPConnectionState
    /// Answers the request that is being received.
    var outcome: Route.Outcome?
    var body = RequestBody()
    private var pending: PendingResponse?
    var held = CircularBuffer<Held>()
    private var isReadHeld = false
    var needsFlush = false
    private(set) var context: ChannelHandlerContext?
    var waiting: WaitingPlace?
    /// Closes the connection below TLS, which would wait for the client's farewell.
    private let abortTransport: () -> Void

    /// - Parameters:
    ///   - awaitsHandshake: whether TLS has to be negotiated first.
    ///   - abortTransport: closes the connection below TLS.
    init(routes: any HTTPRoutes, loop: LoopState, awaitsHandshake: Bool, abortTransport: @escaping () -> Void)
    {
        self.routes = routes
        self.loop = loop
        self.abortTransport = abortTransport
        state = HTTPConnectionState(
            limits: loop.limits, awaitsHandshake: awaitsHandshake,
            listenerIsClosed: loop.phase.value == .closing,
            now: loop.now)
    }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
        noteWaiting()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive(Self.unwrapInboundIn(data), context: context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // A body of which more is to come is kept from here on.
        if outcome != nil, !state.isAnswering, !body.keep(budget: loop.bodies) {
            refuse(.noRoom, context: context)
        }
        if needsFlush { loop.flushSoon(self) }
        noteWaiting()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if state.isAnswering { isReadHeld = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let answer = HTTPResponse.answer(to: error, limits: loop.limits) else {
            // A reset connection and the like: nobody is there to be told.
            context.close(promise: nil)
            return
        }
        refuse(answer, context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is TLSHandshakeCompleted: _ = state.handshakeFinished(now: loop.now)
        case ChannelEvent.inputClosed: inputHasClosed(context: context)
        default: break
        }
        noteWaiting()
        context.fireUserInboundEventTriggered(event)
    }

    private func inputHasClosed(context: ChannelHandlerContext) {
        switch state.inputClosed(now: loop.now) {
        case .finish:
            forgetRequest()
            needsFlush = false
            context.writeAndFlush(
                Self.wrapOutboundOut(ByteBuffer()), promise: closingPromise(context: context))
        case .hold: held.append(.inputClosed)
        case .drop: break
        }
    }

    // MARK: A request

    private func receive(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            switch state.headArrived(now: loop.now) {
            case .take: receive(head, context: context)
            case .hold: held.append(.part(part))
            case .drop: break
            }
        case .body(let bytes):
            switch state.bodyArrived(bytes.readableBytes, now: loop.now) {
            case .keep: if !body.append(bytes, budget: loop.bodies) { refuse(.noRoom, context: context) }
            case .hold: held.append(.part(part))
            case .tooLarge(let last): write(.tooLarge(loop.limits), last: last, context: context)
            case .drop: break
            }
        case .end:
            switch state.endArrived() {
            case .answer(let exchange): respond(exchange, context: context)
            case .hold: held.append(.part(part))
            case .drop: break
            }
        }
    }

    private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let request: RequestHead
        do throws(RequestHead.Refusal) {
            request = try RequestHead(head)
        } catch {
            return refuse(.error(error.status, error.message), isHEAD: head.method == .HEAD, context: context)
        }
        loop.metrics.requestsInFlight.add()
        let route = routes.route(request)
        switch state.requestBegan(
            request, label: route.label, isAccepted: route.outcome.isAccepted, now: loop.now)
        {
        case .receive:
            outcome = route.outcome
            body.expect(request.framing)
        case .sendContinue:
            outcome = route.outcome
            body.expect(request.framing)
            var buffer = context.channel.allocator.buffer(capacity: 32)
            buffer.writeStaticString(HTTPResponse.continue)
            needsFlush = true
            context.write(Self.wrapOutboundOut(buffer), promise: nil)
        case .tooLarge(let last): write(.tooLarge(loop.limits), last: last, context: context)
        case .refuse(let last):
            if case .refuse(let answer) = route.outcome { write(answer, last: last, context: context) }
        case .ignored: loop.metrics.requestsInFlight.subtract()
        }
    }

    private func respond(_ exchange: HTTPConnectionState.Exchange, context: ChannelHandlerContext) {
        switch outcome {
        case .accept(let respond):
            switch respond(body.bytes, loop.now - exchange.since) {
            case .ready(let answer): finish(answer, context: context)
            case .pending(let pending): wait(for: pending, context: context)
            }
        case .refuse(let answer): finish(answer, context: context)
        case nil: finish(.error(.internalServerError, "the request has no route"), context: context)
        }
    }

    /// Waits for an answer that another thread works out, with the body accounted for as long as that thread has it.
    private func wait(for pending: PendingResponse, context: ChannelHandlerContext) {
        guard body.keep(budget: loop.bodies) else {
            if let answer = pending.atOnce?() { return finish(answer, context: context) }
            pending.cancel()
            return finish(.noRoom, context: context)
        }
        self.pending = pending
        pending.response.assumeIsolated().whenComplete { [self] result in
            self.pending = nil
            guard let context = self.context else { return body.release(to: loop.bodies) }
            let answer = try? result.get()
            finish(answer ?? .error(.internalServerError, "the review was given up"), context: context)
            if needsFlush { loop.flushSoon(self) }
            showHeld(context: context)
            noteWaiting()
        }
    }

    /// Goes on with what came while the answer was being worked out.
    private func showHeld(context: ChannelHandlerContext) {
        while !state.isAnswering, let next = held.popFirst() {
            switch next {
            case .part(let part): receive(part, context: context)
            case .refusal(let answer): refuse(answer, context: context)
            case .inputClosed: inputHasClosed(context: context)
            }
        }
        if !state.isAnswering, isReadHeld {
            isReadHeld = false
            context.read()
        }
    }

    // MARK: The end

    private func end() {
        switch state.ended() {
        case .request:
            loop.metrics.requestsInFlight.subtract()
            forgetRequest()
        case .answer:
            loop.metrics.requestsInFlight.subtract()
            outcome = nil
            // The other thread still has the body: it stays accounted for until that thread has let go of it.
            if let pending { pending.cancel() } else { forgetRequest() }
        case .nothing: break
        }
        held.removeAll()
        loop.remove(self)
    }

    /// Closes the socket itself.
    func abort() { abortTransport() }
}
