import COpenSSL

/// Why a connection's TLS failed.
///
/// ``reason`` is from a short fixed list and fits a metric's label; ``description`` is for a log: it holds
/// OpenSSL's own text and the alert, but nothing that a peer could choose beyond certificate names.
public struct TLSConnectionError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The client sent no certificate although one is required.
        case noCertificate = "no_certificate"
        /// The peer's certificate is malformed, revoked, or not for this purpose.
        case badCertificate = "bad_certificate"
        /// The peer's certificate has expired or is not yet valid.
        case expiredCertificate = "expired_certificate"
        /// The peer's certificate was issued by an authority that is not trusted.
        case unknownAuthority = "unknown_authority"
        /// The peer's certificate is valid, but its names are not allowed or not the ones asked for.
        case nameNotAllowed = "name_not_allowed"
        /// The peer refused our certificate: usually a wrong caBundle.
        case refusedByPeer = "refused_by_peer"
        /// No TLS version in common.
        case protocolVersion = "protocol_version"
        /// No cipher, group or signature algorithm in common.
        case noSharedCipher = "no_shared_cipher"
        /// The client offers ALPN, but none of our protocols.
        case noApplicationProtocol = "no_application_protocol"
        /// The peer speaks HTTP without TLS.
        case plainHTTP = "plain_http"
        /// The bytes are no TLS, or a damaged record.
        case garbage = "garbage"
        /// The connection ended without a close_notify, so the last bytes may be missing (RFC 8446, 6.1).
        case truncated = "truncated"
        /// The peer closed the connection before the handshake was over, as port scanners and TCP probes do.
        case closedEarly = "closed_early"
        /// The handshake took too long.
        case timeout = "timeout"
        /// More was written before the handshake ended than the handler holds.
        case bufferOverflow = "buffer_overflow"
        /// Another fatal alert of the peer.
        case peerAlert = "peer_alert"
        case other = "other"
    }

    public let reason: Reason
    public let description: String

    init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}

/// Turns what OpenSSL reports into a ``TLSConnectionError``.
enum TLSFailureClassifier {
    /// What is known when an operation fails.
    struct Evidence {
        var errors: [OpenSSLError]
        /// `X509_V_OK`, or why the peer's certificate was refused.
        var verifyResult: Int
        /// The fatal alert that we sent, in words.
        var alertSent: String?
        /// The peer's certificate that was refused.
        var refusedSubject: String?
    }

    /// OpenSSL reports an alert of the peer as this much above the alert's own number.
    private static let alertOffset: Int32 = SSL_AD_REASON_OFFSET

    static func classify(_ evidence: Evidence) -> TLSConnectionError {
        let first = evidence.errors.first { $0.library == Int32(ERR_LIB_SSL) }
        let reason = first.map { classify(reason: $0.reason, verifyResult: evidence.verifyResult) } ?? .other
        var text = OpenSSLErrorQueue.text(of: evidence.errors)
        if evidence.verifyResult != Int(X509_V_OK), first?.reason == SSL_R_CERTIFICATE_VERIFY_FAILED {
            text += ": \(String(cString: X509_verify_cert_error_string(evidence.verifyResult)))"
            if let subject = evidence.refusedSubject { text += " (\(subject))" }
        }
        if let number = first?.reason, number > alertOffset, number < alertOffset + 256 {
            text += "; the peer sent the alert \"\(alertText(number - alertOffset))\""
        }
        if let sent = evidence.alertSent { text += "; we sent the alert \"\(sent)\"" }
        if let hint = hint(for: reason) { text += "; \(hint)" }
        return TLSConnectionError(reason, text)
    }

    static func alertText(_ number: Int32) -> String {
        String(cString: SSL_alert_desc_string_long(number))
    }

    private static func classify(reason: Int32, verifyResult: Int) -> TLSConnectionError.Reason {
        if reason > alertOffset, reason < alertOffset + 256 { return classify(alert: reason - alertOffset) }
        switch reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED: return classify(verifyResult: Int32(clamping: verifyResult))
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return .noCertificate
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return .plainHTTP
        case SSL_R_NO_APPLICATION_PROTOCOL: return .noApplicationProtocol
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH,
            SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_WRONG_SSL_VERSION, SSL_R_INAPPROPRIATE_FALLBACK:
            return .protocolVersion
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_CIPHERS_AVAILABLE, SSL_R_NO_SHARED_GROUPS,
            SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_GROUPS, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
            SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
            return .noSharedCipher
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_UNEXPECTED_MESSAGE, SSL_R_BAD_RECORD_TYPE,
            SSL_R_UNEXPECTED_RECORD, SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_ENCRYPTED_LENGTH_TOO_LONG,
            SSL_R_DATA_LENGTH_TOO_LONG, SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_LENGTH_MISMATCH,
            SSL_R_LENGTH_TOO_SHORT, SSL_R_BAD_PACKET, SSL_R_BAD_LENGTH, SSL_R_RECORD_TOO_SMALL,
            SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_EXCESSIVE_MESSAGE_SIZE, SSL_R_BAD_EXTENSION,
            SSL_R_NOT_ON_RECORD_BOUNDARY, SSL_R_BAD_CHANGE_CIPHER_SPEC, SSL_R_BAD_LEGACY_VERSION,
            SSL_R_BAD_DIGEST_LENGTH, SSL_R_DIGEST_CHECK_FAILED, SSL_R_BAD_KEY_SHARE,
            SSL_R_NO_COMPRESSION_SPECIFIED,
            SSL_R_UNSOLICITED_EXTENSION, SSL_R_INVALID_ALERT, SSL_R_UNKNOWN_ALERT_TYPE:
            return .garbage
        default: return .other
        }
    }

    private static func classify(verifyResult: Int32) -> TLSConnectionError.Reason {
        switch verifyResult {
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID: .expiredCertificate
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED,
            X509_V_ERR_CERT_SIGNATURE_FAILURE:
            .unknownAuthority
        case X509_V_ERR_APPLICATION_VERIFICATION, X509_V_ERR_HOSTNAME_MISMATCH,
            X509_V_ERR_IP_ADDRESS_MISMATCH:
            .nameNotAllowed
        default: .badCertificate
        }
    }

    private static func classify(alert: Int32) -> TLSConnectionError.Reason {
        switch alert {
        case SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED,
            SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA, SSL_AD_ACCESS_DENIED,
            TLS13_AD_CERTIFICATE_REQUIRED:
            .refusedByPeer
        case SSL_AD_PROTOCOL_VERSION: .protocolVersion
        case SSL_AD_INSUFFICIENT_SECURITY: .noSharedCipher
        case SSL_AD_NO_APPLICATION_PROTOCOL: .noApplicationProtocol
        default: .peerAlert
        }
    }

    private static func hint(for reason: TLSConnectionError.Reason) -> String? {
        switch reason {
        case .plainHTTP: "the client must use https"
        case .refusedByPeer: "the peer does not accept our certificate: check its CA bundle and the names"
        default: nil
        }
    }
}
