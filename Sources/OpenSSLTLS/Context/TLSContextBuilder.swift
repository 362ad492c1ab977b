import Basics
import COpenSSL

/// The steps by which ``TLSContext`` configures its `SSL_CTX`, each with its error.
enum TLSContextBuilder {
    static func make(_ method: OpaquePointer?) throws -> OpaquePointer {
        OpenSSLErrorQueue.clear()
        guard let context = SSL_CTX_new(method) else { throw TLSError.library("make a TLS context") }
        uwsgimaxfd_ctx_set_safe_options(context)
        uwsgimaxfd_ctx_disable_auto_chain(context)
        return context
    }

    static func setVersions(_ context: OpaquePointer, _ minimum: TLSVersion, _ maximum: TLSVersion) throws {
        guard minimum == maximum || minimum == .v1_2 else {
            throw TLSError(
                .conflictingSettings,
                "the lowest TLS version \(minimum.rawValue) is above the highest, \(maximum.rawValue)",
                cure: "Raise the highest or lower the lowest")
        }
        guard uwsgimaxfd_ctx_set_min_proto_version(context, minimum.number) == 1,
            uwsgimaxfd_ctx_set_max_proto_version(context, maximum.number) == 1
        else { throw TLSError.library("set the TLS versions") }
    }

    static func setCiphers(_ context: OpaquePointer, _ ciphers: String?, _ ciphersuites: String?) throws {
        OpenSSLErrorQueue.clear()
        if let ciphers, SSL_CTX_set_cipher_list(context, ciphers) != 1 {
            throw unknownCipher("the TLS 1.2 cipher list", ciphers, see: "openssl ciphers -v -tls1_2")
        }
        if let ciphersuites, SSL_CTX_set_ciphersuites(context, ciphersuites) != 1 {
            throw unknownCipher(
                "the TLS 1.3 cipher suites", ciphersuites, see: "openssl ciphers -s -v -tls1_3")
        }
    }

    /// - Parameter lists: the first that OpenSSL knows wholly is taken.
    static func setGroups(_ context: OpaquePointer, firstOf lists: [String]) throws {
        guard lists.contains(where: { uwsgimaxfd_ctx_set_groups(context, $0) == 1 }) else {
            throw TLSError.library("set the groups of the key exchange")
        }
        // Of a list that OpenSSL did not know.
        OpenSSLErrorQueue.clear()
    }

    static func use(_ context: OpaquePointer, _ chain: CertificateWithKey) throws {
        OpenSSLErrorQueue.clear()
        try chain.certificate.withPointer { certificate in
            guard SSL_CTX_use_certificate(context, certificate) == 1 else {
                throw TLSError(
                    .unusableCertificate,
                    "OpenSSL refuses the certificate \(chain.certificate.subject): \(OpenSSLErrorQueue.drainText())",
                    cure: "Use a key of at least 2048 bits (RSA) or 256 bits (ECDSA) and a SHA-2 signature")
            }
        }
        for intermediate in chain.intermediates {
            try intermediate.withPointer {
                guard uwsgimaxfd_ctx_add1_chain_cert(context, $0) == 1 else {
                    throw TLSError(
                        .unusableCertificate,
                        "OpenSSL refuses the certificate \(intermediate.subject): \(OpenSSLErrorQueue.drainText())",
                        cure: "Replace it by one with a stronger key and a SHA-2 signature")
                }
            }
        }
        try chain.key.withPointer {
            guard SSL_CTX_use_PrivateKey(context, $0) == 1 else {
                throw TLSError.library("use the private key")
            }
        }
    }

    /// Sessions live in tickets (RFC 5077; RFC 8446, 4.6.1), encrypted with a key of this context, so the
    /// server keeps nothing. A reload makes a new context with a new ticket key: older tickets then fall back
    /// to a full handshake, and no session outlives the certificate or the client CA that it was made under.
    static func setServerSessions(_ context: OpaquePointer) throws {
        uwsgimaxfd_ctx_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
        let identifier = [UInt8]("uwsgi-max-fd".utf8)
        guard SSL_CTX_set_session_id_context(context, identifier, UInt32(identifier.count)) == 1,
            SSL_CTX_set_num_tickets(context, 1) == 1
        else { throw TLSError.library("set up sessions") }
    }

