import NIOCore
import Synchronization

/// Lets so many of something through in a second and counts the rest, so that no client can fill the log.
final class RateLimiter: Sendable {
    private struct Window {
        var start = NIODeadline.uptimeNanoseconds(0)
        var admitted = 0
        var suppressed = 0
    }

    private let window = Mutex(Window())
    private let limit: Int

    init(perSecond limit: Int) {
        self.limit = limit
    }

    /// - Returns: `nil` when this one is too many; else how many were suppressed since the last that was not.
    func admit(now: NIODeadline) -> Int? {
        window.withLock { window in
            if now - window.start >= .seconds(1) {
                window.start = now
                window.admitted = 0
            }
            guard window.admitted < limit else {
                window.suppressed += 1
                return nil
            }
            window.admitted += 1
            defer { window.suppressed = 0 }
            return window.suppressed
        }
    }
}
