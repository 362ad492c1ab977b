import Foundation
import NIOCore
import NIOPosix
import OpenSSLTLS

/// A client that sends whatever bytes a test gives it and reads answers as they come.
public final class RawClient {
    /// One answer, taken apart.
    public struct Answer: Sendable, Equatable {
        public var status: Int
        /// Names in lower case.
        public var headers: [String: String]
        public var body: String
    }

    /// What went wrong while reading.
    public enum Failure: Error {
        case closed(after: String)
        case malformed(String)
        /// The connection outlived its limit.
        case timedOut
    }

    private let channel: any Channel
    private let handshake: EventLoopFuture<Void>
    private var incoming: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator
    private var received: [UInt8] = []

    /// Connects; the connection ends by itself after `limit`, so that no test hangs.
    public init(
        _ port: Int, host: String = "127.0.0.1", tls: TLSContext? = nil,
        serverName: String = "webhook.test.svc",
        limit: TimeAmount = .seconds(60)
    ) async throws {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let handshake = loop.makePromise(of: Void.self)
        self.handshake = handshake.futureResult
        do {
            channel = try await ClientBootstrap(group: loop)
                .channelOption(.socketOption(.so_reuseaddr), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tls {
                            try channel.pipeline.syncOperations.addHandler(
                                TLSHandler(client: tls, serverName: serverName))
                        }
                        try channel.pipeline.syncOperations.addHandler(Collector(continuation, handshake))
                    }
                }
                .connect(host: host, port: port).get()
        } catch {
            handshake.fail(error)
            throw error
        }
        incoming = stream.makeAsyncIterator()
        let channel = channel
        let timer = channel.eventLoop.scheduleTask(in: limit) {
            continuation.finish(throwing: Failure.timedOut)
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }

    deinit {
        channel.close(promise: nil)
    }

    public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends without waiting until it has left: the server may close meanwhile.
    public func sendAnyway(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Sends bytes past TLS, as they are.
    public func sendBelowTLS(_ bytes: [UInt8]) async throws {
        try await belowTLS { $0.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: $1) }
    }

    /// Ends the connection with a reset, without TLS's farewell.
    public func reset() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await belowTLS { $0.close(promise: $1) }
    }

    /// Runs `body` where what is written does not pass TLS, if there is any.
    private func belowTLS(
        _ body: @escaping @Sendable (ChannelHandlerContext, EventLoopPromise<Void>) -> Void
    ) async throws {
        try await channel.eventLoop.flatSubmit { [channel] in
            let promise = channel.eventLoop.makePromise(of: Void.self)
            do {
                let pipeline = channel.pipeline.syncOperations
                let lowest =
                    try (try? pipeline.context(handlerType: TLSHandler.self))
                    ?? pipeline.context(handlerType: Collector.self)
                body(lowest, promise)
            } catch {
                promise.fail(error)
            }
            return promise.futureResult
        }.get()
    }

    /// Waits until TLS is established, on this side.
    public func untilHandshake() async throws {
        try await handshake.get()
    }

    /// Waits until at least one byte has come that was not there before.
    public func untilSomethingComes() async throws {
        try await more()
    }

    /// Sends nothing more, but goes on reading.
    public func closeOutput() async throws {
        try await channel.close(mode: .output).get()
    }

    public func close() async {
        try? await channel.close().get()
    }

    /// Whether neither side has closed the connection.
    public var isOpen: Bool { channel.isActive }

    /// Stops or resumes reading.
    public func setAutoRead(_ on: Bool) async throws {
        try await channel.setOption(.autoRead, value: on).get()
    }

    /// Reads one answer; those of 100 are answers too.
    public func answer(toHEAD: Bool = false) async throws -> Answer {
        let separator = Array("\r\n\r\n".utf8)
        var headEnd = received.firstRange(of: separator)
        while headEnd == nil {
            try await more()
            headEnd = received.firstRange(of: separator)
        }
        guard let headEnd else { throw Failure.malformed(text) }
        let head = String(decoding: received[..<headEnd.lowerBound], as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Failure.malformed(text)
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw Failure.malformed(text) }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                .trimmingCharacters(in: .whitespaces)
        }
        let length = toHEAD ? 0 : Int(headers["content-length"] ?? "0") ?? 0
        while received.count < headEnd.upperBound + length { try await more() }
        let body = received[headEnd.upperBound..<headEnd.upperBound + length]
        let answer = Answer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
        received.removeFirst(headEnd.upperBound + length)
        return answer
    }

    /// Waits until the server has closed the connection. The answer is what came before.
    @discardableResult
    public func untilClosed() async -> String {
        String(decoding: (try? await bytesUntilClosed()) ?? received, as: UTF8.self)
    }

    /// Waits until the server has closed the connection. The answer is what came before.
    /// - Throws: ``Failure/timedOut`` when it has not.
    public func bytesUntilClosed() async throws -> [UInt8] {
        while let bytes = try await incoming.next(isolation: #isolation) { received += bytes }
        defer { received = [] }
        return received
    }

    private var text: String { String(decoding: received, as: UTF8.self) }

    private func more() async throws {
        guard let bytes = try await incoming.next(isolation: #isolation) else {
            throw Failure.closed(after: text)
        }
        received += bytes
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation
        private let handshake: EventLoopPromise<Void>

        init(
            _ continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation,
            _ handshake: EventLoopPromise<Void>
        ) {
            self.continuation = continuation
            self.handshake = handshake
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is TLSHandshakeCompleted { handshake.succeed() }
            context.fireUserInboundEventTriggered(event)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(Array(Self.unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) { end() }

        func handlerRemoved(context: ChannelHandlerContext) { end() }

        private func end() {
            continuation.finish()
            handshake.fail(ChannelError.ioOnClosedChannel)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
