import COpenSSL

/// What kind of key to make.
public enum KeyType: Sendable, Hashable {
    /// ECDSA over NIST P-256: small certificates and cheap handshakes. The default.
    case p256
    /// RSA, for peers that know nothing else.
    case rsa(RSAStrength)

    public enum RSAStrength: Int, Sendable, Hashable, CaseIterable {
        case bits2048 = 2048
        case bits3072 = 3072
        case bits4096 = 4096
    }
}

/// A private key. Immutable, so it may be shared between threads.
public struct PrivateKey: Sendable {
    /// Owns one reference to an `EVP_PKEY`.
    private final class Storage: @unchecked Sendable {
        // Safe to share: the pointer never changes, nothing writes to the key after it was made, and
        // OpenSSL counts references atomically.
        let pointer: OpaquePointer

        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { EVP_PKEY_free(pointer) }
    }

    private let storage: Storage

    init(takingOwnershipOf pointer: OpaquePointer) {
        storage = Storage(pointer)
    }

    /// Makes a key from OpenSSL's random generator.
    public static func generate(_ type: KeyType = .p256) throws -> PrivateKey {
        OpenSSLErrorQueue.clear()
        let made =
            switch type {
            case .p256: uwsgimaxfd_generate_p256()
            case .rsa(let strength): uwsgimaxfd_generate_rsa(UInt32(strength.rawValue))
            }
        guard let made else { throw TLSError.library("generate a key") }
        return PrivateKey(takingOwnershipOf: made)
    }

    /// Reads an unencrypted PEM key (PKCS #8, PKCS #1 or SEC 1).
    public static func load(path: String) throws -> PrivateKey {
        try PEM.privateKey(CredentialFile.bytes(of: path), path: path)
    }

    /// The key as unencrypted PKCS #8 PEM.
    public func pem() throws -> String {
        try PEM.text { bio in
            withPointer { PEM_write_bio_PrivateKey(bio, $0, nil, nil, 0, nil, nil) }
        }
    }

    /// Lends the `EVP_PKEY` to `body`, which must not free it.
    func withPointer<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(storage.pointer) }
    }
}
