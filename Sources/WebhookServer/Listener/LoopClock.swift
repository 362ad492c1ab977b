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

/// The time of the log's lines, with milliseconds: of those in the same second all but three digits are the same.
struct LogStamp {
    private var moment = Timestamp(seconds: .min)
    private var text = ""
    /// The text up to the milliseconds.
    private var second = ""

    mutating func text(of now: Timestamp) -> String {
        let isSameSecond = now.seconds == moment.seconds
        let milliseconds = now.nanoseconds / 1_000_000
        if isSameSecond, milliseconds == moment.nanoseconds / 1_000_000 { return text }
        moment = now
        if isSameSecond {
            var next = ""
            next.reserveCapacity(24)
            next += second
            next += String(1000 + milliseconds).dropFirst()
            next += "Z"
            text = next
        } else {
            text = now.rfc3339Milliseconds
            second = String(text.dropLast(4))
        }
        return text
    }
}
