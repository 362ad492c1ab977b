import Basics
import COpenSSL

/// What a new certificate is to say; turned into an X.509 v3 certificate by ``sign(subjectKey:issuer:issuerKey:)``.
/// Only ``CertificateAuthority`` makes these, from checked parts.
struct CertificateTemplate {
    enum Usage {
        case authority, server, client
    }

    /// Upper bound of a common name (RFC 5280, appendix A.1, ub-common-name).
    static let maximumCommonName = 64

    var commonName: String?
    var names: [SubjectName]
    var period: (notBefore: Int64, notAfter: Int64)
    var usage: Usage

    static func checked(commonName: String) throws -> String {
        guard !commonName.isEmpty, commonName.unicodeScalars.count <= maximumCommonName,
            commonName.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw TLSError(
                .invalidName,
                "\"\(PrintableText.of(commonName, limit: PrintableText.longestName))\" is not a usable common name",
                cure: "Give 1 to \(maximumCommonName) printable characters (RFC 5280, appendix A.1)")
        }
        return commonName
    }

    /// Without an issuer the certificate is self-signed.
    func sign(subjectKey: PrivateKey, issuer: Certificate?, issuerKey: PrivateKey) throws -> Certificate {
        OpenSSLErrorQueue.clear()
        guard let x509 = X509_new() else { throw TLSError.library("allocate a certificate") }
        // From here on the Certificate owns the X509, also when a step below throws.
        let certificate = Certificate(takingOwnershipOf: x509)
        // Version 3 is written as 2 (RFC 5280, 4.1.2.1).
        try check(X509_set_version(x509, 2), "set the version")
        try setSerialNumber(x509)
        try setPeriod(x509)
        try setSubject(x509)
        try subjectKey.withPointer { try check(X509_set_pubkey(x509, $0), "set the public key") }
        if let issuer {
            try issuer.withPointer {
                try check(X509_set_issuer_name(x509, X509_get_subject_name($0)), "set the issuer")
                try addExtensions(x509, issuer: $0)
            }
        } else {
            try check(X509_set_issuer_name(x509, X509_get_subject_name(x509)), "set the issuer")
            try addExtensions(x509, issuer: x509)
        }
        let size = issuerKey.withPointer { key in
            // Ed25519 and Ed448 hash by themselves and take no digest (RFC 8410); all others get SHA-256.
            let hashesItself = EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1
            return X509_sign(x509, key, hashesItself ? nil : EVP_sha256())
        }
        try check(size > 0 ? 1 : 0, "sign the certificate")
        return certificate
    }

    /// A positive random number of at most 128 bits (RFC 5280, 4.1.2.2: positive, at most 20 octets).
    private func setSerialNumber(_ x509: OpaquePointer) throws {
        guard let number = BN_new() else { throw TLSError.library("allocate a serial number") }
        defer { BN_free(number) }
        // The top bit is set, so the number can never be zero.
        try check(BN_rand(number, 128, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), "make a serial number")
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != nil else {
            throw TLSError.library("set the serial number")
        }
    }

    private func setPeriod(_ x509: OpaquePointer) throws {
        // ASN1_TIME_set chooses UTCTime until 2049 and GeneralizedTime after it (RFC 5280, 4.1.2.5).
        guard ASN1_TIME_set(X509_getm_notBefore(x509), time_t(period.notBefore)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(x509), time_t(period.notAfter)) != nil
        else { throw TLSError.library("set the validity") }
    }

    private func setSubject(_ x509: OpaquePointer) throws {
        guard let commonName else { return }
        let bytes = [UInt8](commonName.utf8)
        try check(
            X509_NAME_add_entry_by_NID(
                X509_get_subject_name(x509), NID_commonName, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0),
            "set the subject")
    }

    private func addExtensions(_ x509: OpaquePointer, issuer: OpaquePointer) throws {
        switch usage {
        case .authority:
            try add(x509, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
            try add(x509, issuer, NID_key_usage, "critical,keyCertSign,cRLSign")
        case .server:
            try add(x509, issuer, NID_basic_constraints, "critical,CA:FALSE")
            try add(x509, issuer, NID_key_usage, "critical,digitalSignature")
            try add(x509, issuer, NID_ext_key_usage, "serverAuth")
        case .client:
            try add(x509, issuer, NID_basic_constraints, "critical,CA:FALSE")
            try add(x509, issuer, NID_key_usage, "critical,digitalSignature")
            try add(x509, issuer, NID_ext_key_usage, "clientAuth")
        }
        // The subject's identifier first: a self-signed certificate's authority identifier refers to it
        // (RFC 5280, 4.2.1.1 and 4.2.1.2).
        try add(x509, issuer, NID_subject_key_identifier, "hash")
        try add(x509, issuer, NID_authority_key_identifier, "keyid:always")
        if !names.isEmpty { try addNames(x509) }
    }

    private func add(_ x509: OpaquePointer, _ issuer: OpaquePointer, _ nid: Int32, _ value: String) throws {
        guard let made = uwsgimaxfd_extension(issuer, x509, nid, value) else {
            throw TLSError.library("make the extension \(value)")
        }
        // X509_add_ext copies the extension, so ours is freed here.
        defer { X509_EXTENSION_free(made) }
        try check(X509_add_ext(x509, made, -1), "add the extension \(value)")
    }

    private func addNames(_ x509: OpaquePointer) throws {
        guard let list = GENERAL_NAMES_new() else { throw TLSError.library("allocate the names") }
        defer { GENERAL_NAMES_free(list) }
        for name in names {
            let (type, bytes) =
                switch name {
                case .dns(let text): (GEN_DNS, [UInt8](text.utf8))
                case .ip(let address): (GEN_IPADD, address.octets)
                }
            try check(
                uwsgimaxfd_general_names_add(list, type, bytes, Int32(bytes.count)), "add a name")
        }
        // With an empty subject the names must be critical (RFC 5280, 4.2.1.6).
        let critical: Int32 = commonName == nil ? 1 : 0
        try check(
            X509_add1_ext_i2d(x509, NID_subject_alt_name, UnsafeMutableRawPointer(list), critical, 0),
            "add the names")
    }

    private func check(_ result: Int32, _ doing: String) throws {
        guard result == 1 else { throw TLSError.library(doing) }
    }
}
