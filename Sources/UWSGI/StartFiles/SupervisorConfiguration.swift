/// supervisord's configuration: ini files as Python's `configparser` reads them.
///
/// Source: supervisor/options.py, and its manual, "Configuration File".
struct SupervisorConfiguration {
    struct Section {
        var name: String
        /// The keys of a section are distinguished without regard to case.
        var values: [String: String] = [:]
        var line: Int
    }

    /// Where supervisord looks when no file is named; it tries the working directory first.
    static let usualPaths = [
        "supervisord.conf", "etc/supervisord.conf", "/etc/supervisord.conf",
        "/etc/supervisor/supervisord.conf",
    ]

    private(set) var sections: [Section] = []

    init(_ text: String) {
        var key: String?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = Self.withoutComment(line)
            while line.last?.isWhitespace ?? false { line.removeLast() }
            guard let first = line.first else { continue }
            if first == "[" {
                let name = line.dropFirst().prefix { $0 != "]" }
                sections.append(Section(name: String(name), line: index + 1))
                key = nil
            } else if first == " " || first == "\t" {
                guard let key, !sections.isEmpty else { continue }
                sections[sections.count - 1].values[key, default: ""] +=
                    "\n" + line.drop(while: \.isWhitespace)
            } else if let sign = line.firstIndex(where: { $0 == "=" || $0 == ":" }), !sections.isEmpty {
                var name = line[..<sign]
                while name.last?.isWhitespace ?? false { name.removeLast() }
                key = name.lowercased()
                sections[sections.count - 1].values[name.lowercased()] = String(
                    line[line.index(after: sign)...].drop(while: \.isWhitespace))
            }
        }
    }

    /// A comment stands at a line's beginning, or behind a blank and a semicolon.
    private static func withoutComment(_ line: Substring) -> Substring {
        if line.first == "#" || line.first == ";" { return "" }
        guard let comment = line.firstRange(of: " ;") else { return line }
        return line[..<comment.lowerBound]
    }

    /// The patterns of `[include] files`.
    var included: [String] {
        sections.filter { $0.name == "include" }.flatMap { section in
            (section.values["files"] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        }
    }

    /// Programs, and what runs like them.
    var programs: [Section] {
        sections.filter { section in
            ["program:", "fcgi-program:", "eventlistener:"].contains { section.name.hasPrefix($0) }
        }
    }

    /// `KEY="value",KEY2=value`
    static func variables(_ text: String) -> [(name: String, value: String)] {
        var parts: [String] = [""]
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            }
            if character == ",", quote == nil {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.compactMap { part in
            guard let (name, value) = ServerOptions.setting(part) else { return nil }
            let words = StringSplitting.split(value)
            return (name.filter { !$0.isWhitespace }, words.joined(separator: " "))
        }
    }

    /// The longest text that comes of an expansion, in bytes: a value may be long, and be asked for often.
    private static let longestExpansion = 64 << 10

    /// Replaces `%(NAME)s`, and `%%` by one sign; what is not known becomes a mark, as does the rest of what is too long.
    static func expand(_ text: String, _ value: (Substring) -> String?) -> String {
        var result = ""
        var rest = text[...]
        while let sign = rest.firstIndex(of: "%") {
            result += rest[..<sign]
            rest = rest[rest.index(after: sign)...]
            if rest.first == "%" {
                result += "%"
                rest = rest.dropFirst()
            } else if rest.first == "(", let close = rest.firstIndex(of: ")") {
                result += value(rest[rest.index(after: rest.startIndex)..<close]) ?? TextMark.unknown
                guard result.utf8.count <= longestExpansion else { return result + TextMark.unknown }
                // The letter of the conversion: `s`, or `02d`.
                rest = rest[rest.index(after: close)...].drop { $0.isNumber }.dropFirst()
            } else {
                result += "%"
            }
        }
        return result + rest
    }
}
