import NIOCore

/// What a client, and what the network, may ask of the server at most: the defaults, and what makes sense, are those of
/// the flags of the same names.
public struct ServerLimits: Sendable, Hashable {
    /// The most connections to the port for probes and metrics.
    static let maxAdminConnections = 64

    /// The largest body, in bytes.
    public var maxBodyBytes = 8 << 20
    /// The most connections to the webhook's port.
    public var maxConnections = 1024
    /// For a TLS handshake, and for a request from its first byte to its last.
    public var requestTimeout = Duration.seconds(10)
    /// For a connection without a request. The API server drops its own after 90 s (Go's net/http,
    /// `IdleConnTimeout` as client-go sets it), so that it and not we decide.
    public var idleTimeout = Duration.seconds(120)
    /// How long requests are served as before after the first signal, while the cluster takes this replica out
    /// of its lists.
    public var drainDelay = Duration.seconds(5)
    /// How long the requests that are then in flight may take.
    public var drainTimeout = Duration.seconds(20)
    /// Event loops: as many as there are processors for this process (a container's quota counts), at most four.
    public var threads = min(4, System.coreCount)

    public init() {}

    /// More event loops than any machine has use for.
    static let maxThreads = 256

    /// Refuses what cannot have been meant, so that no later arithmetic has to expect it.
    /// - Throws: ``ServerError`` that names the flag, the value and the range.
    public func validate() throws(ServerError) {
        try Self.check("--max-body-bytes", maxBodyBytes, 1...(1 << 30))
        try Self.check("--max-connections", maxConnections, 1...(1 << 20))
        try Self.check("--threads", threads, 1...Self.maxThreads)
        try Self.check("--request-timeout", requestTimeout, atLeast: .milliseconds(1))
        try Self.check("--idle-timeout", idleTimeout, atLeast: .milliseconds(1))
        try Self.check("--drain-delay", drainDelay, atLeast: .zero)
        try Self.check("--drain-timeout", drainTimeout, atLeast: .zero)
    }

    private static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(ServerError) {
        guard range.contains(value) else {
            throw ServerError(
                "\(name) is \(value): give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    static func check(_ name: String, _ value: Duration, atLeast least: Duration) throws(ServerError) {
        guard value >= least, value <= .seconds(86_400) else {
            throw ServerError("\(name) is \(value): give a time from \(least) to 24h")
        }
    }
}
