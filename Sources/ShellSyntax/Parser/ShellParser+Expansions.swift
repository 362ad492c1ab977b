import Basics

/// Commands that were read from backquotes, and where these end.
struct BackquotedCommands {
    var list: ShellList?
    var end: Int
}

/// Substitutions: POSIX.1-2024, Shell Command Language, 2.6; for `<(…)` and `$[…]`, the manual of bash, 3.5.
extension ShellParser {
    /// Whether the dollar sign that comes next begins an expansion or bash's quotes.
    func isAtExpansion(isQuoted: Bool) -> Bool {
        guard let byte = scanner.peekSecond() else { return false }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "("): return true
        case UInt8(ascii: "["): return dialect == .bash
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return !isQuoted
        default: return byte.isIdentifierByte || byte.isSpecialParameter
        }
    }

    /// Whether `<(` or `>(` comes next.
    var isAtProcessSubstitution: Bool {
        guard dialect == .bash, let byte = scanner.raw, byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
        else {
            return false
        }
        return scanner.peekSecond() == UInt8(ascii: "(")
    }

    /// Reads what ``isAtExpansion(isQuoted:)`` has seen.
    mutating func readDollar(_ word: inout WordBuilder, isQuoted: Bool) throws(ShellError) {
        let start = scanner.index
        scanner.advance()
        guard let byte = scanner.peek() else { return }
        switch byte {
        case UInt8(ascii: "'"):
            try readDollarSingleQuotes(&word, from: start)
            return
        case UInt8(ascii: "\""):
            // bash drops the sign, dash keeps it; the quotes are read next.
            if dialect == .bash { return }
            flush(&word)
            word.parts.append(.unread(source: scanner.bytes[start..<scanner.index], isQuoted: true))
            return
        default: flush(&word)
        }
        switch byte {
        case UInt8(ascii: "{"):
            scanner.advance()
            let parameter = try parseBraces(from: start, isQuoted: isQuoted)
            word.parts.append(.parameter(parameter, isQuoted: isQuoted))
        case UInt8(ascii: "("):
            scanner.advance()
            word.parts.append(try parseSubstitution(from: start, isQuoted: isQuoted))
        case UInt8(ascii: "["):
            scanner.advance()
            try descend()
            let expression = try parseWord(until: .bracket, isQuoted: true)
            guard scanner.take(UInt8(ascii: "]")) else { throw .malformed }
            ascend()
            word.parts.append(.arithmetic(expression, isQuoted: isQuoted))
        default:
            let name: String
            if byte.startsShellName {
                name = scanner.takeName()
            } else {
                name = String(UnicodeScalar(byte))
                scanner.advance()
            }
            let parameter = ShellParameter(name: name, source: scanner.bytes[start..<scanner.index])
            word.parts.append(.parameter(parameter, isQuoted: isQuoted))
        }
    }

    // MARK: Commands and arithmetic

    /// Reads `$(…)` and `$((…))` from behind the first parenthesis.
    private mutating func parseSubstitution(
        from start: Int, isQuoted: Bool
    ) throws(ShellError) -> ShellWord.Part {
        if scanner.peek() == UInt8(ascii: "(") {
            if let expression = try parseArithmetic() { return .arithmetic(expression, isQuoted: isQuoted) }
            // bash takes them for commands then, which dash and busybox refuse.
            guard dialect == .bash else { throw .malformed }
        }
        let list = try parseNestedList()
        return .command(list, source: scanner.bytes[start..<scanner.index], isQuoted: isQuoted)
    }

    /// Reads commands up to their closing parenthesis, which is taken.
    private mutating func parseNestedList() throws(ShellError) -> ShellList {
        // A newline among them begins only their own here-documents.
        let outerDocuments = pendingDocuments
        pendingDocuments = []
        let list = try parseList(mayBeEmpty: true)
        guard scanner.take(UInt8(ascii: ")")) else { throw .malformed }
        // dash takes them for empty, bash for what follows the line.
        guard pendingDocuments.isEmpty else { throw .malformed }
        pendingDocuments = outerDocuments
        return list
    }

    /// Reads an expression up to its `))`, from its second parenthesis on.
    /// - Returns: `nil` if the parentheses do not close together: then they are those of commands.
    mutating func parseArithmetic() throws(ShellError) -> ShellWord? {
        let start = scanner.index
        // Trying once keeps the work in proportion to the depth.
        if notArithmetic.contains(start) { return nil }
        try descend()
        let outerDocuments = pendingDocuments
        let outerDepth = depth
        scanner.advance()
        do throws(ShellError) {
            let expression = try parseWord(until: .parentheses, isQuoted: true)
            if scanner.take(UInt8(ascii: ")"), UInt8(ascii: ")")) {
                ascend()
                tokenEnd = scanner.index
                return expression
            }
        } catch {
            guard error == .malformed else { throw error }
            literal.removeAll(keepingCapacity: true)
        }
        depth = outerDepth - 1
        pendingDocuments = outerDocuments
        notArithmetic.insert(start)
        scanner.index = start
        return nil
    }

    /// Reads `<(…)` or `>(…)`.
    mutating func readProcessSubstitution(_ word: inout WordBuilder) throws(ShellError) {
        flush(&word)
        let start = scanner.index
        scanner.advance()
        _ = scanner.peek()
        scanner.advance()
        let list = try parseNestedList()
        word.parts.append(.process(list, source: scanner.bytes[start..<scanner.index]))
    }

    // MARK: Backquotes

    /// Reads backquotes: their text is a script of its own once its backslashes are taken out.
    /// - Parameter escapesQuotes: whether a backslash quotes double quotes too, where it stands in some.
    mutating func readBackquotes(
        _ word: inout WordBuilder, isQuoted: Bool, escapesQuotes: Bool
    ) throws(ShellError) {
        flush(&word)
        let start = scanner.index
        let commands: BackquotedCommands
        if let known = backquoted[start] {
            commands = known
        } else {
            let text = try takeBackquoted(escapesQuotes: isQuoted && escapesQuotes)
            commands = BackquotedCommands(list: try parseBackquoted(text), end: scanner.index)
            // A line with here-documents is read twice.
            backquoted[start] = commands
        }
        scanner.index = commands.end
        let source = scanner.bytes[start..<commands.end]
        word.parts.append(.command(commands.list, source: source, isQuoted: isQuoted))
    }

    private mutating func takeBackquoted(escapesQuotes: Bool) throws(ShellError) -> [UInt8] {
        scanner.advance()
        var text: [UInt8] = []
        while let byte = scanner.raw {
            scanner.advance()
            if byte == UInt8(ascii: "`") { return text }
            guard byte == UInt8(ascii: "\\"), let escaped = scanner.raw else {
                text.append(byte)
                continue
            }
            scanner.advance()
            switch escaped {
            case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\\"): break
            case UInt8(ascii: "\"") where escapesQuotes: break
            default: text.append(byte)
            }
            text.append(escaped)
        }
        throw .malformed
    }

    /// The commands of a backquoted text, or `nil` when they cannot be read: bash reads them when it runs them,
    /// the others with the line.
    private mutating func parseBackquoted(_ text: [UInt8]) throws(ShellError) -> ShellList? {
        guard !scanner.isWorkDone else { throw .tooLaborious }
        var parser = nested(text)
        let script = parser.parseScript()
        scanner.work = parser.scanner.work
        if script.unread == nil { return script.list }
        guard dialect == .bash else { throw .malformed }
        return nil
    }
}
