import UWSGI

/// Foreign text made fit to be shown inside a message: one line, printable, of bounded length.
enum Excerpt {
    /// - Parameters:
    ///   - text: anything.
    ///   - limit: the most bytes of UTF-8 that the result may have, at least 3.
    static func of(_ text: String, limit: Int) -> String {
        if text.utf8.count <= limit, text.isPrintableASCII { return text }
        var result = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars {
            let shown = scalar.isPrintable ? scalar : "\u{FFFD}"
            length += UTF8.width(shown)
            if length > limit { return cut(result, limit: limit) }
            result.append(shown)
        }
        return String(result)
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
