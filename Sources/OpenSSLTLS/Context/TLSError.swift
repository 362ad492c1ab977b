/// What is wrong with a certificate, a key, a CA file or a setting, found before anything listens (or at a
/// reload, in which case the previous context stays in use).
///
/// ``description`` is one sentence for an operator: which file, what is wrong in OpenSSL's own words, and
/// what to do.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case fileMissing
        case fileUnreadable
        case fileTooLarge
        case notPEM
        case emptyChain
        case encryptedKey
        case keyMismatch
        case expired
        case notYetValid
        case unusableCertificate
        case unknownCipher
        case invalidName
        case invalidLifetime
        case notAnAuthority
        case conflictingSettings
        case library
    }

    public let kind: Kind
    /// The file that is at fault, when one is.
    public let path: String?
    public let description: String

    init(_ kind: Kind, path: String? = nil, _ problem: String, cure: String) {
        self.kind = kind
        self.path = path
        let place = path.map { "\($0): " } ?? ""
        self.description = "\(place)\(problem). \(cure)."
    }

    /// A handler was given the other side's context.
    static func wrongRole(_ role: TLSContext.Role) -> TLSError {
        TLSError(
            .conflictingSettings, "this TLS context was made for a \(role)",
            cure: "Make one for the side that the handler is on")
    }

    /// A call into OpenSSL failed that fails only when memory or entropy is short.
    static func library(_ doing: String) -> TLSError {
        TLSError(
            .library, "OpenSSL could not \(doing): \(OpenSSLErrorQueue.drainText())",
            cure: "Check the memory limit and the OpenSSL installation")
    }
}
