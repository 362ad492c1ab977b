/// Reads a uWSGI command line as uWSGI does: `getopt_long(3)`, which finds options behind operands too and
/// accepts a beginning of a long name that fits no other.
///
/// Source: `uwsgi_setup` and `build_options` in core/uwsgi.c.
enum ServerOptionsReader {
    /// - Parameters:
    ///   - words: what follows the program's own name.
    ///   - keepsAll: whether ``ServerOptions/given`` is asked for.
    static func read(_ words: ArraySlice<Argument>, keepingAll keepsAll: Bool = false) -> ServerOptions {
        var options = ServerOptions()
        options.words = words
        if keepsAll { options.given = [] }
        options.exported.reserveCapacity(words.count)
        var index = words.startIndex
        var onlyOperands = false
        while index < words.endIndex {
            let word = words[index]
            index += 1
            options.stepsTaken += word.text.utf8.count + 1
            if word.isElastic, word.text.utf8.first.map(TextMark.isMark) ?? true {
                options.hasUnknownWords = true
                if word.text.hasUnknown { options.hasUnreadWords = true }
                options.given?.append(GivenOption(kind: .unknown, value: nil, location: word.location))
            } else if onlyOperands || word.text.utf8.first != UInt8(ascii: "-") || word.text.utf8.count == 1 {
                readOperand(word, into: &options)
            } else if word.text == "--" {
                onlyOperands = true
            } else if word.text.begins(with: "--") {
                readLong(word, words, &index, &options)
            } else {
                readLetters(word, words, &index, &options)
            }
        }
        return options
    }

    /// An operand is a configuration file when its name says so, and otherwise an address or nothing to uWSGI.
    private static func readOperand(_ word: Argument, into options: inout ServerOptions) {
        let text = word.text
        options.given?.append(GivenOption(kind: .operand, value: text, location: word.location))
        if !text.isKnown { options.hasUnknownWords = true }
        if isConfigurationFile(text) {
            options.hasConfiguration = true
            options.configurationNames.append(text)
        } else if let first = text.utf8.first, TextMark.isMark(first), text.hasUnknown {
            options.hasUnreadWords = true
        }
    }

    /// Whether uWSGI takes an operand of this name for a configuration file.
    static func isConfigurationFile(_ text: String) -> Bool {
        guard text.hasByte(where: { $0 == UInt8(ascii: ".") }) else { return false }
        return configurationSuffixes.contains { text.ends(with: $0) }
            || text.hasByte { $0 == UInt8(ascii: ":") } && text.includes(".ini:")
    }

    private static let configurationSuffixes = [
        ".ini", ".xml", ".yaml", ".yml", ".json", ".js", ".sqlite", ".sqlite3",
    ]

    private static func readLong(
        _ word: Argument, _ words: ArraySlice<Argument>, _ index: inout Int, _ options: inout ServerOptions
    ) {
        let (name, value) = split(word.text)
        guard name.isKnown else {
            options.hasUnknownWords = true
            options.hasUnreadWords = true
            return
        }
        guard let option = OptionTable.abbreviated(name) else {
            options.hasUnknownOptions = true
            return
        }
        if option.name == name, options.longNames.count < 64 { options.longNames.append(name) }
        if let value {
            options.take(option, value: value, at: word.location)
        } else if option.argument == .required {
            takeValue(of: option, words, &index, &options)
        } else {
            options.take(option, value: nil, at: word.location)
        }
    }

    /// The name and the value of `--name=value`.
    private static func split(_ text: String) -> (name: String, value: String?) {
        let bytes = text.utf8Span.span
        var end = 2
        while end < bytes.count, bytes[end] != UInt8(ascii: "=") { end += 1 }
        func part(_ range: Range<Int>) -> String {
            let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
            return String(text[start..<text.utf8.index(start, offsetBy: range.count)])
        }
        return (part(2..<end), end < bytes.count ? part((end + 1)..<bytes.count) : nil)
    }

    private static func readLetters(
        _ word: Argument, _ words: ArraySlice<Argument>, _ index: inout Int, _ options: inout ServerOptions
    ) {
        var rest = word.text.utf8.dropFirst()
        while let letter = rest.popFirst() {
            guard let option = OptionTable.letter(letter) else {
                if TextMark.isMark(letter) {
                    options.hasUnknownWords = true
                    options.hasUnreadWords = true
                } else {
                    options.hasUnknownOptions = true
                }
                continue
            }
            switch option.argument {
            case .none: options.take(option, value: nil, at: word.location)
            case .optional:
                options.take(option, value: String(Substring(rest)), at: word.location)
                return
            case .required:
                if rest.isEmpty {
                    takeValue(of: option, words, &index, &options)
                } else {
                    options.take(option, value: String(Substring(rest)), at: word.location)
                }
                return
            }
        }
    }

    private static func mayCarryMaxFD(_ text: String) -> Bool {
        text.begins(with: "--max-f") || text.begins(with: "--set")
            || text.begins(with: "-") && text.hasByte { $0 == UInt8(ascii: "S") }
    }

    /// The next word is the option's value, whatever it looks like.
    private static func takeValue(
        of option: UWSGIOption, _ words: ArraySlice<Argument>, _ index: inout Int,
        _ options: inout ServerOptions
    ) {
        guard index < words.endIndex else {
            options.hasUnknownOptions = true
            return
        }
        let word = words[index]
        index += 1
        if word.text.begins(with: "--") { options.hasOddValues = true }
        // `--processes $N --max-fd 4096`: if there is nothing in `$N`, the option behind it is the value.
        if word.mayBeAnything, word.text != TextMark.unknownButSet, index < words.endIndex,
            mayCarryMaxFD(words[index].text)
        {
            options.hasUnknownWords = true
            options.hasUnreadWords = true
        }
        options.take(option, value: word.text, at: word.location)
    }
}
