/// Foreign text made safe to show: in a message, a report, a log line, on a terminal. The author of a Pod, a manifest
/// or an argument may be hostile to its reader.
///
/// Every text of foreign origin that people read passes through here, and only here. Formats that have a syntax of
/// their own (JSON, markup, a shell's words) escape the result once more.
public enum PrintableText {
    /// The most bytes that a name has in a message: as many as a DNS label (RFC 1123), so that real names are whole.
    public static let longestName = 63
    /// The most bytes that an argument or a program's name has as evidence.
    public static let longestArgument = 64
    /// The most bytes that one field of a log line or of a table has.
    public static let longestField = 512

    /// All of a text, on one line: what could steer a terminal, break a line or turn the direction of reading is shown
    /// as a replacement character.
    public static func of(_ text: String) -> String {
        if text.isPrintableASCII { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map(shown)))
    }

    /// The beginning of a text, in the same way; what is cut off is replaced by an ellipsis.
    /// - Parameter limit: the most bytes of UTF-8 that the result may have, at least 3.
    public static func of(_ text: some StringProtocol, limit: Int) -> String {
        if text.utf8.count <= limit {
            let whole = String(text)
            if whole.isPrintableASCII { return whole }
        }
        var result = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars {
            let shown = shown(scalar)
            length += UTF8.width(shown)
            if length > limit { return cut(result, limit: limit) }
            result.append(shown)
        }
        return String(result)
    }

    /// A text for a field that JSON escapes, so that nothing in it can do harm but its length.
    /// - Parameter limit: the most bytes of UTF-8 that the result may have, at least 3.
    public static func bounded(_ text: String, limit: Int = longestField) -> String {
        text.utf8.count <= limit ? text : of(text, limit: limit)
    }

    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.isPrintable ? scalar : "\u{FFFD}"
    }

    /// As much as leaves room for an ellipsis, and the ellipsis.
    private static func cut(_ scalars: String.UnicodeScalarView, limit: Int) -> String {
        let ellipsis: Unicode.Scalar = "…"
        var result = scalars
        var length = String(scalars).utf8.count
        while let last = result.last, length + UTF8.width(ellipsis) > limit {
            length -= UTF8.width(last)
            result.removeLast()
        }
        result.append(ellipsis)
        return String(result)
    }
}

extension Unicode.Scalar {
    /// Whether foreign text may show this character as it is. A control character steers a terminal, and makes a
    /// warning vanish in the API server; one that changes the direction of text makes a message read as what it
    /// is not.
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            false
        default: true
        }
    }
}

extension String {
    /// Whether there is nothing but the printable characters of ASCII, as in nearly every text of a Pod.
    fileprivate var isPrintableASCII: Bool {
        let bytes = utf8Span.span
        for index in bytes.indices where !(0x20..<0x7F).contains(bytes[index]) { return false }
        return true
    }
}
