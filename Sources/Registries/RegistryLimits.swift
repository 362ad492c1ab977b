import NIOCore

/// How long a registry may take, and how much it may send.
public struct RegistryLimits: Sendable {
    /// Until there is a connection: name resolution and TCP, and then TLS, each.
    public var connect = TimeAmount.seconds(10)
    /// Until an answer begins, and from one piece of its body to the next.
    public var silence = TimeAmount.seconds(30)
    /// For everything that one image takes.
    public var image = TimeAmount.minutes(15)
    /// The longest wait that a registry may ask for by `Retry-After`; a longer one is an error.
    public var retryDelay = TimeAmount.seconds(60)
    /// How often a request is sent at most that ended in 429, 5xx or a broken connection.
    public var mostAttempts = 4
    /// The most redirects of one request.
    public var mostRedirects = 5
    /// The largest layer, compressed, in bytes.
    public var largestLayer = 8 << 30
    /// Of one image's layers together, compressed, in bytes: so much room its temporary file may take.
    public var largestImage = 32 << 30

    public init() {}
}
