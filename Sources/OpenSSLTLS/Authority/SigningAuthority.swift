/// A CA from files, with what clients and servers need to know about the authorities above it.
public struct SigningAuthority: Sendable {
    public let authority: CertificateAuthority
    /// The certificates between a leaf and the root, to be sent by a server after its own.
    public let intermediates: [Certificate]
    /// What a client has to trust.
    public let trustAnchors: [Certificate]

    /// A CA just made, which is its own root.
    public init(_ authority: CertificateAuthority) {
        self.authority = authority
        intermediates = []
        trustAnchors = [authority.certificate]
    }

    /// Loads a CA from PEM files.
    ///
    /// - Parameter certificatePath: the CA's certificate first; certificates of the authorities above it may
    ///   follow.
    /// - Throws: ``TLSError``, naming the file, the reason and the cure.
    public init(certificatePath: String, keyPath: String) throws {
        let chain = try TrustBundle.load(path: certificatePath)
        let key = try PrivateKey.load(path: keyPath)
        guard let issuer = chain.first else {
            throw TLSError(
                .emptyChain, path: certificatePath, "holds no certificate", cure: "Name a CA certificate")
        }
        guard issuer.matches(key) else {
            throw TLSError(
                .keyMismatch, path: keyPath,
                "the private key does not belong to the first certificate of \(certificatePath) (\(issuer.subject))",
                cure: "Use the CA's own key, and put the CA that is to sign first")
        }
        authority = try CertificateAuthority(certificate: issuer, key: key)
        intermediates = chain.filter { !$0.isSelfIssued }
        trustAnchors = TrustBundle.anchors(of: chain)
    }

    /// Makes a serving certificate and adds the intermediates.
    public func issueServerCertificate(
        names: SubjectNames, keyType: KeyType, validity: CertificateValidity
    ) throws -> CertificateWithKey {
        let made = try authority.issueServerCertificate(names: names, keyType: keyType, validity: validity)
        return try CertificateWithKey(
            certificate: made.certificate, intermediates: intermediates, key: made.key)
    }
}

/// The CA certificates of a PEM file.
public enum TrustBundle {
    /// Reads them all.
    ///
    /// - Throws: ``TLSError`` when one of them is not a CA.
    public static func load(path: String) throws -> [Certificate] {
        let certificates = try Certificate.load(path: path)
        for certificate in certificates where !certificate.isAuthority {
            throw TLSError(
                .notAnAuthority, path: path,
                "\(certificate.subject) is not a CA certificate (basicConstraints or keyUsage)",
                cure: "Name the CA's certificate, not the one that it issued")
        }
        return certificates
    }

    /// The roots among the certificates, or all of them when the root is not there.
    public static func anchors(of certificates: [Certificate]) -> [Certificate] {
        let roots = certificates.filter(\.isSelfIssued)
        return roots.isEmpty ? certificates : roots
    }

    public static func pem(_ certificates: [Certificate]) throws -> String {
        try certificates.map { try $0.pem() }.joined()
    }
}
