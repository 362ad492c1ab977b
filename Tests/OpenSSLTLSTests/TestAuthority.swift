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

    /// A server that speaks exactly one version.
    static func serverConfiguration(_ version: TLSVersion = .v1_3) -> TLSServerConfiguration {
        TLSServerConfiguration(
            certificate: .memory(server), minimumVersion: version, maximumVersion: version)
    }

    static func clientConfiguration(resumes: Bool = true) -> TLSClientConfiguration {
        TLSClientConfiguration(trustRoots: .memory([shared.certificate]), resumesSessions: resumes)
    }

    private static func make<Value>(_ body: () throws -> Value) -> Value {
        do { return try body() } catch { preconditionFailure("test certificates: \(error)") }
    }
}
