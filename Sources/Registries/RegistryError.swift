/// Why a registry did not give what it was asked for: what, where, and the cure.
///
/// It holds nothing secret: no header, no token, no query of an address.
public struct RegistryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One of a short fixed list, which fits a metric's label.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// No connection, or one that broke.
        case unreachable
        /// Its certificate has expired, is for another name, or of an authority that is not trusted.
        case certificate
        case tls
        case timeout
        /// It asks for credentials, or refuses those that there are.
        case unauthorized
        case notFound = "not_found"
        case rateLimited = "rate_limited"
        /// Another status: the registry's own fault, or a request that it does not understand.
        case status
        /// What it sends is not what the protocol says, or more than is read.
        case malformed
    }

    public let reason: Reason
    public let description: String

    init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}
