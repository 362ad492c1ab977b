import Basics

/// A length of time as Go's `time.ParseDuration` reads it: `10s`, `1.5h`, `2m30s`, `300ms`.
///
/// The API server states the budget of a call so (`?timeout=10s`), and the program's own flags take it too.
public struct GoDuration: Sendable, Hashable {
    /// The length in nanoseconds; it may be negative.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public init(_ duration: Duration) {
        self.init(nanoseconds: duration.nanoseconds)
    }

    /// Reads `[-+]?([0-9]*(\.[0-9]*)?[a-zµ]+)+`, or a bare `0`. Everything else, and what does not fit 64 bits
    /// (292 years), is `nil`. Source: Go, src/time/format.go, `ParseDuration`.
    public init?(_ text: some StringProtocol) {
        var rest = Substring(text).utf8
        var negative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        if rest.elementsEqual("0".utf8) {
            self.init(nanoseconds: 0)
            return
        }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = Self.takePart(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        self.init(nanoseconds: negative ? -total : total)
    }

    /// The same length as the standard library's type.
    public var duration: Duration { .nanoseconds(nanoseconds) }

    /// Takes one number with its unit off the front, in nanoseconds.
    private static func takePart(_ rest: inout Substring.UTF8View) -> Int64? {
        let whole = takeDigits(&rest)
        var fraction = Substring().utf8
        var hasPoint = false
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            hasPoint = true
            fraction = takeDigits(&rest)
        }
        guard !whole.isEmpty || (hasPoint && !fraction.isEmpty) else { return nil }
        guard let unit = takeUnit(&rest) else { return nil }
        var value: Int64 = 0
        for digit in whole {
            let (product, productOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            if productOverflow || sumOverflow { return nil }
            value = sum
        }
        let (scaled, overflow) = value.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(nanoseconds(fraction: fraction, of: unit))
        return sumOverflow ? nil : sum
    }

    /// The digits behind the point, as nanoseconds. Digits beyond what 64 bits hold are dropped, and the rest
    /// is multiplied in floating point, so that the result is Go's own to the last nanosecond.
    private static func nanoseconds(fraction: Substring.UTF8View, of unit: Int64) -> Int64 {
        var digits: Int64 = 0
        var scale = 1.0
        for digit in fraction {
            let (product, productOverflow) = digits.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            if productOverflow || sumOverflow { break }
            digits = sum
            scale *= 10
        }
        // At most one unit, so that it always fits.
        return Int64(Double(digits) * (Double(unit) / scale))
    }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = rest.prefix(while: \.isDecimalDigit)
        rest = rest.dropFirst(digits.count)
        return digits
    }

    /// Takes a unit off the front, in nanoseconds.
    private static func takeUnit(_ rest: inout Substring.UTF8View) -> Int64? {
        let unit = rest.prefix {
            $0 != UInt8(ascii: ".") && !$0.isDecimalDigit
        }
        rest = rest.dropFirst(unit.count)
        switch String(Substring(unit)) {
        case "ns": return 1
        // Both the micro sign and the Greek letter.
        case "us", "\u{B5}s", "\u{3BC}s": return 1000
        case "ms": return 1_000_000
        case "s": return 1_000_000_000
        case "m": return 60_000_000_000
        case "h": return 3_600_000_000_000
        default: return nil
        }
    }
}
