import Basics
import Catalogue
import NIOCore

/// Asks an HTTP proxy for a way to a host (`CONNECT`; RFC 9110, 9.3.6), and only then lets the handlers behind it know that
/// there is a connection.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let limit: TimeAmount
    private var answer: [UInt8] = []
    private var timer: Scheduled<Void>?

    /// The longest head of an answer, in bytes.
    private static let longestHead = 16 << 10

    init(to origin: HTTPAddress.Origin, authorization: String?, limit: TimeAmount) {
        let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        var request = "CONNECT \(host):\(origin.port) HTTP/1.1\r\nHost: \(host):\(origin.port)\r\n"
        if let authorization { request += "Proxy-Authorization: \(authorization)\r\n" }
        self.request = request + "\r\n"
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
            self?.fail(context, RegistryError(.timeout, "the proxy does not answer"))
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        answer += unwrapInboundIn(data).readableBytesView
        guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else {
            guard answer.count <= Self.longestHead else {
                fail(context, RegistryError(.malformed, "the proxy's answer has no end"))
                return
            }
            context.read()
            return
        }
        let status = String(decoding: answer.prefix { $0 != 0x0D }, as: UTF8.self).split(separator: " ")
        guard status.count >= 2, status[0].hasPrefix("HTTP/1."), status[1].count == 3,
            status[1].hasPrefix("2")
        else {
            let code =
                status.count >= 2 && status[1].isDecimalNumber ? String(status[1].prefix(3)) : "no status"
            fail(context, RegistryError(.unreachable, "the proxy refuses to connect: \(code)"))
            return
        }
        // A server speaks second in TLS: anything more is not the host's.
        guard end.upperBound == answer.count else {
            fail(context, RegistryError(.malformed, "the proxy sends more than an answer"))
            return
        }
        timer?.cancel()
        context.fireChannelActive()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    private func fail(_ context: ChannelHandlerContext, _ error: RegistryError) {
        timer?.cancel()
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }
}
