// `tm` reaches Swift through OpenSSL's headers here.
import COpenSSL
import Glibc

/// RFC 3339 text of a time, for messages.
public enum UTCTime {
    public static func text(_ seconds: Int64) -> String {
        var moment = time_t(seconds)
        var calendar = tm()
        guard gmtime_r(&moment, &calendar) != nil else { return "\(seconds) s after 1970" }
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(calendar.tm_year + 1900)-\(two(calendar.tm_mon + 1))-\(two(calendar.tm_mday))"
        return "\(date)T\(two(calendar.tm_hour)):\(two(calendar.tm_min)):\(two(calendar.tm_sec))Z"
    }
}
