/// The parts of a word, as they are read.
struct WordBuilder {
    var parts: [ShellWord.Part] = []
    /// Whether the parser's literal belongs to the word: it may be an empty pair of quotes.
    var hasLiteral = false
    var literalIsQuoted = false
}

/// Words, quotes and escapes: POSIX.1-2024, Shell Command Language, 2.2.
extension ShellParser {
    /// Where a word ends.
    enum WordEnd {
        /// At a blank or an operator.
        case delimiter
        /// Like a delimiter, but parentheses and `|` belong to the word: behind `=~`.
        case regex
        /// At the brace that closes `${`.
        case brace
        /// There or at a slash: the pattern of `${x/pattern/…}`.
        case slash
        /// There or at a colon: the offset of `${x:offset:…}`, which is arithmetic.
        case colon
        /// At the bracket that closes a subscript or `$[`.
        case bracket
        /// At the parenthesis that closes `((`.
        case parentheses
        /// At the end of the script: a here-document's text.
        case text
    }

    /// What of a word's end depends on the bytes before.
    private struct Nesting {
        var parentheses = 0
        var questions = 0
    }

    /// Reads one word, which has no parts when none begins here.
    /// - Parameter isQuoted: whether it stands in double quotes, or is read as if it did.
    mutating func parseWord(until end: WordEnd, isQuoted: Bool = false) throws(ShellError) -> ShellWord {
        let start = scanner.index
        var word = WordBuilder()
        var nesting = Nesting()
        while let byte = scanner.peek() {
            if byte == UInt8(ascii: "("), end == .delimiter, isAtExtendedGlob(word) {
                try readExtendedGlob(&word)
                continue
            }
            if !isQuoted, isAtProcessSubstitution, end != .regex {
                try readProcessSubstitution(&word)
                continue
            }
            if ends(end, at: byte, &nesting) { break }
            switch byte {
            case UInt8(ascii: "'") where !isQuoted: try readSingleQuotes(&word)
            case UInt8(ascii: "\"") where end != .text && !(end == .parentheses && dialect == .posix):
                try readDoubleQuotes(&word)
            case UInt8(ascii: "\\"): readEscape(&word, isQuoted: isQuoted, end: end)
            case UInt8(ascii: "$") where isAtExpansion(isQuoted: isQuoted):
                try readDollar(&word, isQuoted: isQuoted)
            case UInt8(ascii: "`"): try readBackquotes(&word, isQuoted: isQuoted, escapesQuotes: end != .text)
            default:
                append(byte, to: &word, isQuoted: isQuoted)
                scanner.advance()
                if end == .delimiter || end == .text { appendOrdinary() }
            }
        }
        flush(&word)
        tokenEnd = scanner.index
        return ShellWord(parts: word.parts, source: scanner.bytes[start..<max(start, scanner.index)])
    }

    private func ends(_ end: WordEnd, at byte: UInt8, _ nesting: inout Nesting) -> Bool {
        switch end {
        case .delimiter: return byte.endsShellWord
        case .regex:
            if byte == UInt8(ascii: "(") { nesting.parentheses += 1 }
            if nesting.parentheses == 0 { return byte.endsShellWord && byte != UInt8(ascii: "|") }
            if byte == UInt8(ascii: ")") { nesting.parentheses -= 1 }
            return false
        case .brace: return byte == UInt8(ascii: "}")
        case .slash: return byte == UInt8(ascii: "}") || byte == UInt8(ascii: "/")
        case .colon:
            if byte == UInt8(ascii: "}") { return true }
            if byte == UInt8(ascii: "(") { nesting.parentheses += 1 }
            if byte == UInt8(ascii: ")") { nesting.parentheses -= 1 }
            if byte == UInt8(ascii: "?") { nesting.questions += 1 }
            guard byte == UInt8(ascii: ":"), nesting.parentheses <= 0 else { return false }
            nesting.questions -= 1
            return nesting.questions < 0
        case .bracket, .parentheses:
            let isBracket = end == .bracket
            if byte == UInt8(ascii: isBracket ? "[" : "(") { nesting.parentheses += 1 }
            guard byte == UInt8(ascii: isBracket ? "]" : ")") else { return false }
            nesting.parentheses -= 1
            return nesting.parentheses < 0
        case .text: return false
        }
    }

    // MARK: Building

    mutating func append(_ byte: UInt8, to word: inout WordBuilder, isQuoted: Bool) {
        beginLiteral(&word, isQuoted: isQuoted)
        literal.append(byte)
    }

    /// Takes what follows of the literal up to a byte that may mean something.
    private mutating func appendOrdinary() {
        let start = scanner.index
        var end = start
        while end < scanner.bytes.count, !scanner.bytes[end].mayBeSpecialInShellWord { end += 1 }
        guard end > start else { return }
        literal += scanner.bytes[start..<end]
        scanner.advance(by: end - start)
    }

