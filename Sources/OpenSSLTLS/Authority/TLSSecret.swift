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
        self.name = try Self.checked(name, "Secret's name", longest: 253, dots: true)
        self.namespace = try namespace.map { try Self.checked($0, "namespace", longest: 63, dots: false) }
        trustAnchorsPEM = try TrustBundle.pem(trustAnchors)
        chainPEM = try certificate.chainPEM()
        keyPEM = try certificate.key.pem()
    }

    /// The manifest. The value of `ca.crt` is also what `caBundle` wants.
    public var manifest: String {
        var lines = ["apiVersion: v1", "kind: Secret", "metadata:", "  name: \"\(name)\""]
        if let namespace { lines.append("  namespace: \"\(namespace)\"") }
        lines += ["type: kubernetes.io/tls", "data:"]
        for (key, pem) in [("ca.crt", trustAnchorsPEM), ("tls.crt", chainPEM), ("tls.key", keyPEM)] {
            lines.append("  \(key): \(Base64.encode(Array(pem.utf8)))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// RFC 1123 labels, as Kubernetes' object names are (apimachinery, util/validation).
    private static func checked(_ text: String, _ what: String, longest: Int, dots: Bool) throws -> String {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isValid =
            !text.isEmpty && text.utf8.count <= longest && (dots || labels.count == 1)
            && labels.allSatisfy { label in
                !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy { byte in
                        byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    }
            }
        guard isValid else {
            throw TLSError(
                .invalidName, "\"\(SubjectName.printable(text))\" cannot be a \(what)",
                cure: "Use lower-case letters, digits and hyphens, at most \(longest) characters")
        }
        return text
    }
}
