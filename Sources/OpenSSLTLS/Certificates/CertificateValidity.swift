import System

/// How long a new certificate is valid (RFC 5280, 4.1.2.5).
public struct CertificateValidity: Sendable, Hashable {
    /// Lifetime from now on, in seconds.
    public var lifetime: Int64
    /// How far the start lies back, in seconds, so that a peer with a slow clock accepts it at once.
    public var backdate: Int64
    /// The time that counts as now, in seconds since 1970 UTC.
    public var now: Int64

    public init(lifetime: Int64, backdate: Int64 = 300, now: Int64 = WallClock.seconds) {
        self.lifetime = lifetime
        self.backdate = backdate
        self.now = now
    }

    public static func days(_ days: Int) -> CertificateValidity {
        CertificateValidity(
            lifetime: Int64(clamping: days).multipliedReportingOverflow(by: 86400).partialValue)
    }

    /// A hundred years: longer is a mistake, and RFC 5280's times end in 9999.
    static let longestLifetime: Int64 = 36525 * 86400

    func period() throws -> (notBefore: Int64, notAfter: Int64) {
        guard lifetime > 0, lifetime <= Self.longestLifetime, backdate >= 0, backdate <= Self.longestLifetime
        else {
            throw TLSError(
                .invalidLifetime, "a lifetime of \(lifetime) seconds is not possible",
                cure: "Give 1 to 36525 days")
        }
        return (now - backdate, now + lifetime)
    }
}
