import System
import Foundation
import TestSupport
import Testing

@testable import OpenSSLTLS

/// Everything that can be wrong with files and settings, each with the whole message: it is what an operator
/// sees when the server does not start.
@Suite struct ConfigurationErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var kind: TLSError.Kind
        /// `DIR` stands for the directory. A trailing `*` allows more text.
        var message: String
        var prepare: @Sendable (TemporaryFolder) throws -> TLSServerConfiguration
        var testDescription: String { name }
    }

    private static func files(_ directory: TemporaryFolder) throws -> TLSServerConfiguration {
        try directory.write(TestAuthority.server.chainPEM(), to: "tls.crt")
        try directory.write(TestAuthority.server.key.pem(), to: "tls.key")
        return TLSServerConfiguration(
            certificate: .files(certificate: directory.path("tls.crt"), key: directory.path("tls.key")))
    }

    private static let wholeCertificateCure =
        "It must hold \"-----BEGIN CERTIFICATE-----\" blocks, the server's own first."

    static let cases: [Case] = [
        Case(
            name: "no certificate file", kind: .fileMissing,
            message: "DIR/tls.crt: No such file or directory. "
                + "Check the path and that the Secret is mounted there."
        ) {
            let configuration = try files($0)
            unlink($0.path("tls.crt"))
            return configuration
        },
        Case(
            name: "no key file", kind: .fileMissing,
            message: "DIR/tls.key: No such file or directory. "
                + "Check the path and that the Secret is mounted there."
        ) {
            let configuration = try files($0)
            unlink($0.path("tls.key"))
            return configuration
        },
        Case(
            name: "a directory", kind: .fileUnreadable,
            message: "DIR: not a regular file. Name a PEM file."
        ) {
            TLSServerConfiguration(certificate: .files(certificate: $0.path, key: $0.path))
        },
        Case(
            name: "huge", kind: .fileTooLarge,
            message: "DIR/tls.crt: larger than 1048576 bytes. "
                + "Name the PEM file of the certificate or key itself."
        ) {
            let configuration = try files($0)
            try $0.write(String(repeating: "x", count: 1_048_577), to: "tls.crt")
            return configuration
        },
        Case(
            name: "empty certificate file", kind: .emptyChain,
            message: "DIR/tls.crt: the file is empty. \(wholeCertificateCure)"
        ) {
            let configuration = try files($0)
            try $0.write("", to: "tls.crt")
            return configuration
        },
        Case(
            name: "certificate file without PEM", kind: .notPEM,
            message: "DIR/tls.crt: holds no PEM certificate: no start line*"
        ) {
            let configuration = try files($0)
            try $0.write("hello\n", to: "tls.crt")
            return configuration
        },
        Case(
            name: "the key in place of the certificate", kind: .notPEM,
            message: "DIR/tls.crt: holds no PEM certificate: no start line*"
        ) {
            let configuration = try files($0)
            try $0.write(TestAuthority.server.key.pem(), to: "tls.crt")
            return configuration
        },
        Case(
            name: "half a certificate", kind: .notPEM,
            message: "DIR/tls.crt: holds no readable PEM certificate: bad end line. "
                + "Check that the file is whole and was not swapped with another."
        ) {
            let configuration = try files($0)
            try $0.write(String(TestAuthority.server.chainPEM().prefix(300)), to: "tls.crt")
            return configuration
        },
        Case(
            name: "a good certificate, then half of one", kind: .notPEM,
            message: "DIR/tls.crt: holds no readable PEM certificate: bad end line*"
        ) {
            let configuration = try files($0)
            let pem = try TestAuthority.server.chainPEM()
            try $0.write(pem + String(pem.prefix(300)), to: "tls.crt")
            return configuration
        },
        Case(
            name: "the certificate in place of the key", kind: .notPEM,
            message: "DIR/tls.key: holds no readable PEM private key: *"
        ) {
            let configuration = try files($0)
            try $0.write(TestAuthority.server.chainPEM(), to: "tls.key")
            return configuration
        },
        Case(
            name: "encrypted key (PKCS #8)", kind: .encryptedKey,
            message: "DIR/tls.key: the private key is encrypted, and nobody can type a password here. "
                + "Store it decrypted (openssl pkey -in KEY -out NEW) in a file or Secret that only the server reads."
        ) {
            let configuration = try files($0)
            try $0.write(
                TestAuthority.server.key.pem().replacingOccurrences(of: "PRIVATE", with: "ENCRYPTED PRIVATE"),
                to: "tls.key")
            return configuration
        },
        Case(
            name: "encrypted key (RFC 1421)", kind: .encryptedKey,
            message: "DIR/tls.key: the private key is encrypted*"
        ) {
            let configuration = try files($0)
            try $0.write(
                """
                -----BEGIN EC PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-256-CBC,00000000000000000000000000000000

                AAAA
                -----END EC PRIVATE KEY-----

                """, to: "tls.key")
            return configuration
        },
        Case(
            name: "another key", kind: .keyMismatch,
            message: "DIR/tls.key: the private key does not belong to the first certificate of DIR/tls.crt "
                + "(CN=webhook.test.svc). Use the key that this certificate was made for, "
                + "and put the server's certificate first."
        ) {
            let configuration = try files($0)
            try $0.write(PrivateKey.generate().pem(), to: "tls.key")
            return configuration
        },
        Case(
            name: "a key of another type", kind: .keyMismatch,
            message: "DIR/tls.key: the private key does not belong to the first certificate of DIR/tls.crt*"
        ) {
            let configuration = try files($0)
            try $0.write(PrivateKey.generate(.rsa(.bits2048)).pem(), to: "tls.key")
            return configuration
        },
        Case(
            name: "expired", kind: .expired,
            message: "DIR/tls.crt: the certificate CN=webhook.test.svc expired at *Z. Renew it."
        ) {
            try dated($0, from: WallClock.seconds - 20 * 86400, lifetime: 86400)
        },
        Case(
            name: "not yet valid", kind: .notYetValid,
            message: "DIR/tls.crt: the certificate CN=webhook.test.svc is valid only from *Z. "
                + "Check this machine's clock, or issue the certificate with an earlier start."
        ) {
            try dated($0, from: WallClock.seconds + 86400, lifetime: 86400)
        },
        Case(
            name: "unknown ciphers", kind: .unknownCipher,
            message: "the TLS 1.2 cipher list \"NONSENSE\" names none that OpenSSL knows: no cipher match. "
                + "`openssl ciphers -v -tls1_2` lists the names."
        ) {
            var configuration = try files($0)
            configuration.ciphers = "NONSENSE"
            return configuration
        },
        Case(
            name: "unknown cipher suites", kind: .unknownCipher,
            message: "the TLS 1.3 cipher suites \"TLS_NONSENSE\" names none that OpenSSL knows: *"
        ) {
            var configuration = try files($0)
            configuration.ciphersuites = "TLS_NONSENSE"
            return configuration
        },
        Case(
            name: "versions the wrong way round", kind: .conflictingSettings,
            message:
                "the lowest TLS version 1.3 is above the highest, 1.2. Raise the highest or lower the lowest."
        ) {
            var configuration = try files($0)
            configuration.maximumVersion = .v1_2
            return configuration
        },
        Case(
            name: "no client CA file", kind: .fileMissing,
            message:
                "DIR/ca.crt: No such file or directory. Check the path and that the Secret is mounted there."
        ) {
            try withClientCA($0, nil)
        },
        Case(
            name: "client CA file without PEM", kind: .notPEM,
            message: "DIR/ca.crt: holds no PEM certificate: no start line*"
        ) {
            try withClientCA($0, "hello")
        },
        Case(
            name: "a client CA that is none", kind: .notAnAuthority,
            message: "DIR/ca.crt: CN=webhook.test.svc is not a CA certificate "
                + "(basicConstraints or keyUsage). Name the CA's certificate, not the one that it issued."
        ) {
            try withClientCA($0, TestAuthority.server.chainPEM())
        },
        Case(
            name: "only expired client CAs", kind: .expired,
            message: "DIR/ca.crt: every client CA has expired, the last one (CN=old CA) at *Z. "
                + "Renew it: no client could be accepted."
        ) {
            let old = try CertificateAuthority.make(
                commonName: "old CA",
                validity: CertificateValidity(lifetime: 86400, now: WallClock.seconds - 10 * 86400))
            return try withClientCA($0, old.certificate.pem())
        },
        Case(
            name: "no client names", kind: .invalidName,
            message: "the list of allowed client names is empty or holds an empty name. "
                + "Give the names, or leave the list out to allow every certificate of the client CA."
        ) {
            var configuration = try withClientCA($0, TestAuthority.shared.certificate.pem())
            configuration.clientAuthentication?.allowedNames = []
            return configuration
        },
        Case(
            name: "an ALPN name of no length", kind: .invalidName,
            message: "\"\" is not an ALPN protocol name. Give 1 to 255 bytes, such as http/1.1."
        ) {
            var configuration = try files($0)
            configuration.applicationProtocols = [""]
            return configuration
        },
    ]

    private static func dated(
        _ directory: TemporaryFolder, from now: Int64, lifetime: Int64
    ) throws -> TLSServerConfiguration {
        let made = try TestAuthority.shared.issueServerCertificate(
            names: SubjectNames(["webhook.test.svc"]),
            validity: CertificateValidity(lifetime: lifetime, now: now))
        let configuration = try files(directory)
        try directory.write(made.chainPEM(), to: "tls.crt")
        try directory.write(made.key.pem(), to: "tls.key")
        return configuration
    }

    private static func withClientCA(
        _ directory: TemporaryFolder, _ text: String?
    ) throws -> TLSServerConfiguration {
        var configuration = try files(directory)
        if let text { try directory.write(text, to: "ca.crt") }
        configuration.clientAuthentication = ClientAuthentication(
            authorities: .file(directory.path("ca.crt")))
        return configuration
    }

    @Test(arguments: cases)
    func `Refused with a message that names the file, the reason and the cure`(test: Case) throws {
        let directory = try TemporaryFolder()
        let configuration = try test.prepare(directory)
        let error = try #require(throws: TLSError.self) { _ = try TLSContext(server: configuration) }
        #expect(error.kind == test.kind)
        let text = error.description.replacingOccurrences(of: directory.path, with: "DIR")
        #expect(Self.matches(text, test.message), "\(text)")
        if test.message.hasPrefix("DIR") { #expect(error.path?.hasPrefix(directory.path) == true) }
    }

    @Test func `The good files are accepted, with comments around and a chain behind`() throws {
        let directory = try TemporaryFolder()
        let configuration = try Self.files(directory)
        let chain = try TestAuthority.server.chainPEM() + TestAuthority.shared.certificate.pem()
        try directory.write("a comment\n" + chain + "the end\n", to: "tls.crt")
        let context = try TLSContext(server: configuration)
        #expect(context.certificate?.dnsNames == ["webhook.test.svc"])
    }

    @Test func `An unreadable file`() throws {
        // Root reads everything, so this only bites for other users.
        guard getuid() != 0 else { return }
        let directory = try TemporaryFolder()
        let configuration = try Self.files(directory)
        chmod(directory.path("tls.key"), 0)
        let error = try #require(throws: TLSError.self) { _ = try TLSContext(server: configuration) }
        #expect(error.kind == .fileUnreadable)
    }

    @Test func `A really encrypted key is refused without a prompt`() throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let directory = try TemporaryFolder()
        var configuration = try Self.files(directory)
        for arguments in [["pkey", "-aes256"], ["ec", "-aes256"]] {
            let target = directory.path("encrypted.key")
            let made = try Program.run(
                "/usr/bin/env",
                ["openssl"] + arguments
                    + ["-in", directory.path("tls.key"), "-out", target, "-passout", "pass:secret"])
            #expect(made.status == 0, "\(made.text)")
            configuration.certificate = .files(certificate: directory.path("tls.crt"), key: target)
            let error = try #require(throws: TLSError.self) { _ = try TLSContext(server: configuration) }
            #expect(error.kind == .encryptedKey)
        }
    }

    /// `*` in the pattern matches anything.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        let parts = pattern.components(separatedBy: "*")
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return text == pattern }
        return text.hasPrefix(first) && text.hasSuffix(last)
    }
}
