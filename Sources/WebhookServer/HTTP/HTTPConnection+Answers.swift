import Basics
import NIOCore

/// How answers are written.
extension HTTPConnection {
    /// Writes the answer to a whole request.
    func finish(_ answer: HTTPResponse, context: ChannelHandlerContext) {
        let mayStay = !answer.closes && loop.phase.value == .serving
        let transition = state.answered(mayStay: mayStay, now: loop.now)
        forgetRequest()
        switch transition {
        case .keepOpen(let exchange):
            let framing = HTTPResponse.Framing(
                omitsBody: exchange.isHEAD, closes: false, confirmsKeepAlive: exchange.isHTTP10,
                date: loop.clock.httpDate)
            write(answer, label: exchange.label, framing: framing, promise: nil, context: context)
        case .last(let last): write(answer, last: last, context: context)
        case .drop: break
        }
    }

    /// Answers what is not a request, or not yet a whole one.
    func refuse(_ answer: HTTPResponse, isHEAD: Bool = false, context: ChannelHandlerContext) {
        switch state.refused(isHEAD: isHEAD, now: loop.now) {
        case .answer(let last): write(answer, last: last, context: context)
        case .hold: held.append(.refusal(answer))
        case .close: context.close(promise: nil)
        case .drop: break
        }
    }

    /// Writes the connection's last answer, which closes it when it has been written.
    func write(
        _ answer: HTTPResponse, last: HTTPConnectionState.LastAnswer, context: ChannelHandlerContext
    ) {
        forgetRequest()
        if last.isNew { loop.metrics.requestsInFlight.add() }
        let framing = HTTPResponse.Framing(omitsBody: last.omitsBody, closes: true, date: loop.clock.httpDate)
        write(
            answer, label: last.label, framing: framing, promise: closingPromise(context: context),
            context: context)
        // What the client sent ahead is seen before the answer to a whole request is flushed, at the end of this read.
        if !last.requestIsComplete {
            needsFlush = false
            context.flush()
        }
    }

    private func write(
        _ answer: HTTPResponse, label: PathLabel, framing: HTTPResponse.Framing,
        promise: EventLoopPromise<Void>?,
        context: ChannelHandlerContext
    ) {
        var buffer = context.channel.allocator.buffer(capacity: answer.body.count + 256)
        answer.write(to: &buffer, framing: framing)
        if answer.body.count > 64 << 10 { loop.bodies.note(answer.body.count) }
        needsFlush = true
        loop.metrics.requests[label, answer.status].add()
        loop.metrics.requestsInFlight.subtract()
        context.write(Self.wrapOutboundOut(buffer), promise: promise)
    }

    /// Closes the connection when all before it has been written, wholly or only our half.
    func closingPromise(context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            switch state.lastAnswerWritten() {
            case .output: self.context?.close(mode: .output, promise: nil)
            case .all: self.context?.close(promise: nil)
            case .ignored: break
            }
        }
        return promise
    }

    /// Lets go of the request that was being received.
    func forgetRequest() {
        outcome = nil
        body.release(to: loop.bodies)
    }
}
