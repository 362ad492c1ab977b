/// Reads the words of a shell script: quotes, escapes and expansions.
struct ShellWordReader {
    /// Where a word ends.
    enum End {
        /// At a blank or an operator.
        case delimiter
        /// At the brace that closes `${`.
        case brace
    }

    private var word = ShellWord()
    private var literal: [UInt8] = []
    private var literalIsQuoted = false

    /// Reads one word, which may be empty when none begins here.
    static func read(_ parser: inout ShellParser, until end: End, isQuoted: Bool = false) throws -> ShellWord
    {
        var reader = ShellWordReader()
        try reader.run(&parser, until: end, isQuoted: isQuoted)
        reader.flush()
        return reader.word
    }

    private mutating func append(_ byte: UInt8, isQuoted: Bool) {
        if literalIsQuoted != isQuoted { flush() }
        literalIsQuoted = isQuoted
        literal.append(byte)
    }

    private mutating func append(_ part: ShellWord.Part) {
        flush()
        word.parts.append(part)
    }

    private mutating func flush() {
        guard !literal.isEmpty else { return }
        word.parts.append(.literal(String(decoding: literal, as: UTF8.self), isQuoted: literalIsQuoted))
        literal = []
    }

    private mutating func run(_ parser: inout ShellParser, until end: End, isQuoted: Bool) throws {
        while let byte = parser.scanner.peek() {
            switch end {
            case .delimiter where ShellScanner.endsWord(byte):
                if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">"), word.parts.isEmpty,
                    literal.isEmpty,
                    parser.scanner.peekSecond() == UInt8(ascii: "(")
                {
                    try readProcessSubstitution(&parser)
                    continue
                }
                return
            case .brace where byte == UInt8(ascii: "}"): return
            default: break
            }
            switch byte {
            case UInt8(ascii: "'") where !isQuoted: try readSingleQuotes(&parser)
            case UInt8(ascii: "\""): try readDoubleQuotes(&parser)
            case UInt8(ascii: "\\"): readEscape(&parser, isQuoted: isQuoted)
            case UInt8(ascii: "$"): try readDollar(&parser, isQuoted: isQuoted)
            case UInt8(ascii: "`"): try readBackquotes(&parser, isQuoted: isQuoted)
            default:
                append(byte, isQuoted: isQuoted)
                parser.scanner.advance()
            }
        }
        if end == .brace { throw parser.scanner.malformed() }
    }

    private mutating func readEscape(_ parser: inout ShellParser, isQuoted: Bool) {
        parser.scanner.advance()
        guard parser.scanner.index < parser.scanner.bytes.count else {
            append(UInt8(ascii: "\\"), isQuoted: true)
            return
        }
        let byte = parser.scanner.bytes[parser.scanner.index]
        parser.scanner.advance()
        let special: [UInt8] = [0x24, 0x60, 0x22, 0x5C, 0x7D]  // $ ` " \ }
        if isQuoted, !special.contains(byte) { append(UInt8(ascii: "\\"), isQuoted: true) }
        append(byte, isQuoted: true)
    }

    private mutating func readSingleQuotes(_ parser: inout ShellParser) throws {
        let bytes = parser.scanner.bytes
        let start = parser.scanner.index + 1
        guard start <= bytes.count, let end = bytes[start...].firstIndex(of: UInt8(ascii: "'")) else {
            throw parser.scanner.malformed()
        }
        append(.literal(String(decoding: bytes[start..<end], as: UTF8.self), isQuoted: true))
        parser.scanner.index = end + 1
    }

    private mutating func readDoubleQuotes(_ parser: inout ShellParser) throws {
        parser.scanner.advance()
        // Even an empty pair makes a word.
        append(.literal("", isQuoted: true))
        while let byte = parser.scanner.peek() {
            switch byte {
            case UInt8(ascii: "\""):
                parser.scanner.advance()
                return
            case UInt8(ascii: "\\"): readQuotedEscape(&parser)
            case UInt8(ascii: "$"): try readDollar(&parser, isQuoted: true)
            case UInt8(ascii: "`"): try readBackquotes(&parser, isQuoted: true)
            default:
                append(byte, isQuoted: true)
                parser.scanner.advance()
            }
        }
        throw parser.scanner.malformed()
    }

    /// Inside double quotes a backslash escapes only what is special there.
    private mutating func readQuotedEscape(_ parser: inout ShellParser) {
        parser.scanner.advance()
        // The byte itself: an escaped backslash before a newline is no line continuation.
        guard parser.scanner.index < parser.scanner.bytes.count else { return }
        let byte = parser.scanner.bytes[parser.scanner.index]
        switch byte {
        case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\"): break
        default: append(UInt8(ascii: "\\"), isQuoted: true)
        }
        append(byte, isQuoted: true)
        parser.scanner.advance()
    }

    // MARK: Expansions

    private mutating func readDollar(_ parser: inout ShellParser, isQuoted: Bool) throws {
        let start = parser.scanner.index
        parser.scanner.advance()
        guard let byte = parser.scanner.peek() else {
            append(UInt8(ascii: "$"), isQuoted: isQuoted)
            return
        }
        switch byte {
        case UInt8(ascii: "{"):
            parser.scanner.advance()
            append(.parameter(try readBraces(&parser, isQuoted: isQuoted), isQuoted: isQuoted))
        case UInt8(ascii: "("):
            parser.scanner.advance()
            if parser.scanner.peek() == UInt8(ascii: "("), try parser.skipArithmetic(from: start + 3) {
                append(.unknown(isQuoted: isQuoted))
            } else {
                let list = try parser.parseNestedList()
                append(.command(list, isQuoted: isQuoted))
            }
        case UInt8(ascii: "'") where !isQuoted && parser.scanner.knowsDollarQuotes:
            try readANSIQuotes(&parser)
        case UInt8(ascii: "\"") where !isQuoted && parser.scanner.knowsDollarQuotes:
            break
        case UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "$"),
            UInt8(ascii: "!"), UInt8(ascii: "-"):
            parser.scanner.advance()
            append(
                .parameter(ShellParameter(name: String(UnicodeScalar(byte))), isQuoted: isQuoted))
        case _ where ShellScanner.isDigit(byte):
            parser.scanner.advance()
            append(
                .parameter(ShellParameter(name: String(UnicodeScalar(byte))), isQuoted: isQuoted))
        case _ where ShellScanner.isNameStart(byte):
            append(.parameter(ShellParameter(name: parser.scanner.takeName()), isQuoted: isQuoted))
        default: append(UInt8(ascii: "$"), isQuoted: isQuoted)
        }
    }

    /// What stands between `${` and `}`.
    private mutating func readBraces(_ parser: inout ShellParser, isQuoted: Bool) throws -> ShellParameter {
        try parser.scanner.descend()
        defer { parser.scanner.ascend() }
        var parameter = ShellParameter(name: "")
        guard let first = parser.scanner.peek() else { throw parser.scanner.malformed() }
        if first == UInt8(ascii: "#") || first == UInt8(ascii: "!"),
            parser.scanner.peekSecond() != UInt8(ascii: "}")
        {
            parameter.operation = .transform
        } else if ShellScanner.isName(first) {
            parameter.name = parser.scanner.takeName()
        } else {
            parameter.name = String(UnicodeScalar(first))
            parser.scanner.advance()
        }
        if parser.scanner.take(UInt8(ascii: "}")) { return parameter }
        let alsoIfEmpty = parser.scanner.take(UInt8(ascii: ":"))
        guard let sign = parser.scanner.peek() else { throw parser.scanner.malformed() }
        if [UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "?")].contains(sign),
            parameter.operation.isPlain
        {
            parser.scanner.advance()
            let operand = try ShellWordReader.read(&parser, until: .brace, isQuoted: isQuoted)
            switch sign {
            case UInt8(ascii: "-"): parameter.operation = .useDefault(operand, alsoIfEmpty: alsoIfEmpty)
            case UInt8(ascii: "="): parameter.operation = .assignDefault(operand, alsoIfEmpty: alsoIfEmpty)
            case UInt8(ascii: "+"): parameter.operation = .useAlternative(operand, alsoIfEmpty: alsoIfEmpty)
            default: parameter.operation = .require
            }
        } else {
            parameter.operation = .transform
            _ = try ShellWordReader.read(&parser, until: .brace, isQuoted: isQuoted)
        }
        guard parser.scanner.take(UInt8(ascii: "}")) else { throw parser.scanner.malformed() }
        return parameter
    }

    /// `$'…'`, with the escapes of C.
    private mutating func readANSIQuotes(_ parser: inout ShellParser) throws {
        parser.scanner.advance()
        let bytes = parser.scanner.bytes
        append(.literal("", isQuoted: true))
        while parser.scanner.index < bytes.count {
            let byte = bytes[parser.scanner.index]
            parser.scanner.advance()
            if byte == UInt8(ascii: "'") { return }
            guard byte == UInt8(ascii: "\\"), parser.scanner.index < bytes.count else {
                append(byte, isQuoted: true)
                continue
            }
            let escaped = bytes[parser.scanner.index]
            parser.scanner.advance()
            switch escaped {
            case UInt8(ascii: "n"): append(0x0A, isQuoted: true)
            case UInt8(ascii: "t"): append(0x09, isQuoted: true)
            case UInt8(ascii: "r"): append(0x0D, isQuoted: true)
            case UInt8(ascii: "x"): readCode(&parser, radix: 16, most: 2)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                parser.scanner.index -= 1
                readCode(&parser, radix: 8, most: 3)
            case UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "f"),
                UInt8(ascii: "v"),
                UInt8(ascii: "c"), UInt8(ascii: "u"), UInt8(ascii: "U"):
                append(.unknown(isQuoted: true))
            default: append(escaped, isQuoted: true)
            }
        }
        throw parser.scanner.malformed()
    }

    /// A byte by its octal or hexadecimal code.
    private mutating func readCode(_ parser: inout ShellParser, radix: Int, most: Int) {
        var value = 0
        var count = 0
        while count < most, parser.scanner.index < parser.scanner.bytes.count,
            let digit = Character(UnicodeScalar(parser.scanner.bytes[parser.scanner.index])).hexDigitValue,
            digit < radix
        {
            value = value * radix + digit
            count += 1
            parser.scanner.advance()
        }
        append(UInt8(truncatingIfNeeded: value), isQuoted: true)
    }

    /// Backquotes: their text is a script of its own once its backslashes are taken out.
    private mutating func readBackquotes(_ parser: inout ShellParser, isQuoted: Bool) throws {
        try parser.scanner.descend()
        defer { parser.scanner.ascend() }
        parser.scanner.advance()
        var text: [UInt8] = []
        let bytes = parser.scanner.bytes
        while parser.scanner.index < bytes.count {
            let byte = bytes[parser.scanner.index]
            parser.scanner.advance()
            if byte == UInt8(ascii: "`") {
                append(.command(parser.parseBackquoted(text), isQuoted: isQuoted))
                return
            }
            if byte == UInt8(ascii: "\\"), parser.scanner.index < bytes.count {
                let escaped = bytes[parser.scanner.index]
                parser.scanner.advance()
                let special: [UInt8] = isQuoted ? [0x24, 0x60, 0x5C, 0x22] : [0x24, 0x60, 0x5C]
                if !special.contains(escaped) { text.append(byte) }
                text.append(escaped)
            } else {
                text.append(byte)
            }
        }
        throw parser.scanner.malformed()
    }

    private mutating func readProcessSubstitution(_ parser: inout ShellParser) throws {
        parser.scanner.advance()
        parser.scanner.advance()
        _ = try parser.parseNestedList()
        append(.unknown(isQuoted: true))
    }
}

extension ShellParameter.Operation {
    var isPlain: Bool {
        if case .plain = self { return true }
        return false
    }
}
