import NIOCore
import NIOHTTP1
import OpenSSLTLS

/// One connection's requests, one after the other: it gathers each, has it answered and writes the answer.
///
/// Everything happens on the event loop, within the call that brings the bytes, so that answers are in the
/// order of the requests and none has to wait in a queue. What a client sends ahead of its answers is bounded
/// by one read, because nothing more is read while answers cannot be written.
///
/// The pipeline is: TLS, ``FirstByteWatch``, NIO's request parser, this.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// What the connection is doing. Each state has one deadline.
    private enum State {
        /// TLS is being negotiated.
        case handshaking
        /// Nothing of a next request has come.
        case idle
        /// Some of a request's head has come, since the given moment.
        case receivingHead(since: NIODeadline)
        /// The head has come, the body has not, or not all of it.
        case receivingBody(Exchange)
        /// The last answer is on its way; whatever still comes is thrown away.
        case lingering
        case closed
    }

    /// A request whose body is coming.
    private struct Exchange {
        var since: NIODeadline
        var label: PathLabel
        var outcome: Route.Outcome
        var keepAlive: Bool
        var isHTTP10: Bool
        var isHEAD: Bool
        var body = ByteBuffer()
        /// How much of the body has come, in bytes, kept or not.
        var received = 0
        /// How much of it is taken from the ``BodyBudget``.
        var reserved = 0
    }

    private let routes: any HTTPRoutes
    private let loop: LoopState
    private var state: State
    private var deadline: NIODeadline
    private var needsFlush = false
    /// Whether a request has been answered here.
    private var hasServed = false
    /// Whether anything came after the last answer.
    private var hasUnreadInput = false
    private var context: ChannelHandlerContext?

    /// - Parameter awaitsHandshake: whether TLS has to be negotiated first.
    init(routes: any HTTPRoutes, loop: LoopState, awaitsHandshake: Bool) {
        self.routes = routes
        self.loop = loop
        self.state = awaitsHandshake ? .handshaking : .idle
        // The TLS handler keeps the time of the handshake itself.
        self.deadline = awaitsHandshake ? .distantFuture : Self.idleDeadline(loop, hasServed: false)
    }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
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
        switch Self.unwrapInboundIn(data) {
        case .head(let head): receive(head, context: context)
        case .body(let bytes): receive(bytes, context: context)
        case .end: receiveEnd(context: context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if needsFlush { loop.flushSoon(self) }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow:
            let limits = loop.limits
            refuse(
                .error(
                    .headerFieldsTooLarge,
                    "the request's head is too large: at most \(limits.maxHeaderFields) header fields, "
                        + "\(limits.maxHeaderFieldBytes) bytes each and \(limits.maxHeadBytes) in all"),
                context: context)
        case is HTTPParserError:
            refuse(.error(.badRequest, "this is not HTTP/1.1: \(error)"), context: context)
        case is ByteToMessageDecoderError.PayloadTooLargeError:
            refuse(.error(.headerFieldsTooLarge, "the request's head is too large"), context: context)
        default:
            // A reset connection and the like: nobody is there to be told.
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is TLSHandshakeCompleted:
            if case .handshaking = state { becomeIdle() }
        case ChannelEvent.inputClosed:
            inputHasClosed(context: context)
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The client sends nothing more. It may still read: what has been answered is written, then it is over.
    /// A request that was cut off has been refused already, because the parser hears of this first.
    private func inputHasClosed(context: ChannelHandlerContext) {
        state = .lingering
        deadline = .now() + loop.limits.lingerTimeout
        hasUnreadInput = false
        needsFlush = false
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer()), promise: closingPromise(context: context))
    }

    // MARK: From the bytes before the parser

    /// Notes that bytes have come.
    /// - Returns: whether the parser is to see them.
    func bytesArrived() -> Bool {
        switch state {
        case .idle:
            let now = NIODeadline.now()
            state = .receivingHead(since: now)
            deadline = now + loop.limits.requestTimeout
            return true
        case .receivingHead, .receivingBody, .handshaking:
            return true
        case .lingering:
            hasUnreadInput = true
            return false
        case .closed:
            return false
        }
    }

    // MARK: A request

    private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let since: NIODeadline
        switch state {
        case .receivingHead(let start):
            since = start
        case .idle:
            // It came in one piece with the request before it.
            since = .now()
            deadline = since + loop.limits.requestTimeout
        case .lingering:
            hasUnreadInput = true
            return
        case .handshaking, .receivingBody, .closed:
            return
        }
        do throws(RequestHead.Refusal) {
            try begin(RequestHead(head), since: since, context: context)
        } catch {
            loop.metrics.requestsInFlight.add()
            answerAndClose(
                .error(error.status, error.message), label: .other, omitsBody: head.method == .HEAD,
                requestIsComplete: false, context: context)
        }
    }

    private func begin(_ head: RequestHead, since: NIODeadline, context: ChannelHandlerContext) {
        loop.metrics.requestsInFlight.add()
        let route = routes.route(head)
        let exchange = Exchange(
            since: since, label: route.label, outcome: route.outcome, keepAlive: head.keepAlive,
            isHTTP10: head.isHTTP10, isHEAD: head.method == .HEAD)
        if case .length(let length) = head.framing, length > loop.limits.maxBodyBytes {
            return answerAndClose(tooLarge, exchange, requestIsComplete: false, context: context)
        }
        // Before anything is written: a write that finds the connection reset ends the request within that very call.
        state = .receivingBody(exchange)
        if head.expectsContinue, head.framing != .none {
            switch route.outcome {
            case .accept:
                var buffer = context.channel.allocator.buffer(capacity: 32)
                buffer.writeStaticString(HTTPResponse.continue)
                context.write(Self.wrapOutboundOut(buffer), promise: nil)
                needsFlush = true
            case .refuse(let answer):
                answerAndClose(answer, exchange, requestIsComplete: false, context: context)
            }
        }
    }

    private func receive(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        guard case .receivingBody(var exchange) = state else {
            hasUnreadInput = true
            return
        }
        // The state lets go of the body before it grows, so that it grows in place.
        state = .idle
        exchange.received += bytes.readableBytes
        guard exchange.received <= loop.limits.maxBodyBytes else {
            return answerAndClose(tooLarge, exchange, requestIsComplete: false, context: context)
        }
        if case .accept = exchange.outcome {
            guard keep(bytes, in: &exchange) else {
                return answerAndClose(
                    .unavailable("too many large requests at once"), exchange, requestIsComplete: false,
                    context: context)
            }
        }
        state = .receivingBody(exchange)
    }

    /// Adds to the body; `false` when there is no memory left for it.
    private func keep(_ bytes: ByteBuffer, in exchange: inout Exchange) -> Bool {
        guard exchange.body.readableBytes > 0 else {
            exchange.body = bytes
            return true
        }
        let needed = exchange.body.readableBytes + bytes.readableBytes - exchange.reserved
        guard loop.bodies.reserve(needed) else { return false }
        exchange.reserved += needed
        exchange.body.writeImmutableBuffer(bytes)
        return true
    }

    private func receiveEnd(context: ChannelHandlerContext) {
        guard case .receivingBody(var exchange) = state else { return }
        let answer: HTTPResponse
        switch exchange.outcome {
        case .accept(let respond):
            answer = respond(exchange.body, .now() - exchange.since)
        case .refuse(let refusal):
            answer = refusal
        }
        release(&exchange)
        guard exchange.keepAlive, !answer.closes, loop.phase.value == .serving else {
            return answerAndClose(answer, exchange, requestIsComplete: true, context: context)
        }
        // The request is over before its answer is written: a write that finds the connection reset ends it within
        // this very call, and what the request held would be given back twice.
        hasServed = true
        becomeIdle()
        write(
            answer, label: exchange.label,
            framing: HTTPResponse.Framing(
                omitsBody: exchange.isHEAD, closes: false, confirmsKeepAlive: exchange.isHTTP10,
                date: loop.clock.httpDate),
            promise: nil, context: context)
    }

    private var tooLarge: HTTPResponse {
        .error(.contentTooLarge, "the body is larger than the limit of \(loop.limits.maxBodyBytes) bytes")
    }

    // MARK: Answers

    /// Answers what is no request, or not yet a whole one.
    private func refuse(_ answer: HTTPResponse, context: ChannelHandlerContext) {
        switch state {
        case .receivingBody(let exchange):
            answerAndClose(answer, exchange, requestIsComplete: false, context: context)
        case .idle, .receivingHead:
            loop.metrics.requestsInFlight.add()
            answerAndClose(
                answer, label: .other, omitsBody: false, requestIsComplete: false, context: context)
        case .lingering:
            hasUnreadInput = true
        case .handshaking, .closed:
            context.close(promise: nil)
        }
    }

    private func answerAndClose(
        _ answer: HTTPResponse, _ exchange: Exchange, requestIsComplete: Bool, context: ChannelHandlerContext
    ) {
        var exchange = exchange
        release(&exchange)
        answerAndClose(
            answer, label: exchange.label, omitsBody: exchange.isHEAD, requestIsComplete: requestIsComplete,
            context: context)
    }

    /// Writes the connection's last answer and closes it when that has been written. If the client may still be
    /// sending, it is given time to read the answer first: closing at once would reset the connection, and
    /// the answer would be lost with it (RFC 9112, section 9.6).
    private func answerAndClose(
        _ answer: HTTPResponse, label: PathLabel, omitsBody: Bool, requestIsComplete: Bool,
        context: ChannelHandlerContext
    ) {
        state = .lingering
        hasUnreadInput = !requestIsComplete
        deadline = .now() + loop.limits.lingerTimeout
        let promise = closingPromise(context: context)
        write(
            answer, label: label,
            framing: HTTPResponse.Framing(omitsBody: omitsBody, closes: true, date: loop.clock.httpDate),
            promise: promise, context: context)
        if requestIsComplete {
            // What the client sent ahead is seen before the answer is flushed at the end of this read.
            return
        }
        needsFlush = false
        context.flush()
    }

    /// Closes the connection when the last answer has been written: wholly, or only our half when the client
    /// may still be sending.
    private func closingPromise(context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in
            guard case .lingering = self.state else { return }
            self.context?.close(mode: self.hasUnreadInput ? .output : .all, promise: nil)
        }
        return promise
    }

    private func write(
        _ answer: HTTPResponse, label: PathLabel, framing: HTTPResponse.Framing,
        promise: EventLoopPromise<Void>?,
        context: ChannelHandlerContext
    ) {
        var buffer = context.channel.allocator.buffer(capacity: answer.body.count + 256)
        answer.write(to: &buffer, framing: framing)
        context.write(Self.wrapOutboundOut(buffer), promise: promise)
        needsFlush = true
        loop.metrics.requests[label, answer.status].add()
        loop.metrics.requestsInFlight.subtract()
    }

    private func release(_ exchange: inout Exchange) {
        loop.bodies.release(exchange.reserved)
        exchange.reserved = 0
        exchange.body = ByteBuffer()
    }

    // MARK: Time

    private func becomeIdle() {
        state = .idle
        deadline = Self.idleDeadline(loop, hasServed: hasServed)
    }

    /// Until when a connection may be without a request. Once the listener is closed, one that has not asked for
    /// anything yet gets no more time than a request may take.
    private static func idleDeadline(_ loop: LoopState, hasServed: Bool) -> NIODeadline {
        let isLate = loop.phase.value == .closing && !hasServed
        return .now() + (isLate ? loop.limits.requestTimeout : loop.limits.idleTimeout)
    }

    private func end() {
        if case .receivingBody(var exchange) = state {
            release(&exchange)
            loop.metrics.requestsInFlight.subtract()
        }
        state = .closed
        loop.remove(self)
    }
}

extension HTTPConnection: ServerConnection {
    func sweep(now: NIODeadline) {
        guard now >= deadline, let context else { return }
        switch state {
        case .receivingHead, .receivingBody:
            refuse(
                .error(
                    .requestTimeout,
                    "the request did not arrive within \(loop.limits.requestTimeout.nanoseconds / 1_000_000) ms"
                ), context: context)
        case .handshaking, .idle, .closed:
            context.close(promise: nil)
        case .lingering:
            abort()
        }
    }

    func flush() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    /// A connection that has been accepted but has not asked for anything yet may have a request on its way:
    /// it is given the time that a request may take. One that was kept open after an answer is idle.
    func listenerHasClosed(now: NIODeadline) {
        guard case .idle = state else { return }
        if hasServed {
            flush()
            context?.close(promise: nil)
        } else {
            deadline = min(deadline, now + loop.limits.requestTimeout)
        }
    }

    /// Closes the socket itself, past TLS, which would wait for the client's farewell.
    func abort() {
        guard let context else { return }
        do {
            try context.pipeline.syncOperations.context(handlerType: BackPressureHandler.self)
                .close(promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
