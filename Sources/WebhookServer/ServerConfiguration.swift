import Admission
import NIOCore
import OpenSSLTLS

/// Everything that an operator chooses about the server; the defaults are those of the flags.
public struct ServerConfiguration: Sendable {
    /// Where HTTPS is served.
    public var bind = BindAddress(host: "0.0.0.0", port: 8443)
    /// Where health and metrics are served, as plain HTTP.
    public var adminBind = BindAddress(host: "0.0.0.0", port: 8081)
    /// What the webhook's port speaks.
    public var transport: Transport
    /// What the policies work with.
    public var admission: AdmissionSettings
    /// The largest body, in bytes.
    public var maxBodyBytes = 8 << 20
    /// The most connections to the webhook's port.
    public var maxConnections = 1024
    /// For a TLS handshake, and for a request from its first byte to its last.
    public var requestTimeout = Duration.seconds(10)
    /// For a connection without a request. The API server drops its own after 90 s (Go's net/http,
    /// `IdleConnTimeout` as client-go sets it), so that it and not we decide.
    public var idleTimeout = Duration.seconds(120)
    /// How long requests are served as before after the first signal, while the cluster takes this replica out
    /// of its lists.
    public var drainDelay = Duration.seconds(5)
    /// How long the requests that are then in flight may take.
    public var drainTimeout = Duration.seconds(20)
    /// Event loops: as many as there are processors for this process (a container's quota counts), at most four.
    public var threads = min(4, System.coreCount)
    /// The most connections to the admin port.
    public var maxAdminConnections = 64
    /// How much of unfinished bodies may be in memory, of all connections together, in bytes; what would go
    /// beyond it is answered with 503. `nil` for four bodies of the largest size.
    public var maxBufferedBytes: Int?
    /// How often to look whether the certificate's files have changed.
    public var reloadInterval = Duration.seconds(5)
    /// The program's version, for the log and the metrics.
    public var version: String

    public init(transport: Transport, admission: AdmissionSettings, version: String) {
        self.transport = transport
        self.admission = admission
        self.version = version
    }

    /// What the webhook's port speaks.
    public enum Transport: Sendable {
        /// Plain HTTP: for tests and measurements. The API server calls nothing but HTTPS.
        case plaintext
        /// HTTPS, with a certificate that may change while the server runs.
        case tls(CertificateFiles)
    }
}
