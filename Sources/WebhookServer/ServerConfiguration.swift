import Admission
import OpenSSLTLS

/// Everything that an operator chooses about the server; the defaults are those of the flags.
@dynamicMemberLookup
public struct ServerConfiguration: Sendable {
    /// Where HTTPS is served. `[::]` stands for all addresses of IPv6 and IPv4, or where there is no IPv6 for those of
    /// IPv4.
    public var bind = defaultBind
    /// Where health and metrics are served, as plain HTTP.
    public var adminBind = defaultAdminBind
    /// What the webhook's port speaks.
    public var transport: Transport
    /// What the policies work with.
    public var admission: AdmissionSettings
    /// What clients may ask for at most; its members can be reached without naming it.
    public var limits = ServerLimits()
    /// The most connections to the admin port.
    public var maxAdminConnections = ServerLimits.maxAdminConnections
    /// How much of unfinished bodies may be in memory, of all connections together, in bytes; what would go
    /// beyond it is answered with 503. `nil` for four bodies of the largest size.
    public var maxBufferedBytes: Int?
    /// What is known of images; loaded before the server serves, and again when it changes. `nil` for none.
    public var imageCatalogue: CatalogueFile?
    /// Where images are read that the catalogue does not know; `nil` where registries are not asked.
    public var imageSource: ImageSource?
    /// How often to look whether the certificate's files, and the image catalogue, have changed.
    public var reloadInterval = Duration.seconds(5)
    /// The program's version, for the log and the metrics.
    public var version: String

    public init(transport: Transport, admission: AdmissionSettings, version: String) {
        self.transport = transport
        self.admission = admission
        self.version = version
    }

    public static let defaultBind = BindAddress(host: "::", port: 8443)
    public static let defaultAdminBind = BindAddress(host: "::", port: 8081)

    public subscript<Value>(dynamicMember limit: WritableKeyPath<ServerLimits, Value>) -> Value {
        get { limits[keyPath: limit] }
        set { limits[keyPath: limit] = newValue }
    }

    /// What the webhook's port speaks.
    public enum Transport: Sendable {
        /// Plain HTTP: for tests and measurements. The API server calls nothing but HTTPS.
        case plaintext
        /// HTTPS, with a certificate that may change while the server runs.
        case tls(CertificateFiles)
    }
}
