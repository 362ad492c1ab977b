import Basics

/// Which trace a request belongs to: the value of `traceparent`.
///
/// Source: W3C Trace Context, 3.2, "Traceparent Header". The API server sends it when its own tracing is on.
enum TraceParent {
    /// `00-` and 32, 16 and 2 digits, with dashes between them.
    private static let length = 55

    /// The part of a value that this version of the format knows, or `nil` for a value that is to be ignored. It holds
    /// nothing but lower-case hexadecimal digits and dashes.
    static func read(_ value: String) -> String? {
        let bytes = value.utf8Span.span
        guard bytes.count >= length else { return nil }
        for index in 0..<length {
            switch index {
            case 2, 35, 52: if bytes[index] != UInt8(ascii: "-") { return nil }
            default: if !bytes[index].isLowercaseHexadecimalDigit { return nil }
            }
        }
        let isFirstVersion = isZero(bytes, 0..<2)
        let isForbiddenVersion = bytes[0] == UInt8(ascii: "f") && bytes[1] == UInt8(ascii: "f")
        // Later versions may say more, behind a dash.
        let mayGoOn = !isFirstVersion && bytes.count > length && bytes[length] == UInt8(ascii: "-")
        guard !isForbiddenVersion, bytes.count == length || mayGoOn,
            !isZero(bytes, 3..<35), !isZero(bytes, 36..<52)
        else { return nil }
        return String(value.utf8.prefix(length))
    }

    private static func isZero(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.allSatisfy { bytes[$0] == UInt8(ascii: "0") }
    }
}
