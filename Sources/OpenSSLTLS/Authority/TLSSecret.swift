import Basics

/// A Kubernetes Secret of type `kubernetes.io/tls` as a YAML manifest, with the CA beside the pair, as
/// cert-manager does it (https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets).
public struct TLSSecret: Sendable {
    public let name: String
    public let namespace: String?
    let trustAnchorsPEM: String
    let chainPEM: String
    let keyPEM: String

    /// - Throws: ``TLSError`` when the name or the namespace is none that Kubernetes takes.
    public init(
        name: String, namespace: String?, trustAnchors: [Certificate], certificate: CertificateWithKey
    ) throws {
        guard DNSName.isSubdomain(name) else {
            throw Self.invalid(name, "Secret's name", longest: DNSName.longest)
        }
        if let namespace, !DNSName.isLabel(namespace) {
            throw Self.invalid(namespace, "namespace", longest: DNSName.longestLabel)
        }
        self.name = name
        self.namespace = namespace
        trustAnchorsPEM = try TrustBundle.pem(trustAnchors)
        chainPEM = try certificate.chainPEM()
        keyPEM = try certificate.key.pem()
    }

    /// The manifest. The value of `ca.crt` is also what `caBundle` takes.
    public var manifest: String {
        var lines = ["apiVersion: v1", "kind: Secret", "metadata:", "  name: \"\(name)\""]
        if let namespace { lines.append("  namespace: \"\(namespace)\"") }
        lines += ["type: kubernetes.io/tls", "data:"]
        for (key, pem) in [("ca.crt", trustAnchorsPEM), ("tls.crt", chainPEM), ("tls.key", keyPEM)] {
            lines.append("  \(key): \(Base64.encode(Array(pem.utf8)))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func invalid(_ text: String, _ what: String, longest: Int) -> TLSError {
        TLSError(
            .invalidName,
            "\"\(PrintableText.of(text, limit: PrintableText.longestName))\" cannot be a \(what)",
            cure: "Use lower-case letters, digits and hyphens, at most \(longest) characters")
    }
}
