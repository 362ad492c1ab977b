import System
import Basics
import NIOCore

/// One event loop's view of the wall clock: the written forms are made only when they change.
final class LoopClock {
    private var dateSecond = Int.min
    private var date = ""
    private var stampMillisecond = Int.min
    private var stamp = ""

    /// The value of a `Date` header.
    var httpDate: String {
        let now = WallClock.now
        if now.seconds != dateSecond {
            dateSecond = now.seconds
            date = now.httpDate
        }
        return date
    }

    /// Now, as the log writes it.
    var timestamp: String {
        let now = WallClock.now
        let millisecond = now.milliseconds
        if millisecond != stampMillisecond {
            stampMillisecond = millisecond
            stamp = now.rfc3339Milliseconds
        }
        return stamp
    }
}
