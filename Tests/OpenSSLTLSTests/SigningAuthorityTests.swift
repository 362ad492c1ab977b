import Foundation
import TestSupport
import Testing

@testable import OpenSSLTLS

@Suite struct SigningAuthorityTests {
    /// A root, a CA below it made by OpenSSL's program (ours makes only CAs for leaves), and its key.
    private func makeIntermediate(_ directory: TemporaryFolder, keyArguments: [String]) throws {
        let script = """
            set -e; cd '\(directory.path)'
            openssl genpkey \(keyArguments.joined(separator: " ")) -out root.key
            openssl req -x509 -new -key root.key -subj '/CN=root' -days 30 -out root.crt \
            -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
            openssl genpkey \(keyArguments.joined(separator: " ")) -out sub.key
            openssl req -new -key sub.key -subj '/CN=sub' -out sub.csr
            printf 'basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign\\n\
            subjectKeyIdentifier=hash\\nauthorityKeyIdentifier=keyid\\n' > ext
            openssl x509 -req -in sub.csr -CA root.crt -CAkey root.key -CAcreateserial -days 20 -extfile ext -out sub.crt
            cat sub.crt root.crt > chain.crt
            """
        let result = try Program.run("/bin/sh", ["-c", script])
        #expect(result.status == 0, "\(result.text)")
    }

    @Test(arguments: [
        ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], ["-algorithm", "ED25519"],
        ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    ])
    func `A foreign CA below a root signs, and the server sends what is between`(keyArguments: [String])
        throws
    {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let directory = try TemporaryFolder()
        try makeIntermediate(directory, keyArguments: keyArguments)
        let authority = try SigningAuthority(
            certificatePath: directory.path("chain.crt"), keyPath: directory.path("sub.key"))
        #expect(authority.intermediates.map(\.subject) == ["CN=sub"])
        #expect(authority.trustAnchors.map(\.subject) == ["CN=root"])
        let made = try authority.issueServerCertificate(
            names: SubjectNames(["webhook.test.svc"]), keyType: .p256, validity: .days(10))
        #expect(made.intermediates.count == 1)
        // A client that trusts only the root accepts the chain.
        let pair = try TLSPair(
            server: TLSServerConfiguration(certificate: .memory(made)),
            client: TLSClientConfiguration(trustRoots: .memory(authority.trustAnchors)))
        try pair.connect()
        #expect(pair.clientEvents.handshakes.count == 1, "\(pair.clientEvents.errors)")
        pair.finish()
    }

    @Test func `Without the root in the file, the file's CAs are what to trust`() throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let directory = try TemporaryFolder()
        try makeIntermediate(
            directory, keyArguments: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        let anchors = try TrustBundle.anchors(of: TrustBundle.load(path: directory.path("sub.crt")))
        #expect(anchors.map(\.subject) == ["CN=sub"])
    }

    @Test func `A leaf, or another's key, is refused by name`() throws {
        let directory = try TemporaryFolder()
        let leaf = try directory.write(TestAuthority.server.chainPEM(), to: "leaf.crt")
        let ca = try directory.write(TestAuthority.shared.certificate.pem(), to: "ca.crt")
        let key = try directory.write(TestAuthority.server.key.pem(), to: "leaf.key")
        let notAuthority = try #require(throws: TLSError.self) {
            _ = try SigningAuthority(certificatePath: leaf, keyPath: key)
        }
        #expect(notAuthority.kind == .notAnAuthority && notAuthority.path == leaf)
        let mismatch = try #require(throws: TLSError.self) {
            _ = try SigningAuthority(certificatePath: ca, keyPath: key)
        }
        #expect(mismatch.kind == .keyMismatch && mismatch.path == key)
    }

    @Test func `A Secret's manifest`() throws {
        let secret = try TLSSecret(
            name: "webhook-tls", namespace: "a", trustAnchors: [TestAuthority.shared.certificate],
            certificate: TestAuthority.server)
        let lines = secret.manifest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            Array(lines.prefix(7)) == [
                "apiVersion: v1", "kind: Secret", "metadata:", "  name: \"webhook-tls\"",
                "  namespace: \"a\"",
                "type: kubernetes.io/tls", "data:",
            ])
        for (line, pem) in zip(
            lines[7...9],
            [
                ("ca.crt", try TestAuthority.shared.certificate.pem()),
                ("tls.crt", try TestAuthority.server.chainPEM()),
                ("tls.key", try TestAuthority.server.key.pem()),
            ])
        {
            let parts = line.split(separator: " ")
            #expect(parts[0] == "\(pem.0):")
            #expect(Data(base64Encoded: String(parts[1])) == Data(pem.1.utf8))
        }
        #expect(lines[10...] == [""])
    }

    @Test(
        arguments: [
            ("", nil), ("A", nil), ("a_b", nil), ("a\nb: c", nil), ("-a", nil), ("a.", nil),
            (String(repeating: "a", count: 254), nil), ("ok", ""), ("ok", "a.b"), ("ok", "A"),
            ("ok", String(repeating: "a", count: 64)),
        ] as [(String, String?)])
    func `A name that Kubernetes does not take`(name: String, namespace: String?) throws {
        let error = try #require(throws: TLSError.self) {
            _ = try TLSSecret(
                name: name, namespace: namespace, trustAnchors: [TestAuthority.shared.certificate],
                certificate: TestAuthority.server)
        }
        #expect(error.kind == .invalidName)
    }

    @Test(arguments: [.p256, .rsa(.bits2048), .rsa(.bits3072)] as [KeyType])
    func `A certificate tells its key's type`(type: KeyType) throws {
        let made = try TestAuthority.shared.issueServerCertificate(
            names: SubjectNames(["a.test"]), keyType: type)
        #expect(made.certificate.keyType == type)
    }
}
