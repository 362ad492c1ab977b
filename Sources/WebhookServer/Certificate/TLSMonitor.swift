import NIOCore
import OpenSSLTLS

/// Stands behind the TLS handler and tells the metrics and the log why handshakes fail.
///
/// A failed handshake is the first thing an operator has to find when a cluster's calls do not arrive: a wrong
/// CA bundle, a name that the certificate lacks, plain HTTP. Port scanners and TCP probes fail too, so the
/// lines are limited in number.
final class TLSMonitor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let failures: LabelledCounter<TLSConnectionError.Reason>
    private let log: ServerLog
    private let limiter: RateLimiter
    private var isHandshaking = true

    /// - Parameter limiter: shared by all connections.
    init(failures: LabelledCounter<TLSConnectionError.Reason>, log: ServerLog, limiter: RateLimiter) {
        self.failures = failures
        self.log = log
        self.limiter = limiter
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted { isHandshaking = false }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSConnectionError { note(error, from: context.remoteAddress) }
        context.fireErrorCaught(error)
    }

    private func note(_ error: TLSConnectionError, from peer: SocketAddress?) {
        guard isHandshaking else {
            write(.debug, "TLS connection failed", error, peer)
            return
        }
        isHandshaking = false
        failures[error.reason].add()
        // A peer that connects and leaves is not a client.
        write(error.reason == .closedEarly ? .debug : .info, "TLS handshake failed", error, peer)
    }

    /// An IPv4 address as one, when it comes from a socket of IPv6 (RFC 4291, section 2.5.5.2).
    private static func unmapped(_ address: String) -> String {
        address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }

    private func write(
        _ level: LogLevel, _ message: String, _ error: TLSConnectionError, _ peer: SocketAddress?
    ) {
        guard level >= log.level, let suppressed = limiter.admit(now: .now()) else { return }
        log.write(level, message) { line in
            line.add("reason", error.reason.rawValue)
            line.add("error", error.description)
            if let peer = peer?.ipAddress { line.add("peer", Self.unmapped(peer)) }
            if suppressed > 0 { line.add("suppressed", suppressed) }
        }
    }
}
