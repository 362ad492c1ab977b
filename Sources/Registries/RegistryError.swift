import Catalogue

/// Why a registry did not give what it was asked for: what, where, and the cure.
///
/// It holds nothing secret: no header, no token, no query of an address.
public struct RegistryError: Error, Sendable, Hashable, CustomStringConvertible {
    public typealias Reason = ImageFailureReason

    public let reason: Reason
    public let description: String

    init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}
