import NIOCore
import NIOHTTP1

/// What one connection may take of the server.
struct ConnectionLimits: Sendable {
    /// The largest body, in bytes.
    var maxBodyBytes: Int
    /// For the TLS handshake, and for a request from its first byte to its last.
    var requestTimeout: TimeAmount
    /// For a connection without a request.
    var idleTimeout: TimeAmount
    /// How long a client that is told to go may take to do so, so that it can read why.
    var lingerTimeout: TimeAmount = .seconds(1)
    /// How long a request may be on its way before its connection may have to make room for another one, when
    /// there are as many as may be and none is idle.
    var slowRequestTime: TimeAmount = .seconds(1)
    /// Whether a connection may have to make room although its request's head has come, or its answer is not read
    /// yet: only where nothing is lost by it.
    var mayInterruptRequests = false
    /// The largest head: request line and header fields, in bytes. A bearer token takes a few thousand.
    var maxHeadBytes = 64 << 10
    /// The longest header field, or request target, in bytes.
    var maxHeaderFieldBytes = 16 << 10
    /// The most header fields, trailers included.
    var maxHeaderFields = 100

    /// How much may come ahead of an answer that is being worked out, in bytes; of what comes beyond, nothing is answered.
    var maxHeldBytes = 64 << 10

    /// The same for the parser.
    var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = maxHeaderFieldBytes
        limits.maxHeaderListSize = maxHeadBytes
        limits.maxHeaderFieldCount = maxHeaderFields
        return limits
    }

    /// How often to look for connections whose time is over: often enough that the shortest limit is kept to
    /// within a quarter.
    var sweepInterval: TimeAmount {
        let shortest = min(requestTimeout, idleTimeout, lingerTimeout).nanoseconds
        return .nanoseconds(min(max(shortest / 4, 5_000_000), 1_000_000_000))
    }
}

extension ConnectionLimits {
    /// What one connection to a port for probes and metrics may take: nothing that is served there has a body.
    ///
    /// What is served there can be asked for again, and a probe that is not answered has the kubelet restart the
    /// container: so a client that asks for nothing goes soon, and a slow one makes room for the next.
    static func admin(within limits: ServerLimits) -> ConnectionLimits {
        var own = ConnectionLimits(
            maxBodyBytes: 4096,
            requestTimeout: min(.nanoseconds(limits.requestTimeout.nanoseconds), .seconds(5)),
            idleTimeout: min(.nanoseconds(limits.idleTimeout.nanoseconds), .seconds(5)))
        own.slowRequestTime = .zero
        own.mayInterruptRequests = true
        return own
    }
}
