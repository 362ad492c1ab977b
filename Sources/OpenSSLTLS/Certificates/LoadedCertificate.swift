import Basics

/// A certificate chain and key that were read and checked: they exist, parse, belong together and are valid
/// at the given time.
struct LoadedCertificate {
    var chain: CertificateWithKey

    init(_ source: CertificateSource, now: Int64, read: ReadFile) throws {
        switch source {
        case .memory(let chain):
            try Self.checkValidity([chain.certificate] + chain.intermediates, path: nil, now: now)
            self.chain = chain
        case .files(let certificatePath, let keyPath):
            let certificates = try PEM.certificates(read(certificatePath), path: certificatePath)
            let key = try PEM.privateKey(read(keyPath), path: keyPath)
            try Self.checkValidity(certificates, path: certificatePath, now: now)
            guard let leaf = certificates.first else { throw Self.emptyChain(certificatePath) }
            guard leaf.matches(key) else {
                throw TLSError(
                    .keyMismatch, path: keyPath,
                    "the private key does not belong to the first certificate of \(certificatePath) (\(leaf.subject))",
                    cure:
                        "Use the key that this certificate was made for, and put the server's certificate first"
                )
            }
            chain = try CertificateWithKey(
                certificate: leaf, intermediates: Array(certificates.dropFirst()), key: key)
        }
    }

    private static func checkValidity(_ certificates: [Certificate], path: String?, now: Int64) throws {
        for certificate in certificates {
            if certificate.notAfter < now {
                throw TLSError(
                    .expired, path: path,
                    "the certificate \(certificate.subject) expired at \(Timestamp(seconds: Int(certificate.notAfter)).rfc3339)",
                    cure: "Renew it")
            }
            if certificate.notBefore > now {
                throw TLSError(
                    .notYetValid, path: path,
                    "the certificate \(certificate.subject) is valid only from \(Timestamp(seconds: Int(certificate.notBefore)).rfc3339)",
                    cure: "Check this machine's clock, or issue the certificate with an earlier start")
            }
        }
    }

    private static func emptyChain(_ path: String) -> TLSError {
        TLSError(.emptyChain, path: path, "holds no certificate", cure: "Put the server's certificate first")
    }
}
