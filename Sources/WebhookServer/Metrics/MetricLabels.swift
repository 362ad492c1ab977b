import Admission
import Catalogue
import OpenSSLTLS
import UWSGI

extension Policy: FixedLabel {}
extension Verdict.Decision: FixedLabel {}
extension MaxFD.State: FixedLabel {}
extension ImageCatalogue.Match: FixedLabel {}
extension TLSConnectionError.Reason: FixedLabel {}

/// The paths as the metrics distinguish them; whatever a client makes up is `other`.
enum PathLabel: String, FixedLabel {
    case mutate = "/mutate"
    case strict = "/strict"
    case audit = "/audit"
    case livez = "/livez"
    case readyz = "/readyz"
    case metrics = "/metrics"
    case other
}

extension HTTPStatus: FixedLabel {
    var labelValue: String { String(rawValue) }
}

/// What became of a connection to the webhook's port.
enum ConnectionResult: String, FixedLabel {
    /// It was taken in.
    case accepted
    /// It was closed at once: as many as `--max-connections` allows were open, and none of them was idle.
    case refused
    /// It had been taken in and was idle, and was closed to make room for another.
    case evicted
    /// The system could not give it to us, mostly for lack of file descriptors.
    case failed
}

/// What became of an attempt to load the certificate and key, or the image catalogue.
enum ReloadResult: String, FixedLabel {
    case success, failure
}
