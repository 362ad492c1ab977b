import NIOCore
import NIOHTTP1
import NIOPosix
import OpenSSLTLS
import TestSupport

/// One HTTP/1.1 connection of a client, over TLS or in the clear, with one exchange at a time.
///
/// It tells apart what Go's `net/http` tells apart when a connection fails: whether anything of the request
/// had been written (transport.go, `nothingWrittenError`).
final class ClientConnection: Sendable {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8] = []

        /// Whether the connection ends with this answer.
        var closes: Bool {
            headers[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
        }
    }

    enum Failure: Error, CustomStringConvertible {
        /// The connection had ended before the request was written.
        case nothingWritten
        /// The request was written, at least in part, and no whole answer came.
        case lost(String)

        var description: String {
            switch self {
            case .nothingWritten: "the connection had ended before the request"
            case .lost(let why): "no answer: \(why)"
            }
        }
    }

    let channel: any Channel
    private let exchanger: NIOLoopBound<Exchanger>

    private init(_ channel: any Channel, _ exchanger: NIOLoopBound<Exchanger>) {
        self.channel = channel
        self.exchanger = exchanger
    }

    /// Connects, and with TLS waits for the handshake: a server that cannot be verified is an error.
    static func open(port: Int, tls: TLSContext?) async throws -> ClientConnection {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(TLSHandler(client: tls, serverName: "localhost")) }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(Exchanger(awaitsHandshake: tls != nil, loop: channel.eventLoop))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let exchanger = try await channel.eventLoop.submit {
            try NIOLoopBound(
                channel.pipeline.syncOperations.handler(type: Exchanger.self), eventLoop: channel.eventLoop)
        }.get()
        try await channel.eventLoop.flatSubmit { exchanger.value.opened }.get()
        return ClientConnection(channel, exchanger)
    }

    /// Sends a request and waits for the answer.
    /// - Throws: ``Failure``.
    func exchange(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer(),
        limit: TimeAmount = .seconds(10)
    ) async throws -> Answer {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: headers)
        head.headers.add(name: "Host", value: "localhost")
        head.headers.add(name: "Content-Length", value: String(body.readableBytes))
        return try await channel.eventLoop.flatSubmit { [exchanger, head] in
            exchanger.value.exchange(head, body, limit: limit)
        }.get()
    }

    func close() {
        channel.close(promise: nil)
    }
}

/// The end of a client's pipeline; everything happens on its event loop.
private final class Exchanger: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let opening: EventLoopPromise<Void>
    private let awaitsHandshake: Bool
    private var context: ChannelHandlerContext?
    private var waiting: EventLoopPromise<ClientConnection.Answer>?
    private var timer: Scheduled<Void>?
    private var answer: ClientConnection.Answer?
    private var hasEnded = false

    init(awaitsHandshake: Bool, loop: any EventLoop) {
        self.awaitsHandshake = awaitsHandshake
        opening = loop.makePromise()
    }

    var opened: EventLoopFuture<Void> { opening.futureResult }

    func exchange(
        _ head: HTTPRequestHead, _ body: ByteBuffer, limit: TimeAmount
    ) -> EventLoopFuture<ClientConnection.Answer> {
        let promise = opening.futureResult.eventLoop.makePromise(of: ClientConnection.Answer.self)
        guard let context, !hasEnded, waiting == nil else {
            promise.fail(ClientConnection.Failure.nothingWritten)
            return promise.futureResult
        }
        waiting = promise
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { self.end("timed out") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        return promise.futureResult
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end("closed")
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if !awaitsHandshake { opening.succeed() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted { opening.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer = ClientConnection.Answer(status: Int(head.status.code), headers: head.headers)
        case .body(let bytes):
            answer?.body += Array(bytes.readableBytesView)
        case .end:
            guard let answer, let waiting else { return end("an answer without a request") }
            timer?.cancel()
            self.answer = nil
            self.waiting = nil
            waiting.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end("the connection was closed")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end("\(error)")
    }

    private func end(_ why: String) {
        guard !hasEnded else { return }
        hasEnded = true
        timer?.cancel()
        let failure = ClientConnection.Failure.lost(why)
        opening.fail(failure)
        waiting?.fail(failure)
        waiting = nil
        context?.close(promise: nil)
    }
}
