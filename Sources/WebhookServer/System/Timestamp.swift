import Glibc

/// A moment of the wall clock, and its two written forms. It stands in for Foundation's `Date`, which would
/// triple the size of the program.
struct Timestamp: Sendable, Hashable {
    /// Whole seconds since 1970-01-01T00:00:00Z; leap seconds are not counted, as in POSIX.
    var seconds: Int
    /// The part of a second, 0 to 999,999,999.
    var nanoseconds: Int

    /// Reads the system's clock.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }

    /// Milliseconds since 1970, rounded down.
    var milliseconds: Int { seconds &* 1000 &+ nanoseconds / 1_000_000 }

    /// `2006-01-02T15:04:05.678Z`: RFC 3339 with milliseconds, in UTC, as the log has it.
    var rfc3339: String {
        let date = CivilDate(secondsSince1970: seconds)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        text.appendDecimal(date.year, digits: 4)
        text.append(UInt8(ascii: "-"))
        text.appendDecimal(date.month, digits: 2)
        text.append(UInt8(ascii: "-"))
        text.appendDecimal(date.day, digits: 2)
        text.append(UInt8(ascii: "T"))
        text.appendClock(date)
        text.append(UInt8(ascii: "."))
        text.appendDecimal(nanoseconds / 1_000_000, digits: 3)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// `Mon, 02 Jan 2006 15:04:05 GMT`: the form of the `Date` header (RFC 9110, section 5.6.7).
    var httpDate: String {
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

/// A second of the Gregorian calendar in UTC.
struct CivilDate: Sendable, Hashable {
    var year: Int
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int
    /// 0 is Monday.
    var dayOfWeek: Int

    static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Counts in 400-year eras that begin on 1 March, so that the leap day is an era's and a year's last
    /// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
    init(secondsSince1970 seconds: Int) {
        let secondOfDay = seconds.flooredRemainder(86_400)
        let days = (seconds - secondOfDay) / 86_400
        let shifted = days + 719_468
        let dayOfEra = shifted.flooredRemainder(146_097)
        let era = (shifted - dayOfEra) / 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = secondOfDay / 3600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
        // 1970-01-01 was a Thursday.
        dayOfWeek = (days + 3).flooredRemainder(7)
    }
}

extension Int {
    /// The remainder that is never negative for a positive divisor.
    fileprivate func flooredRemainder(_ divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}

extension [UInt8] {
    /// Appends a number in decimal, padded with zeros to at least `digits`.
    mutating func appendDecimal(_ number: Int, digits: Int) {
        let text = String(number.magnitude)
        if number < 0 { append(UInt8(ascii: "-")) }
        for _ in 0..<Swift.max(0, digits - text.utf8.count) { append(UInt8(ascii: "0")) }
        append(contentsOf: text.utf8)
    }

    fileprivate mutating func appendClock(_ date: CivilDate) {
        appendDecimal(date.hour, digits: 2)
        append(UInt8(ascii: ":"))
        appendDecimal(date.minute, digits: 2)
        append(UInt8(ascii: ":"))
        appendDecimal(date.second, digits: 2)
    }
}
