import COpenSSL

/// A certificate together with its private key and the certificates above it, ready to serve or to identify
/// a client.
public struct CertificateWithKey: Sendable {
    public let certificate: Certificate
    /// Further certificates to send, each signing the one before; without the root.
    public let intermediates: [Certificate]
    public let key: PrivateKey

    /// - Throws: ``TLSError`` of kind `keyMismatch` when the key is not the certificate's.
    public init(certificate: Certificate, intermediates: [Certificate] = [], key: PrivateKey) throws {
        guard certificate.matches(key) else {
            throw TLSError(
                .keyMismatch, "the private key does not belong to the certificate \(certificate.subject)",
                cure: "Use the key that the certificate was made for")
        }
        self.certificate = certificate
        self.intermediates = intermediates
        self.key = key
    }

    /// The chain as PEM, the leaf first, as `--tls-cert` takes it.
    public func chainPEM() throws -> String {
        try ([certificate] + intermediates).map { try $0.pem() }.joined()
    }
}

/// A private certificate authority (RFC 5280): signs serving and client certificates. Everything is made by
/// libcrypto in memory.
public struct CertificateAuthority: Sendable {
    public let certificate: Certificate
    public let key: PrivateKey

    /// Uses an existing CA.
    ///
    /// - Throws: ``TLSError`` when the key is not the certificate's, or the certificate may not sign others.
    public init(certificate: Certificate, key: PrivateKey) throws {
        guard certificate.isAuthority else {
            throw TLSError(
                .notAnAuthority,
                "\(certificate.subject) may not sign certificates (basicConstraints or keyUsage)",
                cure: "Use a CA certificate: CA:TRUE and keyCertSign")
        }
        self.certificate = certificate
        self.key = try CertificateWithKey(certificate: certificate, key: key).key
    }

    /// Makes a new self-signed CA that may sign end-entity certificates and nothing else
    /// (`pathlen:0`; RFC 5280, 4.2.1.9).
    public static func make(
        commonName: String = "uwsgi-max-fd webhook CA", keyType: KeyType = .p256,
        validity: CertificateValidity = .days(3650)
    ) throws -> CertificateAuthority {
        let key = try PrivateKey.generate(keyType)
        let template = CertificateTemplate(
            commonName: try CertificateTemplate.checked(commonName: commonName), names: [],
            period: try validity.period(), usage: .authority)
        let certificate = try template.sign(subjectKey: key, issuer: nil, issuerKey: key)
        return CertificateAuthority(verified: certificate, key: key)
    }

    /// Makes a serving certificate (`serverAuth`) for the given names.
    public func issueServerCertificate(
        names: SubjectNames, keyType: KeyType = .p256, validity: CertificateValidity = .days(365)
    ) throws -> CertificateWithKey {
        // The common name only helps people: verification looks at the alternative names (RFC 6125, 6.4.4).
        let first = names.names.first { if case .dns = $0 { true } else { false } } ?? names.names[0]
        let commonName =
            first.description.utf8.count <= CertificateTemplate.maximumCommonName ? first.description : nil
        return try issue(commonName: commonName, names: names.names, usage: .server, keyType, validity)
    }

    /// Makes a client certificate (`clientAuth`) with a common name and, if wanted, DNS names.
    public func issueClientCertificate(
        commonName: String, names: [SubjectName] = [], keyType: KeyType = .p256,
        validity: CertificateValidity = .days(365)
    ) throws -> CertificateWithKey {
        let checked = try CertificateTemplate.checked(commonName: commonName)
        return try issue(commonName: checked, names: names, usage: .client, keyType, validity)
    }

    private init(verified certificate: Certificate, key: PrivateKey) {
        self.certificate = certificate
        self.key = key
    }

    private func issue(
        commonName: String?, names: [SubjectName], usage: CertificateTemplate.Usage, _ keyType: KeyType,
        _ validity: CertificateValidity
    ) throws -> CertificateWithKey {
        let period = try validity.period()
        guard period.notAfter <= certificate.notAfter else {
            let left = max(0, (certificate.notAfter - validity.now) / 86400)
            throw TLSError(
                .invalidLifetime, "the certificate would outlive its CA, which ends in \(left) days",
                cure: "Ask for fewer days, or make a new CA")
        }
        let subjectKey = try PrivateKey.generate(keyType)
        let template = CertificateTemplate(
            commonName: commonName, names: names, period: period, usage: usage)
        let made = try template.sign(subjectKey: subjectKey, issuer: certificate, issuerKey: key)
        return try CertificateWithKey(certificate: made, key: subjectKey)
    }
}
