import COpenSSL

/// The functions that OpenSSL calls back. Each finds its ``TLSConnection`` through the `SSL`, which borrows
/// it: a connection outlives its `SSL`.
enum TLSCallbacks {
    /// Notes alerts, so that errors can name them.
    static let info: @convention(c) (OpaquePointer?, Int32, Int32) -> Void = { ssl, place, value in
        guard place & SSL_CB_ALERT != 0, let connection = connection(of: ssl) else { return }
        connection.note(
            alert: value & 0xFF, isFatal: value >> 8 == SSL3_AL_FATAL, sent: place & SSL_CB_WRITE != 0)
    }

    /// Chooses the first of our protocols that the client offers (RFC 7301, 3.2).
    static let selectProtocol:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
            UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
        ) -> Int32 = { ssl, out, outLength, offered, offeredLength, _ in
            guard let connection = connection(of: ssl), let out, let outLength, let offered else {
                return SSL_TLSEXT_ERR_ALERT_FATAL
            }
            // SSL_select_next_proto points `out` into one of the two lists; both outlive this call, and
            // OpenSSL copies the result right after it.
            var chosen: UnsafeMutablePointer<UInt8>?
            let result = connection.context.applicationProtocols.withUnsafeBufferPointer { own in
                SSL_select_next_proto(
                    &chosen, outLength, own.baseAddress, UInt32(own.count), offered, offeredLength)
            }
            guard result == OPENSSL_NPN_NEGOTIATED, let chosen else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            out.pointee = UnsafePointer(chosen)
            return SSL_TLSEXT_ERR_OK
        }

    /// After OpenSSL's own verification of a certificate: notes whom it refused, and on a server checks the
    /// names of a client that has passed.
    static let verify: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isVerified, store in
        guard let store, let connection = connection(of: uwsgimaxfd_store_ctx_get_ssl(store)) else {
            return 0
        }
        // The store owns the certificate; `Certificate` takes a reference of its own.
        guard let x509 = X509_STORE_CTX_get_current_cert(store), X509_up_ref(x509) == 1 else {
            return isVerified
        }
        let certificate = Certificate(takingOwnershipOf: x509)
        guard isVerified == 1 else {
            connection.refusedSubject = certificate.subject
            return 0
        }
        guard X509_STORE_CTX_get_error_depth(store) == 0,
            let allowed = connection.context.allowedClientNames,
            !PeerNames(certificate).matches(anyOf: allowed)
        else { return 1 }
        connection.refusedSubject = certificate.subject
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
        return 0
    }

    /// Hands a client's new session to its context. Returning 1 keeps the reference that OpenSSL passes.
    static let newSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = { ssl, session in
        guard let session, let connection = connection(of: ssl) else { return 0 }
        connection.context.remember(session: ClientSession(takingOwnershipOf: session))
        return 1
    }

    private static func connection(of ssl: OpaquePointer?) -> TLSConnection? {
        guard let ssl, let data = uwsgimaxfd_ssl_get_app_data(ssl) else { return nil }
        return Unmanaged<TLSConnection>.fromOpaque(data).takeUnretainedValue()
    }
}

/// The names in a peer's certificate.
public struct PeerNames: Sendable, Hashable {
    public let commonName: String?
    public let dnsNames: [String]

    init(_ certificate: Certificate) {
        commonName = certificate.commonName
        dnsNames = certificate.dnsNames
    }

    /// `allowed` is in lower case.
    func matches(anyOf allowed: Set<String>) -> Bool {
        if let commonName, allowed.contains(commonName.lowercased()) { return true }
        return dnsNames.contains { allowed.contains($0.lowercased()) }
    }
}
