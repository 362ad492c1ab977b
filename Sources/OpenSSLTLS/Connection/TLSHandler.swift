import NIOCore

/// TLS as one channel handler: ciphertext on the network's side, plaintext on the other.
///
/// It fires ``TLSHandshakeCompleted`` as a user event before the first plaintext, and a ``TLSConnectionError``
/// when TLS fails, after which it closes the channel. It keeps no plaintext back: what one read of the socket
/// brings is passed on at once, so a reader that stops calling `read` stops the peer. Use it on one event loop.
public final class TLSHandler: ChannelDuplexHandler {
    public typealias InboundIn = ByteBuffer
    public typealias InboundOut = ByteBuffer
    public typealias OutboundIn = ByteBuffer
    public typealias OutboundOut = ByteBuffer

    // What is not private is for the extension that closes connections.
    let connection: TLSConnection
    let limits: Limits
    /// What a peer that speaks plain HTTP is told, in the clear. Nil: a TLS alert.
    private let plainHTTPAnswer: String?
    var state = TLSConnectionState.idle
    var pending = PendingWrites()
    private var plaintext = ByteBuffer()
    private var joined = ByteBuffer()
    private var timer: Scheduled<Void>?
    var closePromises: [EventLoopPromise<Void>] = []
    var outputClose: OutputCloseRequest?
    private var isProcessing = false
    private var readWasRequested = false

    /// A half close that waits for the end of the handshake.
    struct OutputCloseRequest {
        var promise: EventLoopPromise<Void>?
    }

    /// Plaintext is passed on in pieces of at most about this size.
    private static let largestPiece = 64 * 1024
    /// Unflushed plaintext above this is encrypted and handed to the channel, whose watermarks then count it.
    private static let largestUnflushed = 64 * 1024
    /// A larger buffer is given back after use, so that an idle connection stays small.
    private static let largestKeptCapacity = 16 * 1024

    /// Makes a server's handler.
    ///
    /// - Parameter plainHTTPAnswer: bytes for a client that speaks HTTP without TLS, such as a whole HTTP
    ///   response; without them it gets a TLS alert.
    /// - Throws: ``TLSError`` when memory is short, or the context is a client's.
    public init(server context: TLSContext, limits: Limits = Limits(), plainHTTPAnswer: String? = nil) throws
    {
        guard context.role == .server else { throw TLSError.wrongRole(context.role) }
        connection = try TLSConnection(context: context, serverName: nil)
        self.limits = limits
        self.plainHTTPAnswer = plainHTTPAnswer
    }

    /// Makes a client's handler.
    ///
    /// - Parameter serverName: the host name or IP address that the server's certificate must hold.
    /// - Throws: ``TLSError`` when the name is neither a host name nor an address, or the context is a server's.
    public init(client context: TLSContext, serverName: String, limits: Limits = Limits()) throws {
        guard context.role == .client else { throw TLSError.wrongRole(context.role) }
        connection = try TLSConnection(context: context, serverName: serverName)
        self.limits = limits
        plainHTTPAnswer = nil
    }

