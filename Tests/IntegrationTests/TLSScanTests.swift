import Foundation
import TestSupport
import Testing

/// What a scanner, and OpenSSL's own client, find out about the server's TLS.
@Suite
struct TLSScanTests {
    /// A certificate to serve with.
    enum Key: String, CaseIterable { case ecdsa, rsa }

    static let suites13 = [
        "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256",
    ]

    /// Those of TLS 1.2 that have authenticated encryption and forward secrecy.
    static func suites12(_ key: Key) -> [String] {
        ["AES256-GCM-SHA384", "CHACHA20-POLY1305", "AES128-GCM-SHA256"].map {
            "ECDHE-\(key.rawValue.uppercased())-\($0)"
        }
    }

    @Test(arguments: Key.allCases)
    func `sslscan finds no old protocol, no weak suite or group, no renegotiation`(key: Key) throws {
        try withServer(key, []) { server in
            let report = try ScanReport(port: server.port)
            #expect(report.protocols == ["tls 1.3"])
            #expect(report.suites == ["TLSv1.3": Self.suites13])
            try expectSound(report)
        }
        try withServer(key, ["--tls-min-version", "1.2"]) { server in
            let report = try ScanReport(port: server.port)
            #expect(report.protocols == ["tls 1.2", "tls 1.3"])
            #expect(report.suites == ["TLSv1.3": Self.suites13, "TLSv1.2": Self.suites12(key)])
            try expectSound(report)
        }
    }

    private func expectSound(_ report: ScanReport) throws {
        #expect(report.renegotiation == ["supported": "0", "secure": "0"])
        #expect(!report.heartbleed.isEmpty && report.heartbleed.allSatisfy { $0 == "0" })
        #expect(report.strengths.isSubset(of: ["strong", "acceptable"]))
        // Bits of security: 112 is what RFC 7919's smallest field has.
        #expect(!report.groupBits.isEmpty && report.groupBits.allSatisfy { $0 >= 128 })
        #expect(!report.groups.contains { $0.hasPrefix("ffdhe") }, "\(report.groups)")
    }

    @Test(
        arguments: [
            ("TLS 1.2 when the least is 1.3", [], ["-tls1_2"]),
            ("TLS 1.1", [], ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]),
            ("TLS 1.1 when the least is 1.2", older, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]),
            ("TLS 1.0 when the least is 1.2", older, ["-tls1", "-cipher", "ALL:@SECLEVEL=0"]),
            ("anonymous", older, ["-tls1_2", "-cipher", "aNULL:@SECLEVEL=0"]),
            ("no encryption", older, ["-tls1_2", "-cipher", "eNULL:@SECLEVEL=0"]),
            ("CBC", older, ["-tls1_2", "-cipher", "AES+SHA1:AES+SHA256:AES+SHA384:!AESGCM:@SECLEVEL=0"]),
            ("no forward secrecy", older, ["-tls1_2", "-cipher", "kRSA:@SECLEVEL=0"]),
            ("a finite field", [], ["-tls1_3", "-groups", "ffdhe8192"]),
        ] as [(String, [String], [String])])
    func `openssl s_client is refused`(what: String, flags: [String], arguments: [String]) throws {
        let server = try RunningServer(flags)
        let good = try connect(server, [])
        #expect(good.text.contains("Verify return code: 0 (ok)"), "\(good.text) \(good.error)")
        let refused = try connect(server, arguments)
        #expect(refused.text.contains("Cipher is (NONE)"), "\(refused.text)")
        // It is the server that refuses, not the client that cannot.
        #expect(refused.error.contains("SSL alert number"), "\(refused.error)")
        _ = try server.wait { $0.contains("TLS handshake failed") }
    }

    static let older = ["--tls-min-version", "1.2"]

    @Test
    func `A client that asks for a renegotiation of TLS 1.2 is told no`() throws {
        let server = try RunningServer(Self.older)
        let result = try connect(server, ["-tls1_2"], input: "R\n")
        #expect(result.text.contains("Verify return code: 0 (ok)"))
        #expect((result.text + result.error).contains("RENEGOTIATING"))
        #expect(result.error.contains("no renegotiation"), "\(result.error)")
    }

    private func connect(
        _ server: RunningServer, _ arguments: [String], input: String = "Q\n"
    ) throws -> Completed {
        try Program.run(
            named: "openssl",
            ["s_client", "-connect", "127.0.0.1:\(server.port)", "-CAfile", server.authority] + arguments,
            input: Array(input.utf8))
    }

    /// Runs a server whose certificate has a key of the given kind.
    private func withServer(_ key: Key, _ flags: [String], _ body: (RunningServer) throws -> Void) throws {
        guard key == .rsa else { return try body(try RunningServer(flags)) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "scan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = (
            key: folder.appending(path: "key.pem").path, certificate: folder.appending(path: "crt.pem").path
        )
        let made = try Program.run(
            named: "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost", "-keyout", files.key, "-out", files.certificate,
            ])
        try #require(made.status == 0, "\(made.error)")
        try body(
            try RunningServer(
                flags, certificate: ["--tls-cert", files.certificate, "--tls-key", files.key]))
    }
}
