import Foundation
import OpenSSLTLS

/// Certificates that the tests share; made once, because keys cost time.
enum TestCertificates {
    static let authority = make { try CertificateAuthority.make() }
    static let server = make {
        try authority.issueServerCertificate(names: SubjectNames(["webhook.test.svc"]))
    }
    static let client = make { try authority.issueClientCertificate(commonName: "kube-apiserver") }

    /// What a client needs to trust the server.
    static func clientContext(presenting certificate: CertificateWithKey? = nil) throws -> TLSContext {
        var configuration = TLSClientConfiguration(trustRoots: .memory([authority.certificate]))
        if let certificate { configuration.certificate = .memory(certificate) }
        return try TLSContext(client: configuration)
    }

    /// A server's certificate that no file holds.
    static func inMemory(clients: ClientAuthentication? = nil) throws -> CertificateFiles {
        var configuration = TLSServerConfiguration(certificate: .memory(server))
        configuration.clientAuthentication = clients
        return try CertificateFiles(configuration)
    }

    private static func make<Value>(_ body: () throws -> Value) -> Value {
        do { return try body() } catch { preconditionFailure("test certificates: \(error)") }
    }
}

/// A certificate and key in files, as a Secret volume has them.
final class CertificateFolder {
    let path: String
    var certificate: String { path + "/tls.crt" }
    var key: String { path + "/tls.key" }

    init() throws {
        path = NSTemporaryDirectory() + "webhook-certificate-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write(TestCertificates.server)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ pair: CertificateWithKey) throws {
        try pair.chainPEM().write(toFile: certificate, atomically: true, encoding: .utf8)
        try pair.key.pem().write(toFile: key, atomically: true, encoding: .utf8)
    }

    func load() throws -> CertificateFiles {
        try CertificateFiles(
            TLSServerConfiguration(certificate: .files(certificate: certificate, key: key)))
    }
}
