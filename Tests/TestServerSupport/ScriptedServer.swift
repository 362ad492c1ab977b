import NIOCore
import NIOPosix
import OpenSSLTLS
import Synchronization

import Glibc

/// An HTTP server that answers exactly what a test says, right or wrong.
public final class ScriptedServer: Sendable {
    public struct Request: Sendable {
        public var method: String
        public var target: String
        /// Names in lower case.
        public var headers: [String: String]
        public var body: String
    }

    public struct Reply: Sendable {
        public var bytes: [UInt8]
        /// What is done after the bytes.
        public var ending = Ending.keep

        public enum Ending: Sendable {
            case keep, close, endless
            /// The connection is torn down.
            case reset
            /// One more byte now and then, without end.
            case trickle
        }

        public static func answer(
            _ status: Int, _ headers: [String] = [], _ body: [UInt8] = [], isHead: Bool = false
        ) -> Reply {
            var text = "HTTP/1.1 \(status) X\r\n"
            for header in headers { text += header + "\r\n" }
            text += "Content-Length: \(body.count)\r\n\r\n"
            return Reply(bytes: Array(text.utf8) + (isHead ? [] : body))
        }

        public static func raw(_ text: String, _ ending: Ending = .keep) -> Reply {
            Reply(bytes: Array(text.utf8), ending: ending)
        }
    }

    public let port: Int
    private let channel: any Channel
    /// Its own: one that never ends must not hold up another.
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let recorded: Recorder

    public var requests: [Request] { recorded.requests.withLock { $0 } }

    private final class Recorder: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// - Parameters:
    ///   - tls: a server's; plain HTTP without.
    ///   - ignoresHandshakes: whether a client that speaks TLS gets no answer at all.
    public init(
        tls: TLSContext? = nil, ignoresHandshakes: Bool = false,
        answer: @escaping @Sendable (Request) -> Reply
    ) throws {
        let recorder = Recorder()
        recorded = recorder
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(TLSHandler(server: tls)) }
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(ignoresHandshakes: ignoresHandshakes) { request in
                            recorder.requests.withLock { $0.append(request) }
                            return answer(request)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        port = channel.localAddress?.port ?? 0
    }

    deinit { group.shutdownGracefully { _ in } }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: (Request) -> Reply
        private var received: [UInt8] = []
        private var isEndless = false
        private let ignoresHandshakes: Bool

        init(ignoresHandshakes: Bool, _ answer: @escaping (Request) -> Reply) {
            self.ignoresHandshakes = ignoresHandshakes
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            // What begins like this is a handshake, and a server of plain HTTP says what Go's says.
            if received.first == 0x16 {
                guard !ignoresHandshakes else { return }
                let refusal = ByteBuffer(string: "HTTP/1.0 400 Bad Request\r\n\r\n")
                context.writeAndFlush(wrapOutboundOut(refusal), promise: nil)
                context.close(promise: nil)
                return
            }
            while let request = nextRequest() {
                let reply = answer(request)
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: reply.bytes)), promise: nil)
                switch reply.ending {
                case .keep: break
                case .close: context.close(promise: nil)
                case .reset: reset(context)
                case .trickle: trickle(context)
                case .endless:
                    isEndless = true
                    pour(context)
                }
            }
        }

        private func reset(_ context: ChannelHandlerContext) {
            let channel = context.channel
            guard let options = channel as? any SocketOptionProvider else { return }
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
                // Past TLS, which would say farewell first.
                let below = try? channel.pipeline.syncOperations.context(handlerType: TLSHandler.self)
                if let below { below.close(promise: nil) } else { channel.close(promise: nil) }
            }
        }

        private func trickle(_ context: ChannelHandlerContext) {
            guard context.channel.isActive else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "a")), promise: nil)
            context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) { self.trickle(context) }
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) { pour(context) }

        /// Piece by piece, so that other connections have their turn.
        private func pour(_ context: ChannelHandlerContext) {
            guard isEndless, context.channel.isActive, context.channel.isWritable else { return }
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(repeating: UInt8(ascii: "a"), count: 1 << 14)), promise: nil)
            context.eventLoop.assumeIsolated().execute { self.pour(context) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func nextRequest() -> Request? {
            guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            let words = (lines.first ?? "").split(separator: " ").map(String.init)
            guard words.count == 3 else { return nil }
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let name = line.prefix { $0 != ":" }
                headers[name.lowercased()] = String(line.dropFirst(name.count + 2))
            }
            let length = Int(headers["content-length"] ?? "") ?? 0
            guard received.count >= end.upperBound + length else { return nil }
            let body = String(decoding: received[end.upperBound..<end.upperBound + length], as: UTF8.self)
            received.removeFirst(end.upperBound + length)
            return Request(method: words[0], target: words[1], headers: headers, body: body)
        }
    }
}
