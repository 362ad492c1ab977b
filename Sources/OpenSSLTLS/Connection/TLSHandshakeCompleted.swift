/// Fired once as a user inbound event when the handshake is over and before the first plaintext.
public struct TLSHandshakeCompleted: Sendable, Hashable {
    public let version: TLSVersion
    /// OpenSSL's name of the cipher, for example `TLS_AES_256_GCM_SHA384`.
    public let cipher: String
    /// Whether an earlier session was resumed.
    public let isResumed: Bool
    /// The protocol chosen by ALPN; nil when the client offered none.
    public let applicationProtocol: String?
    /// The name that the client asked for (RFC 6066, section 3).
    public let serverName: String?
    /// The names in the peer's certificate; nil when it sent none.
    public let peer: PeerNames?
}
