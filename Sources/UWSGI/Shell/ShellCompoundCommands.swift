/// Reads compound commands: groups, `if`, loops, `case` and `[[`.
///
/// Source: POSIX.1-2024, Shell Command Language, 2.9.4; for `[[` and `((`, the manual of bash.
extension ShellParser {
    mutating func parseGroup() throws -> ShellCommand {
        try expectReservedWord("{")
        let list = try parseList(until: ["}"])
        try expectReservedWord("}")
        return .group(list)
    }

    mutating func parseConditional() throws -> ShellCommand {
        try expectReservedWord("if")
        var branches: [(condition: ShellList, body: ShellList)] = []
        repeat {
            let condition = try parseList(until: ["then"])
            try expectReservedWord("then")
            branches.append((condition, try parseList(until: ["elif", "else", "fi"])))
        } while takeReservedWord("elif")
        let otherwise = takeReservedWord("else") ? try parseList(until: ["fi"]) : nil
        try expectReservedWord("fi")
        return .conditional(branches, otherwise: otherwise)
    }

    mutating func parseLoop(_ keyword: String) throws -> ShellCommand {
        try expectReservedWord(keyword)
        let condition = try parseList(until: ["do"])
        let body = try parseDo()
        return .loop(condition: condition, body: body, isUntil: keyword == "until")
    }

    private mutating func parseDo() throws -> ShellList {
        try expectReservedWord("do")
        let body = try parseList(until: ["done"])
        try expectReservedWord("done")
        return body
    }

    mutating func parseIteration(_ keyword: String) throws -> ShellCommand {
        try expectReservedWord(keyword)
        scanner.skipBlanks()
        if scanner.take("((") {
            guard try skipArithmetic(from: scanner.index) else { throw scanner.malformed() }
            skipSeparator()
            return .iteration(name: "", words: [], body: try parseDo())
        }
        let name = scanner.takeName()
        var words: [ShellWord] = []
        scanner.skipLines()
        if takeReservedWord("in") {
            scanner.skipBlanks()
            while let byte = scanner.peek(), !ShellScanner.endsWord(byte) {
                words.append(try parseWord())
                scanner.skipBlanks()
            }
        } else {
            words = [
                ShellWord(parts: [.parameter(ShellParameter(name: "@"), isQuoted: true)])
            ]
        }
        skipSeparator()
        return .iteration(name: name, words: words, body: try parseDo())
    }

    private mutating func skipSeparator() {
        scanner.skipBlanks()
        _ = scanner.take(UInt8(ascii: ";"))
        scanner.skipLines()
    }

    mutating func parseSelection() throws -> ShellCommand {
        try expectReservedWord("case")
        scanner.skipBlanks()
        let word = try parseWord()
        scanner.skipLines()
        try expectReservedWord("in")
        scanner.skipLines()
        var branches: [(patterns: [ShellWord], body: ShellList)] = []
        while !takeReservedWord("esac") {
            _ = scanner.take(UInt8(ascii: "("))
            var patterns: [ShellWord] = []
            repeat {
                scanner.skipBlanks()
                patterns.append(try parseWord())
                scanner.skipBlanks()
            } while scanner.take(UInt8(ascii: "|"))
            guard scanner.take(UInt8(ascii: ")")) else { throw scanner.malformed() }
            branches.append((patterns, try parseList(until: ["esac"])))
            if scanner.take(";;&") || scanner.take(";;") || scanner.take(";&") {}
            scanner.skipLines()
            guard !scanner.isAtEnd else { throw scanner.malformed() }
        }
        return .selection(word: word, branches)
    }

    /// `[[ … ]]`: words, among which operators need no quotes.
    mutating func parseTest() throws -> ShellCommand {
        try expectReservedWord("[[")
        var words: [ShellWord] = []
        while true {
            scanner.skipLines()
            guard let byte = scanner.peek() else { throw scanner.malformed() }
            if takeReservedWord("]]") { return .test(words) }
            if ShellScanner.endsWord(byte) {
                let isDouble = scanner.peekSecond() == byte
                scanner.advance()
                if isDouble { scanner.advance() }
                let sign = String(repeating: String(UnicodeScalar(byte)), count: isDouble ? 2 : 1)
                words.append(ShellWord(parts: [.literal(sign, isQuoted: false)]))
            } else {
                words.append(try parseWord())
            }
        }
    }

    /// Skips arithmetic up to its `))`.
    /// - Parameter start: the index behind the opening parentheses.
    /// - Returns: whether it is arithmetic; if not, nothing is skipped.
    mutating func skipArithmetic(from start: Int) throws -> Bool {
        var open = 2
        var position = start
        while position < scanner.bytes.count {
            switch scanner.bytes[position] {
            case UInt8(ascii: "("): open += 1
            case UInt8(ascii: ")"):
                open -= 1
                if open == 1 {
                    guard position + 1 < scanner.bytes.count, scanner.bytes[position + 1] == UInt8(ascii: ")")
                    else { return false }
                    scanner.index = position + 2
                    return true
                }
            default: break
            }
            position += 1
        }
        return false
    }
}
