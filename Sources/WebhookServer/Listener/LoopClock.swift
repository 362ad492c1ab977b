import Basics
import NIOCore
import System

/// One event loop's view of the wall clock: the written forms are made only when they change.
final class LoopClock {
    private var dateSecond = Int.min
    private var date = ""
    private var stamp = LogStamp()

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
    var timestamp: String { stamp.text(of: WallClock.now) }
}
