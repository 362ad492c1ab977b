/// uWSGI's reading of ini files.
///
/// One line is one option, up to its first `=`; there is no continuation, no quoting and no comment behind a value.
/// Options before the first section belong to a section without a name. Source: core/ini.c.
enum INIConfiguration {
    static func read(_ text: MagicText, section asked: ConfigurationText) -> ParsedConfiguration {
        var result = ParsedConfiguration()
        var isAsked: Bool? = asked.isEmpty
        for (index, line) in text.lines.enumerated() {
            let bytes = stripped(line.bytes)
            guard let first = bytes.first else { continue }
            switch first {
            case UInt8(ascii: "["):
                // The last character is dropped, whatever it is.
                let name = Array(bytes.dropFirst().dropLast())
                isAsked = name.isKnownText ? name == asked : nil
            case UInt8(ascii: ";"), UInt8(ascii: "#"): break
            default:
                guard isAsked != false else { break }
                var option = option(bytes, line: line.number)
                if isAsked == nil { option.certainty = .possible }
                if text.endsInPercent, index == text.lines.count - 1 { option.value += .unknown }
                result.options.append(option)
            }
        }
        return result
    }

    private static func option(_ line: ConfigurationText, line number: Int) -> ParsedConfiguration.Option {
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
            return ParsedConfiguration.Option(name: line, value: [], line: number)
        }
        return ParsedConfiguration.Option(
            name: stripped(Array(line[..<equals]), left: false),
            value: stripped(Array(line[(equals + 1)...])), line: number)
    }

    /// Without the blanks around it.
    private static func stripped(_ bytes: ConfigurationText, left: Bool = true) -> ConfigurationText {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var rest = bytes[...]
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        while left, let first = rest.first, isBlank(first) { rest.removeFirst() }
        return Array(rest)
    }
}
