/// A moment in UTC, and its written forms. It stands in for Foundation's `Date`, which would triple the size of the
/// program.
public struct Timestamp: Sendable, Hashable {
    /// Whole seconds since 1970-01-01T00:00:00Z; leap seconds are not counted, as in POSIX.
    public var seconds: Int
    /// The part of a second, 0 to 999,999,999.
    public var nanoseconds: Int

    public init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// `2006-01-02T15:04:05Z`: RFC 3339 in whole seconds, as in messages and reports.
    public var rfc3339: String {
        var text: [UInt8] = []
        text.reserveCapacity(20)
        text.appendDateAndTime(CivilDate(secondsSince1970: seconds))
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// `2006-01-02T15:04:05.678Z`: RFC 3339 with milliseconds, as in the log.
    public var rfc3339Milliseconds: String {
        var text: [UInt8] = []
        text.reserveCapacity(24)
        text.appendDateAndTime(CivilDate(secondsSince1970: seconds))
        text.append(UInt8(ascii: "."))
        text.appendDecimal(nanoseconds / 1_000_000, digits: 3)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// `Mon, 02 Jan 2006 15:04:05 GMT`: the form of the `Date` header (RFC 9110, section 5.6.7).
    public var httpDate: String {
        let date = CivilDate(secondsSince1970: seconds)
        var text: [UInt8] = []
        text.reserveCapacity(29)
        text.append(contentsOf: CivilDate.dayNames[date.dayOfWeek].utf8)
        text.append(contentsOf: ", ".utf8)
        text.appendDecimal(date.day, digits: 2)
        text.append(UInt8(ascii: " "))
        text.append(contentsOf: CivilDate.monthNames[date.month - 1].utf8)
        text.append(UInt8(ascii: " "))
        text.appendDecimal(date.year, digits: 4)
        text.append(UInt8(ascii: " "))
        text.appendClock(date)
        text.append(contentsOf: " GMT".utf8)
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends a number in decimal, padded with zeros to at least `digits`. `String(number)` makes two texts on its way.
    public mutating func appendDecimal(_ number: Int, digits: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var length = 1
        var power: UInt = 1
        while number.magnitude / power >= 10 {
            power *= 10
            length += 1
        }
        for _ in 0..<Swift.max(0, digits - length) { append(UInt8(ascii: "0")) }
        while power > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number.magnitude / power % 10))
            power /= 10
        }
    }

    /// `2006-01-02T15:04:05`.
    fileprivate mutating func appendDateAndTime(_ date: CivilDate) {
        appendDecimal(date.year, digits: 4)
        append(UInt8(ascii: "-"))
        appendDecimal(date.month, digits: 2)
        append(UInt8(ascii: "-"))
        appendDecimal(date.day, digits: 2)
        append(UInt8(ascii: "T"))
        appendClock(date)
    }

    fileprivate mutating func appendClock(_ date: CivilDate) {
        appendDecimal(date.hour, digits: 2)
        append(UInt8(ascii: ":"))
        appendDecimal(date.minute, digits: 2)
        append(UInt8(ascii: ":"))
        appendDecimal(date.second, digits: 2)
    }
}
