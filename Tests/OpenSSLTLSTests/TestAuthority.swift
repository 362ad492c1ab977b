@testable import OpenSSLTLS

/// Certificates that the tests share; made once, because keys cost time.
enum TestAuthority {
    static let shared = make { try CertificateAuthority.make() }
    static let other = make { try CertificateAuthority.make(commonName: "another CA") }
    static let server = make {
        try shared.issueServerCertificate(names: SubjectNames(["webhook.test.svc", "10.1.2.3", "fe80::1"]))
    }
    static let client = make {
        try shared.issueClientCertificate(commonName: "kube-apiserver", names: [SubjectName("api.test.svc")])
    }
    static let strangersClient = make { try other.issueClientCertificate(commonName: "kube-apiserver") }

    static func serverConfiguration() -> TLSServerConfiguration {
        TLSServerConfiguration(certificate: .memory(server))
    }

    static func clientConfiguration() -> TLSClientConfiguration {
        TLSClientConfiguration(trustRoots: .memory([shared.certificate]))
    }

    private static func make<Value>(_ body: () throws -> Value) -> Value {
        do { return try body() } catch { preconditionFailure("test certificates: \(error)") }
    }
}
