/// `uwsgi_apply_config_pass` in core/utils.c, once for each kind of reference.
extension ConfigurationReader {
    private enum Replacement {
        case text(ConfigurationText)
        /// The reference stays as it is written.
        case none
    }

    mutating func replaceReferences() {
        for symbol in "$@%".utf8 {
            for index in list.entries.indices where !hasEnded {
                let entry = list.entries[index]
                guard !entry.isConfigured, let value = entry.value, value.contains(symbol) else { continue }
                isCertain = entry.certainty == .certain
                list.setValue(replaced(value, symbol, entry.origin), at: index)
                isCertain = true
            }
        }
    }

    /// uWSGI begins again behind the first character whenever it has replaced something, so that what came in is looked
    /// at as well.
    private mutating func replaced(
        _ text: ConfigurationText, _ symbol: UInt8, _ origin: OptionOrigin
    ) -> ConfigurationText {
        var text = text
        var scan = ReferenceScan(symbol: symbol)
        var index = 0
        while index < text.count {
            guard let key = scan.take(text[index], at: index) else {
                index += 1
                continue
            }
            guard !hasEnded, budget.spend(bytes: text.count + 16) else { return .unknown }
            if case .text(let value) = replacement(Array(text[key]), symbol, origin) {
                text.replaceSubrange(key.lowerBound - 2...key.upperBound, with: value)
                index = 0
            }
            index += 1
        }
        return text
    }

    private mutating func replacement(
        _ key: ConfigurationText, _ symbol: UInt8, _ origin: OptionOrigin
    ) -> Replacement {
        guard key.isKnownText else { return .text(.unknown) }
        switch symbol {
        case UInt8(ascii: "$"):
            return replacement(variable(key))
        case UInt8(ascii: "@"):
            return .text(fileText(key, origin))
        default:
            guard key.contains(0x20) else { return replacement(list.first(key)) }
            return PlaceholderExpression.value(key, list).map(Replacement.text) ?? .none
        }
    }

    private func replacement(_ lookup: OptionList.Lookup) -> Replacement {
        switch lookup {
        case .value(let text): .text(text)
        case .absent: .none
        case .unknown: .text(.unknown)
        }
    }

    /// A file's text without the line feed at its end: `uwsgi_at_file_read` in core/uwsgi.c.
    private mutating func fileText(_ path: ConfigurationText, _ origin: OptionOrigin) -> ConfigurationText {
        guard path != ConfigurationText("-"), !path.string.contains("://") else {
            noteUnread(path.string)
            return .unknown
        }
        switch look(path) {
        case .bytes(var bytes):
            guard budget.spend(bytes: bytes.count) else { return .unknown }
            if bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
            return Array(bytes.prefix { $0 != 0 })
        case .absent: fail("there is no file \(path.string)", origin)
        case .folder, .unknown: break
        }
        return .unknown
    }
}

/// Finds references in a text, character by character. A symbol begins one wherever it stands, in another too.
private struct ReferenceScan {
    let symbol: UInt8
    private var isAfterSymbol = false
    /// Where the text between the parentheses begins.
    private var start: Int?
    private var depth = 0

    init(symbol: UInt8) { self.symbol = symbol }

    /// - Returns: where the text between a reference's parentheses is, when this character ends it.
    mutating func take(_ byte: UInt8, at index: Int) -> Range<Int>? {
        if byte == symbol {
            isAfterSymbol = true
            start = nil
        } else if isAfterSymbol {
            isAfterSymbol = false
            if byte == UInt8(ascii: "(") {
                start = index + 1
                depth = 0
            }
        } else if let start {
            if byte == UInt8(ascii: "(") {
                depth += 1
            } else if byte == UInt8(ascii: ")") {
                guard depth == 0 else {
                    depth -= 1
                    return nil
                }
                self.start = nil
                // Empty parentheses are not a reference.
                return start < index ? start..<index : nil
            }
        }
        return nil
    }
}
