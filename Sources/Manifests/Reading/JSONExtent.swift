/// Finds where a JSON value ends, over as many chunks as it takes.
///
/// It only counts brackets and minds strings: whether the value is JSON is for the parser to say.
struct JSONExtent {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isInScalar = false
    /// How many lines have ended in what was looked at.
    private(set) var lineFeeds = 0

    /// Looks at more bytes of the value.
    /// - Returns: the position behind the value, or `nil` when it goes on behind the last byte.
    mutating func end(in bytes: [UInt8], from position: Int) -> Int? {
        let bytes = bytes.span
        var position = position
        while position < bytes.count {
            if isInString {
                position = skipString(in: bytes, from: position)
                if !isInString, depth == 0 { return position }
                continue
            }
            switch bytes[position] {
            case 0x20 where depth > 0:
                // Most of what kubectl prints is indentation.
                position = Self.skipSpaces(in: bytes, from: position)
                continue
            case UInt8(ascii: "\""):
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // A bracket that belongs to what the value stands in.
                if depth == 0 { return position }
                depth -= 1
                if depth == 0 { return position + 1 }
            case 0x0A:
                if depth == 0, isInScalar { return position }
                lineFeeds += 1
            case UInt8(ascii: ","), 0x20, 0x0D, 0x09:
                if depth == 0, isInScalar { return position }
            default:
                if depth == 0 { isInScalar = true }
            }
            position += 1
        }
        return nil
    }

    /// Whether the bytes seen so far are a whole value if nothing follows: a number or a word is.
    var isWholeAtEnd: Bool { isInScalar && depth == 0 && !isInString }

    private static func skipSpaces(in bytes: Span<UInt8>, from position: Int) -> Int {
        var position = position
        while position < bytes.count, bytes[position] == 0x20 { position += 1 }
        return position
    }

    /// - Returns: the position behind the string, or behind the last byte.
    private mutating func skipString(in bytes: Span<UInt8>, from position: Int) -> Int {
        var position = position
        let count = bytes.count
        if isEscaped, position < count {
            isEscaped = false
            if bytes[position] == 0x0A { lineFeeds += 1 }
            position += 1
        }
        while position < count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                isInString = false
                return position
            }
            if byte == 0x0A { lineFeeds += 1 }
            if byte == UInt8(ascii: "\\") {
                if position == count {
                    isEscaped = true
                    return position
                }
                if bytes[position] == 0x0A { lineFeeds += 1 }
                position += 1
            }
        }
        return position
    }
}
