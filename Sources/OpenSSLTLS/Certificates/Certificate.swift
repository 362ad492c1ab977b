import COpenSSL
import Glibc

/// An X.509 certificate (RFC 5280). Immutable, so it may be shared between threads.
public struct Certificate: Sendable {
    /// Owns one reference to an `X509`.
    private final class Storage: @unchecked Sendable {
        // Safe to share: the pointer never changes, the certificate is not written to after it was made,
        // and OpenSSL guards what it caches inside (reference count, parsed extensions) itself.
        let pointer: OpaquePointer

        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { X509_free(pointer) }
    }

    private let storage: Storage

    init(takingOwnershipOf pointer: OpaquePointer) {
        storage = Storage(pointer)
    }

    /// Reads all certificates of a PEM file, in the file's order. Never gives an empty list.
    public static func load(path: String) throws -> [Certificate] {
        try PEM.certificates(CredentialFile.bytes(of: path), path: path)
    }

    /// Start of validity, in seconds since 1970 UTC (RFC 5280, 4.1.2.5).
    public var notBefore: Int64 { withPointer { Self.seconds(X509_get0_notBefore($0)) } }

    /// End of validity, in seconds since 1970 UTC (RFC 5280, 4.1.2.5).
    public var notAfter: Int64 { withPointer { Self.seconds(X509_get0_notAfter($0)) } }

    /// The subject in RFC 2253 form, for messages.
    public var subject: String { withPointer { Self.oneLine(X509_get_subject_name($0)) } }

    /// The issuer in RFC 2253 form, for messages.
    public var issuer: String { withPointer { Self.oneLine(X509_get_issuer_name($0)) } }

    /// The subject's last common name, if it has any: the most specific one, as RFC 6125 2.3.1 calls it.
    public var commonName: String? {
        withPointer { x509 in
            guard let name = X509_get_subject_name(x509) else { return nil }
            var last: Int32 = -1
            while true {
                let next = X509_NAME_get_index_by_NID(name, NID_commonName, last)
                guard next >= 0 else { break }
                last = next
            }
            guard last >= 0, let entry = X509_NAME_get_entry(name, last) else { return nil }
            return Self.utf8(X509_NAME_ENTRY_get_data(entry))
        }
    }

    /// DNS names of the subject alternative name extension (RFC 5280, 4.2.1.6).
    public var dnsNames: [String] {
        alternativeNames(GEN_DNS).map { String(decoding: $0, as: UTF8.self) }
    }

    /// IP addresses of the subject alternative name extension, in their usual text form.
    public var ipAddresses: [String] {
        alternativeNames(GEN_IPADD).compactMap { IPAddress(octets: $0)?.description }
    }

    /// Whether the certificate may sign others (RFC 5280, 4.2.1.9 and 4.2.1.3).
    public var isAuthority: Bool {
        withPointer { X509_check_ca($0) > 0 }
    }

    /// Whether the issuer has the subject's name, as roots do (RFC 5280, 3.2).
    public var isSelfIssued: Bool {
        withPointer { X509_NAME_cmp(X509_get_subject_name($0), X509_get_issuer_name($0)) == 0 }
    }

    /// All names that a server's certificate holds, DNS names first; nil when one of them is of a kind that
    /// ``SubjectName`` does not allow.
    public var subjectNames: SubjectNames? {
        try? SubjectNames(dnsNames + ipAddresses)
    }

    /// The type of the public key, when it is one that ``PrivateKey/generate(_:)`` can make.
    public var keyType: KeyType? {
        withPointer { x509 in
            // Borrowed from the certificate.
            guard let key = X509_get0_pubkey(x509) else { return nil }
            let bits = Int(EVP_PKEY_get_bits(key))
            if EVP_PKEY_is_a(key, "RSA") == 1 { return KeyType.RSAStrength(rawValue: bits).map { .rsa($0) } }
            return EVP_PKEY_is_a(key, "EC") == 1 && bits == 256 ? .p256 : nil
        }
    }

    /// The serial number in hexadecimal.
    public var serialNumber: String {
        withPointer { x509 in
            guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), nil) else { return "" }
            defer { BN_free(number) }
            guard let text = BN_bn2hex(number) else { return "" }
            defer { CRYPTO_free(text, #fileID, #line) }
            return String(cString: text)
        }
    }

    public func pem() throws -> String {
        try PEM.text { bio in withPointer { PEM_write_bio_X509(bio, $0) } }
    }

    /// Whether `key` is the private half of this certificate's public key.
    public func matches(_ key: PrivateKey) -> Bool {
        OpenSSLErrorQueue.clear()
        let matches = withPointer { x509 in key.withPointer { X509_check_private_key(x509, $0) } }
        OpenSSLErrorQueue.clear()
        return matches == 1
    }

    /// Lends the `X509` to `body`, which must not free it.
    func withPointer<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(storage.pointer) }
    }

    private func alternativeNames(_ type: Int32) -> [[UInt8]] {
        withPointer { x509 in
            // The stack is a copy that we own; its bytes are copied before it is freed.
            guard let names = uwsgimaxfd_x509_get_alt_names(x509) else { return [] }
            defer { GENERAL_NAMES_free(names) }
            return (0..<max(0, uwsgimaxfd_general_names_count(names))).compactMap { index in
                let name = uwsgimaxfd_general_names_get(names, index)
                guard name.type == type, let bytes = name.bytes, name.length >= 0 else { return nil }
                return [UInt8](UnsafeBufferPointer(start: bytes, count: Int(name.length)))
            }
        }
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var calendar = tm()
        guard let time, ASN1_TIME_to_tm(time, &calendar) == 1 else { return 0 }
        return Int64(timegm(&calendar))
    }

    private static func oneLine(_ name: OpaquePointer?) -> String {
        guard let name else { return "" }
        let text = try? PEM.text { bio in
            uwsgimaxfd_name_print(bio, name)
        }
        return text ?? ""
    }

    private static func utf8(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
        // OpenSSL allocates the converted text; it is copied and freed here.
        var text: UnsafeMutablePointer<UInt8>?
        let length = ASN1_STRING_to_UTF8(&text, string)
        guard length >= 0, let text else { return nil }
        defer { CRYPTO_free(text, #fileID, #line) }
        return String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
    }
}
