/// Where a TLS connection stands. All changes go through the named transitions below; a transition that makes
/// no sense in a state leaves it as it is and says so.
enum TLSConnectionState: Hashable, CaseIterable {
    /// Not connected yet.
    case idle
    /// Handshake messages go to and fro; writes wait.
    case handshaking
    /// Data flows both ways.
    case active
    /// The peer sent close_notify: it sends nothing more, we still may (RFC 8446, 6.1).
    case inputClosed
    /// We sent close_notify: the peer still may send.
    case outputClosed
    /// We sent close_notify to end the connection; waiting for the peer's, and discarding its data.
    case closing
    case closed

    var mayWrite: Bool { self == .active || self == .inputClosed }
    var holdsWrites: Bool { self == .idle || self == .handshaking }
    var mayRead: Bool { self == .active || self == .outputClosed }
    /// Whether the connection itself needs bytes of the peer, even if nobody above asked for them.
    var needsInput: Bool { self == .handshaking || self == .closing }

    /// The connection is up. False when it already was.
    mutating func connected() -> Bool {
        guard self == .idle else { return false }
        self = .handshaking
        return true
    }

    /// The handshake succeeded.
    mutating func handshakeFinished() -> Bool {
        guard self == .handshaking else { return false }
        self = .active
        return true
    }

    enum PeerClose: Hashable {
        /// We may still write.
        case halfClosed
        /// Nothing is left to do: close the channel.
        case finished
        /// Nothing new.
        case ignored
    }

    /// The peer's close_notify arrived.
    mutating func peerSentCloseNotify() -> PeerClose {
        switch self {
        case .active:
            self = .inputClosed
            return .halfClosed
        case .outputClosed, .closing:
            self = .closed
            return .finished
        case .idle, .handshaking, .inputClosed, .closed: return .ignored
        }
    }

    enum OutputClose: Hashable {
        /// Send close_notify; the peer may go on.
        case sendCloseNotify
        /// Send close_notify, then close the channel: the peer has finished already.
        case sendCloseNotifyAndFinish
        /// Wait until the handshake is over.
        case afterHandshake
        case ignored
    }

    /// Our side has nothing more to send.
    mutating func outputCloseRequested() -> OutputClose {
        switch self {
        case .active:
            self = .outputClosed
            return .sendCloseNotify
        case .inputClosed:
            self = .closed
            return .sendCloseNotifyAndFinish
        case .idle, .handshaking: return .afterHandshake
        case .outputClosed, .closing, .closed: return .ignored
        }
    }

    enum Close: Hashable {
        /// Send close_notify and wait for the peer's.
        case sendCloseNotifyAndWait
        /// Send close_notify, then close the channel.
        case sendCloseNotifyAndFinish
        /// Close the channel without a word: there is no TLS to end.
        case finish
        /// A close is already under way.
        case wait
    }

    /// Our side asks to close the connection.
    mutating func closeRequested() -> Close {
        switch self {
        case .active, .outputClosed:
            self = .closing
            return .sendCloseNotifyAndWait
        case .inputClosed:
            self = .closed
            return .sendCloseNotifyAndFinish
        case .idle, .handshaking:
            self = .closed
            return .finish
        case .closing: return .wait
        case .closed: return .finish
        }
    }

    /// TLS failed or ran out of time. False when the connection was closed anyway.
    mutating func failed() -> Bool {
        guard self != .closed else { return false }
        self = .closed
        return true
    }

    enum Loss: Hashable {
        /// The peer never finished the handshake.
        case duringHandshake
        /// Data may be missing: no close_notify came.
        case truncation
        /// Nothing is missing.
        case orderly
    }

    /// The network connection ended.
    mutating func connectionLost() -> Loss {
        defer { self = .closed }
        switch self {
        case .handshaking: return .duringHandshake
        case .active, .outputClosed: return .truncation
        case .idle, .inputClosed, .closing, .closed: return .orderly
        }
    }
}
