import Basics

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
