import Foundation
import NIOCore
import NIOPosix
import OpenSSLTLS

/// A client that sends whatever bytes a test wants and reads answers as they come.
final class RawClient {
    /// One answer, taken apart.
    struct Answer: Sendable, Equatable {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: String
    }

    /// What went wrong while reading.
    enum Failure: Error {
        case closed(after: String)
        case malformed(String)
    }

    private let channel: any Channel
    private var incoming: AsyncStream<[UInt8]>.AsyncIterator
    private var received: [UInt8] = []

    /// Connects; the connection ends by itself after `limit`, so that no test hangs.
    init(
        _ port: Int, host: String = "127.0.0.1", tls: TLSContext? = nil, limit: TimeAmount = .seconds(60)
    ) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            TLSHandler(client: tls, serverName: "webhook.test.svc"))
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: host, port: port).get()
        incoming = stream.makeAsyncIterator()
        let channel = channel
        let timer = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }

    deinit {
        channel.close(promise: nil)
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends without waiting until it has left: the server may close meanwhile.
    func sendAnyway(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Ends the connection with a reset.
    func reset() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close().get()
    }

    /// Sends nothing more, but goes on reading.
    func closeOutput() async throws {
        try await channel.close(mode: .output).get()
    }

    func close() async {
        try? await channel.close().get()
    }

    /// Stops or resumes reading.
    func setAutoRead(_ on: Bool) async throws {
        try await channel.setOption(.autoRead, value: on).get()
    }

    /// Reads one answer; those of 100 are answers too.
    func answer(toHEAD: Bool = false) async throws -> Answer {
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
    func untilClosed() async -> String {
        while let bytes = await incoming.next(isolation: #isolation) { received += bytes }
        defer { received = [] }
        return text
    }

    private var text: String { String(decoding: received, as: UTF8.self) }

    private func more() async throws {
        guard let bytes = await incoming.next(isolation: #isolation) else {
            throw Failure.closed(after: text)
        }
        received += bytes
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncStream<[UInt8]>.Continuation

        init(_ continuation: AsyncStream<[UInt8]>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(Array(Self.unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

        func handlerRemoved(context: ChannelHandlerContext) { continuation.finish() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
