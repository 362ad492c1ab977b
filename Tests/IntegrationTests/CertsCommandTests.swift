import Foundation
import OpenSSLTLS
import TestSupport
import Testing

/// `uwsgi-max-fd certs`, as built.
@Suite struct CertsCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "certs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private struct Result {
        var status: Int32
        var output: String
        var error: String
    }

    private func certs(_ arguments: String...) throws -> Result { try certs(arguments) }

    private func certs(_ arguments: [String]) throws -> Result {
        let ended = try BuiltExecutable.run(["certs"] + arguments, directory: folder.path)
        return Result(status: ended.status, output: ended.text, error: ended.error)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
            .sorted()
    }

    @Test func `A CA and a certificate that a server can use at once`() throws {
        let result = try certs("webhook.test.svc", "127.0.0.1", "--days", "30", "--ca-days", "60")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output == "")
        #expect(result.error.contains("certificate for webhook.test.svc, 127.0.0.1, valid until"))
        #expect(try files() == ["ca.crt", "ca.key", "tls.crt", "tls.key"])
        #expect(try mode("ca.key") == 0o600 && mode("tls.key") == 0o600)
        #expect(try mode("ca.crt") == 0o644 && mode("tls.crt") == 0o644)
        _ = try TLSContext(
            server: TLSServerConfiguration(
                certificate: .files(certificate: path("tls.crt"), key: path("tls.key"))))
        let leaf = try #require(try Certificate.load(path: path("tls.crt")).first)
        let ca = try #require(try Certificate.load(path: path("ca.crt")).first)
        let now = Int64(Date().timeIntervalSince1970)
        #expect(abs(leaf.notAfter - now - 30 * 86400) < 60)
        #expect(abs(ca.notAfter - now - 60 * 86400) < 60)
        #expect(leaf.dnsNames == ["webhook.test.svc"] && leaf.ipAddresses == ["127.0.0.1"])
        #expect(leaf.keyType == .p256 && leaf.issuer == ca.subject)
    }

    @Test func `Nothing is overwritten without --force`() throws {
        try Data("precious".utf8).write(to: folder.appending(path: "tls.key"))
        let refused = try certs("webhook.test.svc")
        #expect(refused.status == 2)
        #expect(refused.error.contains("tls.key: exists already. Give --force to replace"))
        #expect(try text("tls.key") == "precious")
        #expect(try files() == ["tls.key"])
        #expect(try certs("webhook.test.svc", "--force").status == 0)
        #expect(try text("tls.key").hasPrefix("-----BEGIN PRIVATE KEY-----"))
        #expect(try mode("tls.key") == 0o600, "whatever the mode was before")
    }

    @Test func `Renewal keeps the CA, the names and the key's type, and changes the key`() throws {
        #expect(try certs("webhook.test.svc", "::1", "--key-type", "rsa").status == 0)
        let previous = try #require(try Certificate.load(path: path("tls.crt")).first)
        let (caText, keyText) = (try text("ca.crt"), try text("tls.key"))
        let result = try certs("--renew", "--days", "7")
        #expect(result.status == 0, "\(result.error)")
        let renewed = try #require(try Certificate.load(path: path("tls.crt")).first)
        #expect(renewed.dnsNames == previous.dnsNames && renewed.ipAddresses == previous.ipAddresses)
        #expect(renewed.keyType == .rsa(.bits2048))
        #expect(renewed.serialNumber != previous.serialNumber && renewed.notAfter < previous.notAfter)
        #expect(try text("ca.crt") == caText)
        #expect(try text("tls.key") != keyText)
        #expect(try files() == ["ca.crt", "ca.key", "tls.crt", "tls.key"], "no temporary file stays behind")
    }

    @Test func `An existing CA signs, and is left alone`() throws {
        #expect(try certs("one.test").status == 0)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "two"), withIntermediateDirectories: true)
        let result = try certs("two.test", "--ca-cert", "ca.crt", "--ca-key", "ca.key", "--directory", "two/")
        #expect(result.status == 0, "\(result.error)")
        let files = try FileManager.default.contentsOfDirectory(atPath: path("two")).sorted()
        #expect(files == ["tls.crt", "tls.key"])
        let ca = try #require(try Certificate.load(path: path("ca.crt")).first)
        let leaf = try #require(try Certificate.load(path: path("two/tls.crt")).first)
        #expect(leaf.issuer == ca.subject)
    }

    @Test func `A Secret on standard output, and nothing else there`() throws {
        let result = try certs(
            "webhook.test.svc", "--output", "secret", "--secret-name", "s", "--namespace", "n")
        #expect(result.status == 0, "\(result.error)")
        #expect(
            result.output.hasPrefix(
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"s\"\n  namespace: \"n\"\n"))
        #expect(result.error.contains("the CA's key was not kept"))
        #expect(try files() == [])
        let kept = try certs("webhook.test.svc", "--output", "secret", "--directory", ".")
        #expect(!kept.error.contains("was not kept"))
        #expect(try files() == ["ca.crt", "ca.key"])
        let line = try #require(kept.output.split(separator: "\n").first { $0.hasPrefix("  ca.crt: ") })
        let bundle = try certs("--ca-bundle", "--ca-cert", "ca.crt")
        #expect(bundle.output == line.dropFirst(10) + "\n")
        #expect(
            Data(base64Encoded: String(line.dropFirst(10))).map { String(decoding: $0, as: UTF8.self) }
                == (try text("ca.crt")))
    }

    @Test func `The bundle is printed beside the files`() throws {
        let result = try certs("webhook.test.svc", "--ca-bundle")
        #expect(Data(base64Encoded: String(result.output.dropLast())) == Data(try text("ca.crt").utf8))
    }

    @Test(
        arguments: [
            ([], "give the names of the server"),
            (
                ["a b"],
                "\"a b\" is not a host name or IP address: a label may hold only letters, digits and hyphens"
            ),
            (["https://a.test"], "without port and scheme"),
            (["a.test", "--days", "0"], "Give 1 to 36525 days"),
            // In 3650 days, less the time since it was made.
            (["a.test", "--days", "5000"], "would outlive its CA, which ends in 36"),
            (["a.test", "--key-type", "dsa"], "dsa"), (["a.test", "--renew"], "--renew keeps the names"),
            (["--renew"], "tls.crt: No such file or directory"), (["--ca-bundle"], "needs --ca-cert"),
            (["--ca-bundle", "--ca-cert", "none.crt"], "none.crt: No such file or directory"),
            (["a.test", "--ca-cert", "x"], "--ca-cert and --ca-key go together"),
            (
                ["a.test", "--ca-cert", "none.crt", "--ca-key", "none.key"],
                "none.crt: No such file or directory"
            ),
            (
                ["a.test", "--directory", "/dev/null/such"],
                "/dev/null/such: cannot be made: Not a directory"
            ),
            (["a.test", "--output", "secret", "--namespace", "A"], "\"A\" cannot be a namespace"),
            (["a.test", "--output", "secret", "--ca-bundle"], "would mix on standard output"),
            (["a.test", "--output", "paper"], "paper"),
        ] as [([String], String)])
    func `A wrong call ends with 2, a clear message, and no file`(arguments: [String], message: String) throws
    {
        let result = try certs(arguments)
        #expect(result.status == 2)
        #expect(result.error.contains(message), "\(result.error)")
        #expect(result.output == "")
        #expect(try files() == [])
    }
}
