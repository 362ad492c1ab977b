import Basics

/// What may be shown of a max-fd, and of the names in evidence: what their author wrote there, and never what a
/// reference stands for, because that may be a password that somebody put into the wrong place.
///
/// A number is shown wherever it comes from: what uWSGI makes of a text is what a report is about.
enum ShownValue {
    /// Stands for a text that came of an expansion, where the text before it cannot be shown either.
    static let expanded = "(expanded)"

    /// The most digits that a max-fd of use can have.
    private static let mostDigits = 10

    /// What to show of the value of a container's own variable.
    /// - Parameters:
    ///   - text: the value after `$(NAME)` was expanded.
    ///   - written: the same before that.
    static func of(_ text: String, written: String) -> String {
        text == written || isNumber(text) ? text : written
    }

    /// What to show of a value on a command line.
    /// - Parameters:
    ///   - text: the value as uWSGI finds it.
    ///   - entry: the entry of the specification that it came out of.
    ///   - isScript: whether something read that entry as several words.
    static func of(_ text: String, entry: String, isScript: Bool) -> String {
        if isNumber(text) { return text }
        if isScript { return sets(text, in: entry) ? text : expanded }
        if entry == text { return text }
        let value = entry.firstIndex(of: "=").map { entry[entry.index(after: $0)...] } ?? entry[...]
        if value == text { return text }
        // An entry that was split into words is a command line, of which nothing is shown.
        let isOneWord = !entry.utf8.contains { $0 <= 0x20 }
        if isOneWord, value.includes("$(") { return String(value) }
        return sets(text, in: entry) ? text : expanded
    }

    /// What to show of a value that a shell or a wrapper gave to a variable.
    static func of(_ text: String, entries: [[String]]) -> String {
        if isNumber(text) { return text }
        return entries.contains { $0.contains { sets(text, in: $0) } } ? text : expanded
    }

    /// What to show of a value that stands in a file.
    /// - Parameter isReplaced: whether a part of it came of a reference.
    static func of(_ text: String, isReplaced: Bool) -> String {
        !isReplaced || isNumber(text) ? text : expanded
    }

    /// A name out of a command line: whole if its author wrote it there.
    static func name(_ name: some StringProtocol, entry: String?) -> String {
        let name = String(name)
        return entry?.includes(name) ?? false ? name : expanded
    }

    private static func isNumber(_ text: String) -> Bool {
        text.utf8.count <= mostDigits && text.utf8.allSatisfy(\.isDecimalDigit)
    }

    /// Whether a command line says, letter by letter, that max-fd is this text: `--max-fd 4k`,
    /// `UWSGI_MAX_FD="4k"`.
    private static func sets(_ text: String, in line: String) -> Bool {
        let (line, text) = (Array(line.utf8), Array(text.utf8))
        let option = Array("max-fd".utf8)
        var start = 0
        while start + option.count + text.count < line.count {
            defer { start += 1 }
            let name = line[start..<(start + option.count)]
            guard zip(name, option).allSatisfy({ $0 | 0x20 == $1 || $0 == UInt8(ascii: "_") && $1 == 0x2D })
            else { continue }
            let rest = line[(start + option.count)...].drop { isBetween($0) }
            guard rest.startIndex > name.endIndex, rest.starts(with: text) else { continue }
            guard let end = rest.dropFirst(text.count).first, !isEnd(end) else { return true }
        }
        return false
    }

    /// What may stand between an option's name and its value.
    private static func isBetween(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "=") || byte == 0x20 || byte == 0x09 || isQuote(byte)
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte <= 0x20 || isQuote(byte) || [";", "&", "|", ")"].contains(Unicode.Scalar(byte))
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"")
    }
}
