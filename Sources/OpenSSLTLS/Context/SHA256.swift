import COpenSSL

/// The SHA-256 of bytes that come piece by piece (FIPS 180-4), as OpenSSL computes it.
public final class SHA256 {
    /// Owned here from `init` to `deinit`, and used nowhere else.
    private let context: OpaquePointer

    /// - Throws: ``TLSError`` of kind `library`.
    public init() throws {
        guard let context = EVP_MD_CTX_new() else { throw TLSError.library("compute a digest") }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            // `deinit` frees the context: all members have been set.
            throw TLSError.library("compute a digest")
        }
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Takes the next bytes.
    /// - Throws: ``TLSError`` of kind `library`.
    public func update(_ bytes: [UInt8]) throws {
        guard EVP_DigestUpdate(context, bytes, bytes.count) == 1 else {
            throw TLSError.library("compute a digest")
        }
    }

    /// The digest of all bytes so far, 32 of them; nothing may be added afterwards.
    /// - Throws: ``TLSError`` of kind `library`.
    public func digest() throws -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &digest, &length) == 1 else {
            throw TLSError.library("compute a digest")
        }
        return Array(digest.prefix(Int(length)))
    }

    /// The digest of bytes that are at hand.
    /// - Throws: ``TLSError`` of kind `library`.
    public static func digest(of bytes: [UInt8]) throws -> [UInt8] {
        let hash = try SHA256()
        try hash.update(bytes)
        return try hash.digest()
    }
}
