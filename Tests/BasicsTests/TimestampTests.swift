import Foundation
import Testing

@testable import Basics

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, 999_999_999, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        // RFC 9110, section 5.6.7, has this date.
        (784_111_777, 5_000_000, "1994-11-06T08:49:37.005Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, 0, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_251_199, 0, "2024-02-29T23:59:59.000Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
        (2_147_483_648, 1_000_000, "2038-01-19T03:14:08.001Z", "Tue, 19 Jan 2038 03:14:08 GMT"),
        (4_107_542_400, 0, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func `Known moments`(_ seconds: Int, _ nanoseconds: Int, _ rfc3339: String, _ httpDate: String) {
        let time = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        #expect(time.rfc3339Milliseconds == rfc3339)
        #expect(time.rfc3339 == rfc3339.prefix(19) + "Z")
        #expect(time.httpDate == httpDate)
    }

    /// Every day from 1900 to 2200, held against the C library's calendar.
    @Test func `Every day`() {
        var failures = 0
        for day in -25_567...84_006 {
            let seconds = day * 86_400 + (day & 0xFFFF)
            var time = time_t(seconds)
            var expected = tm()
            gmtime_r(&time, &expected)
            let date = CivilDate(secondsSince1970: seconds)
            if date.year != Int(expected.tm_year) + 1900 || date.month != Int(expected.tm_mon) + 1
                || date.day != Int(expected.tm_mday) || date.hour != Int(expected.tm_hour)
                || date.minute != Int(expected.tm_min) || date.second != Int(expected.tm_sec)
                || (date.dayOfWeek + 1) % 7 != Int(expected.tm_wday)
            {
                failures += 1
            }
        }
        #expect(failures == 0)
    }
}