    /// Goes on with the literal, or begins another one: even an empty pair of quotes makes a word.
    mutating func beginLiteral(_ word: inout WordBuilder, isQuoted: Bool) {
        if word.hasLiteral {
            if word.literalIsQuoted == isQuoted { return }
            flush(&word)
        }
        word.hasLiteral = true
        word.literalIsQuoted = isQuoted
    }

    /// Ends the literal; to be called before anything else is read that may hold words.
    mutating func flush(_ word: inout WordBuilder) {
        guard word.hasLiteral else { return }
        word.hasLiteral = false
        if let text = Self.text(of: literal) {
            word.parts.append(.literal(text, isQuoted: word.literalIsQuoted))
        } else {
            word.parts.append(.unread(source: literal[...], isQuoted: word.literalIsQuoted))
        }
        literal.removeAll(keepingCapacity: true)
    }

    /// Bytes as text, unless they are not UTF-8, or hold NUL, which shells leave out or end at.
    static func text(of bytes: some Collection<UInt8>) -> String? {
        // Most are ASCII, which needs no validation.
        if bytes.allSatisfy({ $0 < 0x80 && $0 != 0 }) { return String(decoding: bytes, as: UTF8.self) }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }

    // MARK: Quotes

    private mutating func readSingleQuotes(_ word: inout WordBuilder) throws(ShellError) {
        scanner.advance()
        beginLiteral(&word, isQuoted: true)
        while let byte = scanner.raw {
            scanner.advance()
            if byte == UInt8(ascii: "'") { return }
            literal.append(byte)
        }
        throw .malformed
    }

    private mutating func readDoubleQuotes(_ word: inout WordBuilder) throws(ShellError) {
        scanner.advance()
        // Without this, `"$x"` would get an empty literal too.
        if scanner.peek() == UInt8(ascii: "\"") { beginLiteral(&word, isQuoted: true) }
        while let byte = scanner.peek() {
            switch byte {
            case UInt8(ascii: "\""):
                scanner.advance()
                return
            case UInt8(ascii: "\\"): readEscape(&word, isQuoted: true, end: .delimiter)
            case UInt8(ascii: "$") where isAtExpansion(isQuoted: true): try readDollar(&word, isQuoted: true)
            case UInt8(ascii: "`"): try readBackquotes(&word, isQuoted: true, escapesQuotes: true)
            default:
                append(byte, to: &word, isQuoted: true)
                scanner.advance()
                appendOrdinary()
            }
        }
        throw .malformed
    }

    /// Takes a backslash and the character that it quotes.
    ///
    /// In double quotes it quotes only what is special there, and otherwise stands for itself.
    private mutating func readEscape(_ word: inout WordBuilder, isQuoted: Bool, end: WordEnd) {
        scanner.advance()
        guard let byte = scanner.raw else {
            append(UInt8(ascii: "\\"), to: &word, isQuoted: true)
            return
        }
        if isQuoted {
            let isSpecial =
                switch byte {
                case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\\"): true
                case UInt8(ascii: "\""): end != .text
                case UInt8(ascii: "}"): end == .brace
                default: false
                }
            if !isSpecial { append(UInt8(ascii: "\\"), to: &word, isQuoted: true) }
        }
        append(byte, to: &word, isQuoted: true)
        scanner.advance()
        guard byte >= 0x80 else { return }
        // The other bytes of the same character.
        while let next = scanner.raw, next & 0xC0 == 0x80 {
            append(next, to: &word, isQuoted: true)
            scanner.advance()
        }
    }

    // MARK: Extended globs

    /// Whether the parenthesis that comes next makes the characters before it an extended glob, as in `@(a|b)`.
    private func isAtExtendedGlob(_ word: WordBuilder) -> Bool {
        guard dialect == .bash, word.hasLiteral, !word.literalIsQuoted, let sign = literal.last,
            scanner.peekSecond() != UInt8(ascii: ")")
        else { return false }
        switch sign {
        case UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "!"):
            return true
        default: return false
        }
    }

    /// Skips an extended glob, whose sign is the last of the literal.
    private mutating func readExtendedGlob(_ word: inout WordBuilder) throws(ShellError) {
        var source = [literal.removeLast()]
        if literal.isEmpty { word.hasLiteral = false }
        flush(&word)
        let start = scanner.index
        var open = 0
        var quote: UInt8?
        repeat {
            guard let byte = scanner.raw else { throw .malformed }
            scanner.advance()
            switch byte {
            case UInt8(ascii: "\\") where quote != UInt8(ascii: "'"): scanner.advance()
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                if quote == nil { quote = byte } else if quote == byte { quote = nil }
            case UInt8(ascii: "(") where quote == nil: open += 1
            case UInt8(ascii: ")") where quote == nil: open -= 1
            default: break
            }
        } while open > 0
        guard !scanner.isAtEnd || scanner.index == scanner.bytes.count else { throw .malformed }
        source += scanner.bytes[start..<scanner.index]
        word.parts.append(.unread(source: source[...], isQuoted: false))
    }
}
