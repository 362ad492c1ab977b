import COpenSSL
import NIOCore

/// One TLS connection: an `SSL` between two buffers, without any input or output of its own. Ciphertext goes
/// in by ``receive(_:)`` and comes out by ``takeOutbound()``. Not thread-safe; ``TLSHandler`` uses it on its
/// event loop.
final class TLSConnection {
    let context: TLSContext
    /// Owned; freed in deinit, before the wire that its BIO refers to.
    private let ssl: OpaquePointer
    private let wire = ByteBufferBIO()
    /// The peer's certificate that verification refused; set by ``TLSCallbacks``.
    var refusedSubject: String?
    private var alertSent: String?

    /// - Parameter serverName: for a client, the name or address that the server's certificate must hold.
    init(context: TLSContext, serverName: String?) throws {
        self.context = context
        ssl = try context.makeSSL()
        let bio = try wire.makeBIO()
        // Passing the same BIO twice hands over our one reference.
        SSL_set_bio(ssl, bio, bio)
        // Unretained: this object frees the SSL in its deinit.
        guard uwsgimaxfd_ssl_set_app_data(ssl, Unmanaged.passUnretained(self).toOpaque()) == 1 else {
            throw TLSError.library("start a connection")
        }
        switch context.role {
        case .server: SSL_set_accept_state(ssl)
        case .client:
            SSL_set_connect_state(ssl)
            try expect(serverName: serverName)
            if let session = context.sessionToResume() { _ = SSL_set_session(ssl, session.pointer) }
        }
    }

    deinit {
        // No callback may reach this object from here on.
        _ = uwsgimaxfd_ssl_set_app_data(ssl, nil)
        if let bio = SSL_get_rbio(ssl) { BIO_set_data(bio, nil) }
        SSL_free(ssl)
    }

    // MARK: The wire

    func receive(_ buffer: ByteBuffer) { wire.receive(buffer) }
    func takeOutbound() -> ByteBuffer? { wire.takeOutbound() }
    func discardInbound() { wire.discardInbound() }
    var inboundBytes: Int { wire.inboundBytes }
    var outboundBytes: Int { wire.outboundBytes }

    // MARK: Operations

    enum Progress {
        case done
        /// More bytes of the peer are needed.
        case wantsInput
        /// The peer sent its close_notify.
        case closedByPeer
        case failed(TLSConnectionError)
    }

    func handshake() -> Progress {
        OpenSSLErrorQueue.clear()
        let result = SSL_do_handshake(ssl)
        return result == 1 ? .done : progress(after: result)
    }

    /// Decrypts into `buffer` until it holds `limit` bytes (then `done`) or the input is used up.
    func read(into buffer: inout ByteBuffer, limit: Int) -> Progress {
        OpenSSLErrorQueue.clear()
        while buffer.readableBytes < limit {
            var result: Int32 = 0
            // A record's plaintext is never longer than its ciphertext, so one read usually suffices.
            let room = min(max(wire.inboundBytes, 512), Self.maximumRecord)
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
                result = SSL_read(ssl, target.baseAddress, Int32(clamping: target.count))
                return max(0, Int(result))
            }
            if result <= 0 { return progress(after: result) }
            // Nothing is left to decrypt: OpenSSL need not find out.
            if wire.inboundBytes == 0, SSL_has_pending(ssl) == 0 { return .wantsInput }
        }
        return .done
    }

    /// Encrypts all bytes; they appear in ``takeOutbound()``.
    func write(_ bytes: UnsafeRawBufferPointer) -> Progress {
        var rest = bytes
        let records = bytes.count / Self.maximumPlaintext + 1
        wire.reserveOutbound(bytes.count + records * Self.recordOverhead)
        OpenSSLErrorQueue.clear()
        while !rest.isEmpty {
            let count = min(rest.count, Self.maximumWrite)
            let result = SSL_write(ssl, rest.baseAddress, Int32(clamping: count))
            guard result > 0 else { return progress(after: result) }
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(result)...])
        }
        return .done
    }

    /// Writes our close_notify, once.
    func sendCloseNotify() {
        guard SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN == 0 else { return }
        OpenSSLErrorQueue.clear()
        _ = SSL_shutdown(ssl)
        OpenSSLErrorQueue.clear()
    }

    /// RFC 8446, 5.1: a record holds at most 2^14 bytes.
    static let maximumPlaintext = 16384
    private static let maximumRecord = maximumPlaintext + 512
    /// Header, nonce, tag, padding of the worst cipher of TLS 1.2.
    private static let recordOverhead = 128
    private static let maximumWrite = 1 << 30

    // MARK: What was negotiated

    func handshakeResult() -> TLSHandshakeCompleted {
        TLSHandshakeCompleted(
            version: SSL_version(ssl) == TLS1_3_VERSION ? .v1_3 : .v1_2,
            cipher: SSL_get_current_cipher(ssl).flatMap { SSL_CIPHER_get_name($0) }.map {
                String(cString: $0)
            } ?? "",
            isResumed: SSL_session_reused(ssl) == 1,
            applicationProtocol: applicationProtocol(),
            serverName: SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) },
            peer: peerNames())
    }

    private func applicationProtocol() -> String? {
        // OpenSSL owns the name; it is copied.
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        guard let name, length > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
    }

    private func peerNames() -> PeerNames? {
        // The 1 in the name says that the reference is ours.
        SSL_get1_peer_certificate(ssl).map { PeerNames(Certificate(takingOwnershipOf: $0)) }
    }

    // MARK: Failures

    func note(alert: Int32, isFatal: Bool, sent: Bool) {
        if sent, isFatal { alertSent = TLSFailureClassifier.alertText(alert) }
    }

    private func progress(after result: Int32) -> Progress {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wantsInput
        case SSL_ERROR_ZERO_RETURN: return .closedByPeer
        default:
            return .failed(
                TLSFailureClassifier.classify(
                    TLSFailureClassifier.Evidence(
                        errors: OpenSSLErrorQueue.drain(), verifyResult: SSL_get_verify_result(ssl),
                        alertSent: alertSent, refusedSubject: refusedSubject)))
        }
    }

    // MARK: The server that a client expects

    private func expect(serverName: String?) throws {
        guard let serverName else {
            throw TLSError(
                .invalidName, "a client needs the server's name to verify its certificate",
                cure: "Give the name or address of the server")
        }
        switch try SubjectName(serverName) {
        case .ip(let address):
            // RFC 6066 section 3: an address is not sent as server name.
            guard
                X509_VERIFY_PARAM_set1_ip(SSL_get0_param(ssl), address.octets, address.octets.count) == 1
            else { throw TLSError.library("expect the server's address") }
        case .dns(let name):
            guard uwsgimaxfd_ssl_set_server_name(ssl, name) == 1, SSL_set1_host(ssl, name) == 1 else {
                throw TLSError.library("expect the server's name")
            }
        }
    }
}
