import System
import COpenSSL
import Synchronization

/// The settings, certificates and keys that connections share: an `SSL_CTX`. Immutable once made, so one
/// context serves all event loops.
public final class TLSContext: @unchecked Sendable {
    // Safe to share: the pointer never changes, the SSL_CTX is not configured any more once init has
    // returned, and OpenSSL locks what changes inside. `lastSession` is guarded by its Mutex.

    enum Role: Sendable {
        case server, client
    }

    let role: Role
    /// The certificate that this side presents.
    public let certificate: Certificate?
    /// Names of clients that a server allows; nil allows all that its authorities vouch for.
    let allowedClientNames: Set<String>?
    /// ALPN protocols, in the wire format of RFC 7301 section 3.1.
    let applicationProtocols: [UInt8]
    let requiresClientCertificate: Bool
    /// Owned; freed in deinit. Connections hold their own reference.
    private let pointer: OpaquePointer
    private let resumesSessions: Bool
    private let lastSession = Mutex<ClientSession?>(nil)

    /// Makes a context for a server.
    ///
    /// - Throws: ``TLSError``, naming the file, the reason and the cure.
    public convenience init(server configuration: TLSServerConfiguration) throws {
        try self.init(server: configuration, now: WallClock.seconds)
    }

    /// `now` decides whether certificates are valid; `read` gives the contents of files.
    init(
        server configuration: TLSServerConfiguration, now: Int64, read: ReadFile = CredentialFile.bytes
    ) throws {
        let loaded = try LoadedCertificate(configuration.certificate, now: now, read: read)
        role = .server
        certificate = loaded.chain.certificate
        allowedClientNames = configuration.clientAuthentication?.allowedNames.map {
            Set($0.map { $0.lowercased() })
        }
        requiresClientCertificate = configuration.clientAuthentication != nil
        applicationProtocols = try ALPN.wireFormat(configuration.applicationProtocols)
        resumesSessions = true
        pointer = try TLSContextBuilder.make(TLS_server_method())
        try TLSContextBuilder.setVersions(pointer, configuration.minimumVersion, configuration.maximumVersion)
        try TLSContextBuilder.setCiphers(
            pointer, configuration.ciphers ?? TLSDefaults.ciphers, configuration.ciphersuites)
        try TLSContextBuilder.setGroups(pointer, firstOf: TLSDefaults.groups)
        try TLSContextBuilder.use(pointer, loaded.chain)
        try TLSContextBuilder.setServerSessions(pointer)
        if let authentication = configuration.clientAuthentication {
            try TLSContextBuilder.requireClients(pointer, authentication, now: now, read: read)
        }
        installCallbacks()
    }

    /// Makes a context for a client.
    ///
    /// - Throws: ``TLSError``, naming the file, the reason and the cure.
    public convenience init(client configuration: TLSClientConfiguration) throws {
        try self.init(client: configuration, now: WallClock.seconds)
    }

    init(client configuration: TLSClientConfiguration, now: Int64) throws {
        let loaded = try configuration.certificate.map {
            try LoadedCertificate($0, now: now, read: CredentialFile.bytes)
        }
        role = .client
        certificate = loaded?.chain.certificate
        allowedClientNames = nil
        requiresClientCertificate = false
        applicationProtocols = try ALPN.wireFormat(configuration.applicationProtocols)
        resumesSessions = configuration.resumesSessions
        pointer = try TLSContextBuilder.make(TLS_client_method())
        try TLSContextBuilder.setVersions(pointer, configuration.minimumVersion, configuration.maximumVersion)
        try TLSContextBuilder.setCiphers(pointer, configuration.ciphers, configuration.ciphersuites)
        if let loaded { try TLSContextBuilder.use(pointer, loaded.chain) }
        try TLSContextBuilder.trust(
            pointer, configuration.trustRoots, andSystem: configuration.trustsSystem)
        try TLSContextBuilder.offer(pointer, applicationProtocols)
        installCallbacks()
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// A new `SSL` of this context, which the caller owns.
    func makeSSL() throws -> OpaquePointer {
        OpenSSLErrorQueue.clear()
        guard let ssl = SSL_new(pointer) else { throw TLSError.library("start a connection") }
        return ssl
    }

    private func installCallbacks() {
        SSL_CTX_set_info_callback(pointer, TLSCallbacks.info)
        switch role {
        case .server:
            if !applicationProtocols.isEmpty {
                SSL_CTX_set_alpn_select_cb(pointer, TLSCallbacks.selectProtocol, nil)
            }
            if requiresClientCertificate {
                SSL_CTX_set_verify(
                    pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, TLSCallbacks.verify)
            }
        case .client:
            SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, TLSCallbacks.verify)
            if resumesSessions {
                uwsgimaxfd_ctx_set_session_cache_mode(
                    pointer, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
                SSL_CTX_sess_set_new_cb(pointer, TLSCallbacks.newSession)
            }
        }
    }

    /// Remembers the newest session for the next connection of this client.
    func remember(session: ClientSession) {
        lastSession.withLock { $0 = session }
    }

    func sessionToResume() -> ClientSession? {
        resumesSessions && role == .client ? lastSession.withLock { $0 } : nil
    }
}

/// A session that a client may resume. Owns one reference to an `SSL_SESSION`.
final class ClientSession: @unchecked Sendable {
    // Safe to share: the pointer never changes, the session is not written to, references are counted
    // atomically by OpenSSL.
    let pointer: OpaquePointer

    init(takingOwnershipOf pointer: OpaquePointer) { self.pointer = pointer }
    deinit { SSL_SESSION_free(pointer) }
}