    static func requireClients(
        _ context: OpaquePointer, _ authentication: ClientAuthentication, now: Int64, read: ReadFile
    ) throws {
        if let names = authentication.allowedNames, names.isEmpty || names.contains("") {
            throw TLSError(
                .invalidName, "the list of allowed client names is empty or holds an empty name",
                cure: "Give the names, or leave the list out to allow every certificate of the client CA")
        }
        let authorities = try add(authentication.authorities, to: context, read)
        if let latest = authorities.max(by: { $0.notAfter < $1.notAfter }), latest.notAfter < now {
            throw TLSError(
                .expired, path: authentication.authorities.path,
                "every client CA has expired, the last one (\(latest.subject)) at \(Timestamp(seconds: Int(latest.notAfter)).rfc3339)",
                cure: "Renew it: no client could be accepted")
        }
        for authority in authorities {
            try authority.withPointer {
                // SSL_CTX_add_client_CA copies the name, which tells clients whom we trust.
                guard SSL_CTX_add_client_CA(context, $0) == 1 else {
                    throw TLSError.library("add a client CA")
                }
            }
        }
    }

    static func trust(_ context: OpaquePointer, _ roots: CertificateList?, andSystem: Bool) throws {
        if roots == nil || andSystem {
            guard SSL_CTX_set_default_verify_paths(context) == 1 else {
                throw TLSError.library("load the system's trust roots")
            }
        }
        if let roots { _ = try add(roots, to: context, CredentialFile.bytes) }
    }

    static func offer(_ context: OpaquePointer, _ protocols: [UInt8]) throws {
        guard !protocols.isEmpty else { return }
        // Unlike the rest of OpenSSL, this call returns 0 on success.
        guard SSL_CTX_set_alpn_protos(context, protocols, UInt32(protocols.count)) == 0 else {
            throw TLSError.library("offer ALPN protocols")
        }
    }

    private static func add(
        _ list: CertificateList, to context: OpaquePointer, _ read: ReadFile
    ) throws -> [Certificate] {
        OpenSSLErrorQueue.clear()
        let path = list.path
        let certificates = try list.load(read)
        guard !certificates.isEmpty else {
            throw TLSError(.emptyChain, path: path, "no CA certificate was given", cure: "Give at least one")
        }
        let store = SSL_CTX_get_cert_store(context)
        for certificate in certificates {
            guard certificate.isAuthority else {
                throw TLSError(
                    .notAnAuthority, path: path,
                    "\(certificate.subject) is not a CA certificate (basicConstraints or keyUsage)",
                    cure: "Name the CA's certificate, not the one that it issued")
            }
            try certificate.withPointer {
                guard X509_STORE_add_cert(store, $0) == 1 else { throw TLSError.library("trust a CA") }
            }
        }
        return certificates
    }

    private static func unknownCipher(_ what: String, _ list: String, see command: String) -> TLSError {
        TLSError(
            .unknownCipher,
            "\(what) \"\(PrintableText.of(list, limit: PrintableText.longestName))\" names none that OpenSSL knows: \(OpenSSLErrorQueue.drainText())",
            cure: "`\(command)` lists the names")
    }
}

extension TLSVersion {
    var number: Int32 {
        switch self {
        case .v1_2: TLS1_2_VERSION
        case .v1_3: TLS1_3_VERSION
        }
    }
}

/// Application-layer protocol negotiation (RFC 7301).
enum ALPN {
    /// Each name preceded by its length in one byte (section 3.1).
    static func wireFormat(_ protocols: [String]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for name in protocols {
            guard let length = UInt8(exactly: name.utf8.count), length > 0 else {
                throw TLSError(
                    .invalidName,
                    "\"\(PrintableText.of(name, limit: PrintableText.longestName))\" is not an ALPN protocol name",
                    cure: "Give 1 to 255 bytes, such as http/1.1")
            }
            bytes.append(length)
            bytes.append(contentsOf: name.utf8)
        }
        return bytes
    }
}
