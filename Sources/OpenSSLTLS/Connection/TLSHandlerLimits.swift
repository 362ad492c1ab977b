import NIOCore

extension TLSHandler {
    /// The limits of one connection.
    public struct Limits: Sendable {
        /// From the connection to the end of the handshake.
        public var handshakeTimeout: TimeAmount
        /// How long a close waits for the peer's close_notify.
        public var closeTimeout: TimeAmount
        /// The most plaintext that is held until the handshake ends; more fails the connection.
        public var maximumHeldBytes: Int

        public init(
            handshakeTimeout: TimeAmount = .seconds(10), closeTimeout: TimeAmount = .seconds(2),
            maximumHeldBytes: Int = 1 << 20
        ) {
            self.handshakeTimeout = handshakeTimeout
            self.closeTimeout = closeTimeout
            self.maximumHeldBytes = maximumHeldBytes
        }
    }
}
