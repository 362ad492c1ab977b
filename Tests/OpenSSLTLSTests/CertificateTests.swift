import System
import Foundation
import TestSupport
import Testing

@testable import OpenSSLTLS

@Suite struct CertificateTests {
    static let keyTypes: [KeyType] = [.p256, .rsa(.bits2048)]

    @Test(arguments: keyTypes)
    func `OpenSSL's program accepts what we make`(keyType: KeyType) throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let directory = try TemporaryFolder()
        let authority = try CertificateAuthority.make(commonName: "test CA", keyType: keyType)
        let server = try authority.issueServerCertificate(
            names: SubjectNames(["webhook.test.svc", "10.1.2.3", "fe80::1", "*.example.test"]),
            keyType: keyType)
        let client = try authority.issueClientCertificate(commonName: "Käthe & Co", keyType: keyType)
        let ca = try directory.write(authority.certificate.pem(), to: "ca.crt")
        let leaf = try directory.write(server.chainPEM(), to: "tls.crt")
        let person = try directory.write(client.chainPEM(), to: "client.crt")

        for (arguments, status) in [
            (["-purpose", "sslserver", "-verify_hostname", "webhook.test.svc", leaf], 0),
            (["-purpose", "sslserver", "-verify_ip", "10.1.2.3", leaf], 0),
            (["-purpose", "sslserver", "-verify_ip", "fe80::1", leaf], 0),
            (["-purpose", "sslserver", "-verify_hostname", "a.example.test", leaf], 0),
            (["-purpose", "sslserver", "-verify_hostname", "other.test.svc", leaf], 2),
            (["-purpose", "sslclient", leaf], 2), (["-purpose", "sslclient", person], 0),
            (["-purpose", "sslserver", person], 2),
        ] as [([String], Int32)] {
            let result = try Program.run(
                named: "openssl", ["verify", "-x509_strict", "-CAfile", ca] + arguments)
            #expect(result.status == status, "\(arguments): \(result.text)")
        }
    }

    @Test func `The text of a serving certificate`() throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let directory = try TemporaryFolder()
        let leaf = try directory.write(TestAuthority.server.chainPEM(), to: "tls.crt")
        let ca = try directory.write(TestAuthority.shared.certificate.pem(), to: "ca.crt")
        let leafText = try Program.run(named: "openssl", ["x509", "-noout", "-text", "-in", leaf])
            .text
        for line in [
            "Version: 3 (0x2)", "Signature Algorithm: ecdsa-with-SHA256",
            "Issuer: CN = uwsgi-max-fd webhook CA",
            "Subject: CN = webhook.test.svc", "X509v3 Basic Constraints: critical\n                CA:FALSE",
            "X509v3 Key Usage: critical\n                Digital Signature\n",
            "X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n",
            "X509v3 Subject Key Identifier:", "X509v3 Authority Key Identifier:",
            "DNS:webhook.test.svc, IP Address:10.1.2.3, IP Address:FE80:0:0:0:0:0:0:1",
        ] {
            // OpenSSL 3.2 and later write "CN=x" where 3.0 writes "CN = x".
            let text = leafText.replacingOccurrences(of: "CN=", with: "CN = ")
            #expect(text.contains(line), "\(line) in \(text)")
        }
        let caText = try Program.run(named: "openssl", ["x509", "-noout", "-text", "-in", ca]).text
        for line in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign"] {
            #expect(caText.contains(line), "\(line) in \(caText)")
        }
    }

    @Test func `What we read from a certificate`() throws {
        let now = WallClock.seconds
        let certificate = try TestAuthority.shared.issueServerCertificate(
            names: SubjectNames(["a.test", "b.test", "10.0.0.1", "::1", "a.test"]),
            validity: CertificateValidity(lifetime: 3600, backdate: 60, now: now)
        ).certificate
        #expect(certificate.notBefore == now - 60)
        #expect(certificate.notAfter == now + 3600)
        #expect(certificate.dnsNames == ["a.test", "b.test"])
        #expect(certificate.ipAddresses == ["10.0.0.1", "::1"])
        #expect(certificate.commonName == "a.test")
        #expect(certificate.subject == "CN=a.test")
        #expect(certificate.issuer == "CN=uwsgi-max-fd webhook CA")
        #expect(certificate.serialNumber.count == 32)
        #expect(!certificate.isAuthority && TestAuthority.shared.certificate.isAuthority)
    }

    @Test func `Serial numbers are random, positive and of at most 20 octets`() throws {
        let serials = try (0..<20).map { _ in
            try TestAuthority.shared.issueServerCertificate(names: SubjectNames(["a.test"])).certificate
                .serialNumber
        }
        #expect(Set(serials).count == 20)
        #expect(serials.allSatisfy { $0.count == 32 && !$0.hasPrefix("-") })
    }

    @Test func `A name too long for a common name leaves the subject empty and the names critical`() throws {
        try #require(Program.exists("openssl"), "openssl is not installed")
        let long = String(repeating: "a", count: 50) + "." + String(repeating: "b", count: 50) + ".svc"
        let made = try TestAuthority.shared.issueServerCertificate(names: SubjectNames([long]))
        #expect(made.certificate.commonName == nil)
        #expect(made.certificate.dnsNames == [long])
        let directory = try TemporaryFolder()
        let leaf = try directory.write(made.chainPEM(), to: "tls.crt")
        let text = try Program.run(named: "openssl", ["x509", "-noout", "-text", "-in", leaf]).text
        #expect(text.contains("X509v3 Subject Alternative Name: critical"))
    }

    @Test func `PEM goes out and comes back`() throws {
        let directory = try TemporaryFolder()
        let certificatePath = try directory.write(TestAuthority.server.chainPEM(), to: "tls.crt")
        let keyPath = try directory.write(TestAuthority.server.key.pem(), to: "tls.key")
        let certificates = try Certificate.load(path: certificatePath)
        let key = try PrivateKey.load(path: keyPath)
        #expect(certificates.count == 1)
        #expect(try certificates[0].pem() == TestAuthority.server.certificate.pem())
        #expect(try key.pem() == TestAuthority.server.key.pem())
        #expect(certificates[0].matches(key))
        #expect(try !certificates[0].matches(PrivateKey.generate()))
    }

    @Test(arguments: [
        "", " ", "a b", "-a.test", "a-.test", "a..b", ".a", "a.", "a_b", "https://a", "a:443", "a,DNS:b",
        "a\0b",
        "1.2.3", "999.1.1.1", "[::1]", "fe80::1%eth0", "*", "*.test", "a.*.test", "ä.test", "a\nb",
        String(repeating: "a", count: 64), String(repeating: "abcdefg.", count: 32) + "x",
    ])
    func `A name that no certificate can carry`(name: String) throws {
        let error = try #require(throws: TLSError.self) { _ = try SubjectNames([name]) }
        #expect(error.kind == .invalidName)
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    @Test func `An empty list of names is refused`() throws {
        let error = try #require(throws: TLSError.self) { _ = try SubjectNames([String]()) }
        #expect(error.kind == .invalidName)
    }

    @Test(arguments: ["", String(repeating: "x", count: 65), "a\nb"])
    func `A common name that no certificate can carry`(name: String) throws {
        let error = try #require(throws: TLSError.self) {
            _ = try TestAuthority.shared.issueClientCertificate(commonName: name)
        }
        #expect(error.kind == .invalidName)
    }

    @Test func `A certificate may not outlive its CA`() throws {
        let short = try CertificateAuthority.make(validity: .days(10))
        let error = try #require(throws: TLSError.self) {
            _ = try short.issueServerCertificate(names: SubjectNames(["a.test"]), validity: .days(11))
        }
        #expect(error.kind == .invalidLifetime)
        #expect(error.description.contains("ends in 10 days") || error.description.contains("ends in 9 days"))
    }

    @Test(arguments: [0, -1, 36526, Int.max, Int.min])
    func `A lifetime that makes no sense`(days: Int) throws {
        let error = try #require(throws: TLSError.self) {
            _ = try CertificateAuthority.make(validity: .days(days))
        }
        #expect(error.kind == .invalidLifetime)
    }

    @Test func `A leaf is not an authority, and a key must match`() throws {
        let leaf = try #require(throws: TLSError.self) {
            _ = try CertificateAuthority(
                certificate: TestAuthority.server.certificate, key: TestAuthority.server.key)
        }
        #expect(leaf.kind == .notAnAuthority)
        let key = try #require(throws: TLSError.self) {
            _ = try CertificateAuthority(
                certificate: TestAuthority.shared.certificate, key: TestAuthority.server.key)
        }
        #expect(key.kind == .keyMismatch)
    }

    @Test func `Times after 2049 survive, where RFC 5280 changes the encoding`() throws {
        let now = WallClock.seconds
        let authority = try CertificateAuthority.make(validity: .days(36500))
        #expect(authority.certificate.notAfter >= now + 36500 * 86400)
    }
}
