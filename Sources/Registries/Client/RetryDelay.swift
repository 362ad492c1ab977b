import Basics
import NIOCore

/// How long to wait before a request is sent again.
enum RetryDelay {
    /// - Parameters:
    ///   - attempt: how many there have been, from 1.
    ///   - header: `Retry-After` (RFC 9110, 10.2.3); of its two forms only seconds are read.
    static func after(_ attempt: Int, header: String?) -> TimeAmount {
        if let header, header.isDecimalNumber, header.utf8.count <= 9, let seconds = Int64(header) {
            return .seconds(seconds)
        }
        // 0.5, 1, 2, 4 s
        return .milliseconds(500 << Int64(min(max(attempt, 1), 4) - 1))
    }
}
