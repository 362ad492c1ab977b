/// Why an image could not be read: one of a short fixed list, which fits a metric's label.
public enum ImageFailureReason: String, Sendable, Hashable, CaseIterable {
    /// No connection, or one that broke.
    case unreachable
    /// The registry's certificate has expired, is for another name, or of an authority that is not trusted.
    case certificate
    case tls
    case timeout
    /// The registry asks for credentials, or refuses those that there are.
    case unauthorized
    case notFound = "not_found"
    case rateLimited = "rate_limited"
    /// Another status: the registry's own fault, or a request that it does not understand.
    case status
    /// What the registry sends is not what the protocol says, or more than is read.
    case malformed
    /// The registry answers, and what it has is not an image that can be read.
    case image
}
