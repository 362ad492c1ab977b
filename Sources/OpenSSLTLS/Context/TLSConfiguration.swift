/// A TLS protocol version. Older ones are never offered (RFC 8996).
public enum TLSVersion: String, Sendable, Hashable, CaseIterable {
    // The names are numbers with a dot, which no camel case can write.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v1_2 = "1.2"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v1_3 = "1.3"
}

/// Where a certificate chain and its private key come from.
public enum CertificateSource: Sendable {
    /// PEM files: the chain with the leaf first, and the key.
    case files(certificate: String, key: String)
    /// Made or loaded before.
    case memory(CertificateWithKey)
}

/// Which clients a server accepts (mutual TLS).
public struct ClientAuthentication: Sendable {
    /// CAs, one of which must have issued the client's certificate.
    public var authorities: CertificateList
    /// The subject common names or DNS alternative names that are allowed; compared exactly, ignoring ASCII
    /// case. Nil: every certificate that the authorities issued.
    public var allowedNames: [String]?

    public init(authorities: CertificateList, allowedNames: [String]? = nil) {
        self.authorities = authorities
        self.allowedNames = allowedNames
    }
}

/// Certificates from a PEM file or from memory.
public enum CertificateList: Sendable {
    case file(String)
    case memory([Certificate])

    var path: String? {
        if case .file(let path) = self { path } else { nil }
    }

    func load(_ read: ReadFile) throws -> [Certificate] {
        switch self {
        case .file(let path): try PEM.certificates(read(path), path: path)
        case .memory(let certificates): certificates
        }
    }
}

/// Settings of a TLS server.
public struct TLSServerConfiguration: Sendable {
    public var certificate: CertificateSource
    public var minimumVersion: TLSVersion
    /// Highest version; TLS 1.3 unless a test asks for an older one.
    public var maximumVersion: TLSVersion
    /// Cipher list for TLS 1.2 in OpenSSL's syntax (openssl-ciphers(1)). Nil: those of AEAD with forward secrecy.
    public var ciphers: String?
    /// Cipher suites for TLS 1.3, colon-separated. Nil: OpenSSL's default.
    public var ciphersuites: String?
    /// Nil: clients are not asked for a certificate.
    public var clientAuthentication: ClientAuthentication?
    /// Protocols for ALPN (RFC 7301), best first. A client that offers ALPN without any of these is refused;
    /// one that offers none is served.
    public var applicationProtocols: [String]

    public init(
        certificate: CertificateSource, minimumVersion: TLSVersion = .v1_3,
        maximumVersion: TLSVersion = .v1_3,
        ciphers: String? = nil, ciphersuites: String? = nil,
        clientAuthentication: ClientAuthentication? = nil,
        applicationProtocols: [String] = ["http/1.1"]
    ) {
        self.certificate = certificate
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.ciphers = ciphers
        self.ciphersuites = ciphersuites
        self.clientAuthentication = clientAuthentication
        self.applicationProtocols = applicationProtocols
    }
}

/// Settings of a TLS client. The server's certificate is always verified.
public struct TLSClientConfiguration: Sendable {
    /// The CAs to trust. Nil: the system's.
    public var trustRoots: CertificateList?
    /// Whether the system's CAs are trusted beside `trustRoots`.
    public var trustsSystem = false
    /// Sent to a server that asks for a certificate.
    public var certificate: CertificateSource?
    public var minimumVersion: TLSVersion
    public var maximumVersion: TLSVersion
    public var ciphers: String?
    public var ciphersuites: String?
    /// Offered by ALPN (RFC 7301). Empty: no ALPN.
    public var applicationProtocols: [String]
    /// Whether the context remembers the last session and offers it on the next connection.
    public var resumesSessions: Bool

    public init(
        trustRoots: CertificateList?, certificate: CertificateSource? = nil,
        minimumVersion: TLSVersion = .v1_2,
        maximumVersion: TLSVersion = .v1_3, ciphers: String? = nil, ciphersuites: String? = nil,
        applicationProtocols: [String] = ["http/1.1"], resumesSessions: Bool = true
    ) {
        self.trustRoots = trustRoots
        self.certificate = certificate
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.ciphers = ciphers
        self.ciphersuites = ciphersuites
        self.applicationProtocols = applicationProtocols
        self.resumesSessions = resumesSessions
    }
}
