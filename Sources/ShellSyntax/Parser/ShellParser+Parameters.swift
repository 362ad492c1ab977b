import Basics

/// `${…}`: POSIX.1-2024, Shell Command Language, 2.6.2, and the manual of bash, 3.5.3.
extension ShellParser {
    /// Reads an expansion from behind its `${` up to and with its brace.
    mutating func parseBraces(from start: Int, isQuoted: Bool) throws(ShellError) -> ShellParameter {
        try descend()
        let sign = takeLengthOrIndirection()
        var parameter = ShellParameter(name: takeParameterName())
        if !parameter.name.isEmpty, parameter.name.utf8.first?.startsShellName == true {
            parameter.index = try parseIndex()
        }
        let rest = scanner.index
        switch sign {
        case nil: parameter.operation = try parseOperation(of: parameter.name, isQuoted: isQuoted)
        case UInt8(ascii: "#"): parameter.operation = .length
        default: parameter.operation = takeNames(parameter.index)
        }
        if parameter.name.isEmpty || scanner.peek() != UInt8(ascii: "}") {
            // Something else follows, or nothing that is known comes first: `${!x:-y}`, `${x@Q}`, `${ x; }`.
            _ = try parseWord(until: .brace, isQuoted: isQuoted)
            parameter.operation = .unread(scanner.bytes[rest..<scanner.index])
        }
        guard scanner.take(UInt8(ascii: "}")) else { throw .malformed }
        parameter.source = scanner.bytes[start..<scanner.index]
        ascend()
        return parameter
    }

    /// Takes `#` or `!` where a parameter follows, so that it is not one itself.
    private mutating func takeLengthOrIndirection() -> UInt8? {
        guard let sign = scanner.peek(), sign == UInt8(ascii: "#") || sign == UInt8(ascii: "!"),
            let next = scanner.peekSecond()
        else { return nil }
        let start = scanner.index
        scanner.advance()
        if next.isIdentifierByte { return sign }
        // `${##}` is a length, `${#-x}` and `${!-x}` are defaults.
        if next.isSpecialParameter {
            _ = scanner.peek()
            let isAlone = scanner.peekSecond() == UInt8(ascii: "}")
            if isAlone, sign == UInt8(ascii: "#") || next != UInt8(ascii: "-") && next != UInt8(ascii: "?") {
                return sign
            }
        }
        scanner.index = start
        return nil
    }

    private mutating func takeParameterName() -> String {
        guard let byte = scanner.peek() else { return "" }
        if byte.isDecimalDigit { return scanner.takeDigits() }
        guard byte.isSpecialParameter else { return scanner.takeName() }
        scanner.advance()
        return String(UnicodeScalar(byte))
    }

    private mutating func parseIndex() throws(ShellError) -> ShellParameter.Index? {
        guard scanner.take(UInt8(ascii: "[")) else { return nil }
        let word = try parseWord(until: .bracket)
        guard scanner.take(UInt8(ascii: "]")) else { throw .malformed }
        switch word.plainText {
        case "@": return .all
        case "*": return .joined
        default: return .element(word)
        }
    }

    /// What `${!x…` asks for.
    private mutating func takeNames(_ index: ShellParameter.Index?) -> ShellParameter.Operation {
        switch index {
        case .all, .joined: return .names
        default: break
        }
        if scanner.peekSecond() == UInt8(ascii: "}"),
            scanner.take(UInt8(ascii: "@")) || scanner.take(UInt8(ascii: "*"))
        {
            return .names
        }
        return .indirect
    }

    // MARK: Operations

    private mutating func parseOperation(
        of name: String, isQuoted: Bool
    ) throws(ShellError) -> ShellParameter.Operation {
        guard let sign = scanner.peek() else { throw .malformed }
        switch sign {
        case UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "?"):
            return try parseDefault(sign, alsoIfEmpty: false, isQuoted: isQuoted)
        case UInt8(ascii: ":"):
            scanner.advance()
            switch scanner.peek() {
            case UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "?"):
                return try parseDefault(scanner.peek() ?? sign, alsoIfEmpty: true, isQuoted: isQuoted)
            default: return try parseSubstring()
            }
        case UInt8(ascii: "#"):
            scanner.advance()
            let longest = scanner.take(sign)
            return .removePrefix(try parseWord(until: .brace), longest: longest)
        case UInt8(ascii: "%"):
            scanner.advance()
            let longest = scanner.take(sign)
            return .removeSuffix(try parseWord(until: .brace), longest: longest)
        case UInt8(ascii: "/"): return try parseReplacement()
        case UInt8(ascii: "^"), UInt8(ascii: ","):
            scanner.advance()
            let all = scanner.take(sign)
            let pattern = try parseWord(until: .brace)
            return .changeCase(
                upper: sign == UInt8(ascii: "^"), all: all, pattern: pattern.parts.isEmpty ? nil : pattern)
        default: return .plain
        }
    }

    private mutating func parseDefault(
        _ sign: UInt8, alsoIfEmpty: Bool, isQuoted: Bool
    ) throws(ShellError) -> ShellParameter.Operation {
        scanner.advance()
        let operand = try parseWord(until: .brace, isQuoted: isQuoted)
        switch sign {
        case UInt8(ascii: "-"): return .useDefault(operand, alsoIfEmpty: alsoIfEmpty)
        case UInt8(ascii: "="): return .assignDefault(operand, alsoIfEmpty: alsoIfEmpty)
        case UInt8(ascii: "+"): return .useAlternative(operand, alsoIfEmpty: alsoIfEmpty)
        default: return .errorIfUnset(operand.parts.isEmpty ? nil : operand, alsoIfEmpty: alsoIfEmpty)
        }
    }

    private mutating func parseSubstring() throws(ShellError) -> ShellParameter.Operation {
        let offset = try parseWord(until: .colon, isQuoted: true)
        guard scanner.take(UInt8(ascii: ":")) else { return .substring(offset: offset, length: nil) }
        return .substring(offset: offset, length: try parseWord(until: .brace, isQuoted: true))
    }

    private mutating func parseReplacement() throws(ShellError) -> ShellParameter.Operation {
        scanner.advance()
        var kind = ShellParameter.Operation.Replacement.first
        if scanner.take(UInt8(ascii: "/")) {
            kind = .all
        } else if scanner.take(UInt8(ascii: "#")) {
            kind = .atStart
        } else if scanner.take(UInt8(ascii: "%")) {
            kind = .atEnd
        }
        let pattern = try parseWord(until: .slash)
        let replacement = scanner.take(UInt8(ascii: "/")) ? try parseWord(until: .brace) : nil
        return .replace(pattern, with: replacement, kind)
    }
}