    // MARK: Life

    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        _ = state.failed()
        settle(with: ChannelError.ioOnClosedChannel)
    }

    public func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        start(context)
    }

    public func channelInactive(context: ChannelHandlerContext) {
        let loss = state.connectionLost()
        connection.discardInbound()
        report(loss, context)
        context.fireChannelInactive()
    }

    private func start(_ context: ChannelHandlerContext) {
        guard state.connected() else { return }
        schedule(limits.handshakeTimeout, context) { handler, context in
            guard handler.state == .handshaking else { return }
            let limit = handler.limits.handshakeTimeout.nanoseconds / 1_000_000
            handler.fail(context, TLSConnectionError(.timeout, "the handshake took longer than \(limit) ms"))
        }
        // A client speaks first; a server has nothing to do before the first bytes.
        if connection.context.role == .client { process(context) }
        if state.needsInput { context.read() }
    }

    /// Completes every promise and stops the timer, for whatever reason the connection ended. The order keeps
    /// callbacks from finding a half-settled handler.
    func settle(with error: any Error) {
        timer?.cancel()
        timer = nil
        let writers = pending.drainPromises()
        let half = outputClose
        outputClose = nil
        let closers = closePromises
        closePromises = []
        for promise in writers { promise.fail(error) }
        half?.promise?.fail(error)
        for promise in closers { promise.succeed(()) }
    }

    private func report(_ loss: TLSConnectionState.Loss, _ context: ChannelHandlerContext) {
        switch loss {
        case .orderly: settle(with: ChannelError.ioOnClosedChannel)
        case .duringHandshake:
            let error = TLSConnectionError(
                .closedEarly, "the peer closed the connection during the handshake")
            settle(with: error)
            context.fireErrorCaught(error)
        case .truncation:
            let error = TLSConnectionError(
                .truncated, "the connection ended without a close_notify, so data may be missing")
            settle(with: error)
            context.fireErrorCaught(error)
        }
    }

    /// The one timer of a connection: first for the handshake, then for the close.
    func schedule(
        _ delay: TimeAmount, _ context: ChannelHandlerContext,
        _ body: @escaping (TLSHandler, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self else { return }
            body(self, context)
        }
    }

    // MARK: From the network

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.receive(unwrapInboundIn(data))
        process(context)
    }

    public func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes came that made no plaintext, or that TLS needs itself: keep reading, or everybody waits.
        if readWasRequested || state.needsInput { context.read() }
        context.fireChannelReadComplete()
    }

    public func read(context: ChannelHandlerContext) {
        readWasRequested = true
        context.read()
    }

    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // The peer's TCP ends (FIN) while ours goes on. After its close_notify there is nothing new in that.
        switch state {
        case .inputClosed: return
        case .idle, .closed: context.fireUserInboundEventTriggered(event)
        case .handshaking, .active, .outputClosed, .closing:
            report(state.connectionLost(), context)
            context.close(promise: nil)
        }
    }

    /// Works through what has arrived, until more is needed. A handler that gets plaintext here may write, flush,
    /// close or even feed more bytes: then this loop, which is already running, sees the new state and bytes.
    private func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        var goesOn = true
        while goesOn {
            switch state {
            case .handshaking: goesOn = continueHandshake(context)
            case .active, .outputClosed, .closing: goesOn = decrypt(context)
            case .idle, .inputClosed, .closed:
                connection.discardInbound()
                goesOn = false
            }
        }
        isProcessing = false
        sendCiphertext(context, promise: nil)
    }

    private func continueHandshake(_ context: ChannelHandlerContext) -> Bool {
        switch connection.handshake() {
        case .wantsInput: return false
        case .done:
            guard state.handshakeFinished() else { return true }
            timer?.cancel()
            timer = nil
            context.fireUserInboundEventTriggered(connection.handshakeResult())
            if pending.hasFlushed {
                encryptFlushed(context)
                context.flush()
            }
            if let request = outputClose {
                outputClose = nil
                closeOutput(context, request.promise)
            }
            return true
        case .closedByPeer:
            fail(context, TLSConnectionError(.closedEarly, "the peer sent close_notify during the handshake"))
            return false
        case .failed(let error):
            fail(context, error)
            return false
        }
    }

    /// Decrypts what has arrived and passes it on. True when there may be more.
    private func decrypt(_ context: ChannelHandlerContext) -> Bool {
        // Moved out of self, so that the buffer is uniquely held while it is written to.
        var buffer = plaintext
        plaintext = ByteBuffer()
        buffer.clear()
        let progress = connection.read(into: &buffer, limit: Self.largestPiece)
        if buffer.readableBytes > 0, state.mayRead {
            readWasRequested = false
            context.fireChannelRead(wrapInboundOut(buffer))
        }
        if buffer.capacity <= Self.largestKeptCapacity { plaintext = buffer }
        switch progress {
        case .done: return true
        // More may have arrived while the plaintext was passed on.
        case .wantsInput: return connection.inboundBytes > 0
        case .closedByPeer:
            peerClosed(context)
            return false
        case .failed(let error):
            fail(context, error)
            return false
        }
    }

    private func peerClosed(_ context: ChannelHandlerContext) {
        switch state.peerSentCloseNotify() {
        case .ignored: return
        case .finished: finishClose(context)
        case .halfClosed:
            // Who allows half closed connections hears of it and decides; for the others it is the end.
            let options = context.channel.syncOptions
            if (try? options?.getOption(.allowRemoteHalfClosure)) == true {
                context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            } else {
                closeAll(context, nil)
            }
        }
    }

    // MARK: To the network

    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state.mayWrite || state.holdsWrites, outputClose == nil else {
            promise?.fail(state == .closed ? ChannelError.ioOnClosedChannel : ChannelError.outputClosed)
            return
        }
        pending.append(unwrapOutboundIn(data), promise)
        if state.mayWrite {
            if pending.bytes > Self.largestUnflushed {
                pending.markFlushed()
                encryptFlushed(context)
            }
        } else if pending.bytes > limits.maximumHeldBytes {
            fail(
                context,
                TLSConnectionError(
                    .bufferOverflow,
                    "more than \(limits.maximumHeldBytes) bytes were written before the handshake ended"))
        }
    }

    public func flush(context: ChannelHandlerContext) {
        pending.markFlushed()
        guard state.mayWrite else {
            if !state.holdsWrites { context.flush() }
            return
        }
        encryptFlushed(context)
        context.flush()
    }

    /// Encrypts the flushed writes and hands them to the channel, without flushing it.
    private func encryptFlushed(_ context: ChannelHandlerContext) {
        while state.mayWrite {
            // Moved out of self, so that the buffer is uniquely held while it is written to.
            var scratch = joined
            joined = ByteBuffer()
            let batch = pending.takeFlushed(joiningUpTo: TLSConnection.maximumPlaintext, scratch: &scratch)
            guard let batch else {
                joined = scratch
                return
            }
            let progress = batch.plaintext.withUnsafeReadableBytes { connection.write($0) }
            if scratch.capacity <= Self.largestKeptCapacity { joined = scratch }
            if case .done = progress {
                if pending.hasFlushed, batch.promise == nil, connection.outboundBytes < Self.largestPiece {
                    continue
                }
                writeCiphertext(context, batch.promise)
            } else {
                let error = failure(of: progress)
                batch.promise?.fail(error)
                fail(context, error)
            }
        }
    }

    private func failure(of progress: TLSConnection.Progress) -> TLSConnectionError {
        if case .failed(let error) = progress { return error }
        return TLSConnectionError(.other, "OpenSSL did not take all bytes of a write")
    }

    private func writeCiphertext(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        if let ciphertext = connection.takeOutbound() {
            context.write(wrapOutboundOut(ciphertext), promise: promise)
        } else {
            // Nothing to encrypt, such as an empty write: complete it in its turn.
            context.write(wrapOutboundOut(ByteBuffer()), promise: promise)
        }
    }

    /// Sends what OpenSSL has to say: handshake messages, alerts, tickets.
    func sendCiphertext(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        if let ciphertext = connection.takeOutbound() {
            context.writeAndFlush(wrapOutboundOut(ciphertext), promise: promise)
        } else {
            promise?.succeed(())
        }
    }

    public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .all: closeAll(context, promise)
        case .output: closeOutput(context, promise)
        case .input: promise?.fail(ChannelError.operationUnsupported)
        }
    }

    // MARK: Failing

    /// Ends the connection because of an error: the alert goes out, everybody hears, the channel closes.
    private func fail(_ context: ChannelHandlerContext, _ error: TLSConnectionError) {
        guard state.failed() else { return }
        connection.discardInbound()
        if error.reason == .plainHTTP {
            _ = connection.takeOutbound()
            context.writeAndFlush(wrapOutboundOut(answerToPlainHTTP()), promise: nil)
        } else {
            sendCiphertext(context, promise: nil)
        }
        settle(with: error)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    /// OpenSSL sends no alert to a peer that spoke no TLS at all. The fatal alert here is protocol_version
    /// (RFC 8446, 6.2) in a record of TLS 1.0, which every client can parse.
    private func answerToPlainHTTP() -> ByteBuffer {
        if let plainHTTPAnswer { return ByteBuffer(string: plainHTTPAnswer) }
        return ByteBuffer(bytes: [21, 3, 1, 0, 2, 2, 70] as [UInt8])
    }
}
