/// Compound commands: POSIX.1-2024, Shell Command Language, 2.9.4; for `((` and `select`, the manual of bash,
/// 3.2.5.
extension ShellParser {
    /// Reads the compound command that a reserved word begins, or nothing if it begins none.
    mutating func parseCompound(_ word: ReservedWord) throws(ShellError) -> ShellCompound? {
        switch word {
        case .openBrace:
            try expect(.openBrace)
            let list = try parseList(until: [.closeBrace])
            try expect(.closeBrace)
            return .braceGroup(list)
        case .ifWord: return try parseIf()
        case .whileWord, .until:
            try expect(word)
            let condition = try parseList(until: [.doWord])
            return .whileClause(condition: condition, body: try parseDo(), isUntil: word == .until)
        case .forWord, .select: return try parseFor(word)
        case .caseWord: return try parseCase()
        case .openTest: return try parseTest()
        default: return nil
        }
    }

    /// `( … )`, and in bash `(( … ))`.
    mutating func parseParentheses() throws(ShellError) -> ShellCompound {
        scanner.advance()
        if dialect == .bash, scanner.peek() == UInt8(ascii: "("), let word = try parseArithmetic() {
            return .arithmetic(word)
        }
        let list = try parseList()
        guard scanner.take(UInt8(ascii: ")")) else { throw .malformed }
        tokenEnd = scanner.index
        return .subshell(list)
    }

    private mutating func parseIf() throws(ShellError) -> ShellCompound {
        try expect(.ifWord)
        var branches: [(condition: ShellList, body: ShellList)] = []
        repeat {
            let condition = try parseList(until: [.then])
            try expect(.then)
            branches.append((condition, try parseList(until: [.elif, .elseWord, .fi])))
        } while take(.elif)
        let otherwise = take(.elseWord) ? try parseList(until: [.fi]) : nil
        try expect(.fi)
        return .ifClause(branches, otherwise: otherwise)
    }

    private mutating func parseDo() throws(ShellError) -> ShellList {
        try expect(.doWord)
        let body = try parseList(until: [.done])
        try expect(.done)
        return body
    }

    // MARK: Loops

    private mutating func parseFor(_ word: ReservedWord) throws(ShellError) -> ShellCompound {
        try expect(word)
        scanner.skipBlanks()
        if dialect == .bash, word == .forWord, scanner.take(UInt8(ascii: "("), UInt8(ascii: "(")) {
            return try parseArithmeticFor()
        }
        let name = try parseLoopVariable()
        scanner.skipBlanks()
        // `for x; do` has no `in`.
        var words: [ShellWord]?
        if scanner.peek() != UInt8(ascii: ";") {
            try skipLines()
            if take(.inWord) { words = try parseLoopWords() }
        }
        if words == nil { try skipLoopSeparator() }
        return .forClause(name: name, words: words, body: try parseLoopBody(), isSelect: word == .select)
    }

    private mutating func parseLoopVariable() throws(ShellError) -> String {
        let name = scanner.takeName()
        guard !name.isEmpty, scanner.peek()?.endsShellWord ?? true else { throw .malformed }
        return name
    }

    private mutating func parseLoopWords() throws(ShellError) -> [ShellWord] {
        var words: [ShellWord] = []
        scanner.skipBlanks()
        while let byte = scanner.peek(), !byte.endsShellWord || isAtProcessSubstitution {
            words.append(try parseWord(until: .delimiter))
            scanner.skipBlanks()
        }
        guard scanner.peek() == UInt8(ascii: ";") || scanner.peek() == 0x0A else { throw .malformed }
        // dash and busybox begin here-documents only after the next newline.
        if dialect == .posix, scanner.peek() == 0x0A, !pendingDocuments.isEmpty { throw .malformed }
        try skipLoopSeparator()
        return words
    }

    private mutating func skipLoopSeparator() throws(ShellError) {
        scanner.skipBlanks()
        _ = scanner.take(UInt8(ascii: ";"))
        try skipLines()
    }

    /// `do … done`, and in bash also `{ … }`.
    private mutating func parseLoopBody() throws(ShellError) -> ShellList {
        guard dialect == .bash, take(.openBrace) else { return try parseDo() }
        let body = try parseList(until: [.closeBrace])
        try expect(.closeBrace)
        return body
    }

    private mutating func parseArithmeticFor() throws(ShellError) -> ShellCompound {
        let start = scanner.index
        _ = try parseWord(until: .parentheses, isQuoted: true)
        let source = scanner.bytes[start..<scanner.index]
        guard source.count(where: { $0 == UInt8(ascii: ";") }) == 2,
            scanner.take(UInt8(ascii: ")"), UInt8(ascii: ")"))
        else { throw .malformed }
        try skipLoopSeparator()
        return .arithmeticFor(source: source, body: try parseLoopBody())
    }

    // MARK: Choices

    private mutating func parseCase() throws(ShellError) -> ShellCompound {
        try expect(.caseWord)
        scanner.skipBlanks()
        let word = try parseNonemptyWord()
        try skipLines()
        try expect(.inWord)
        try skipLines()
        var items: [ShellCaseItem] = []
        while !take(.esac) {
            let item = try parseCaseItem()
            items.append(item.item)
            try skipLines()
            guard item.isEnded || peekReservedWord() == .esac else { throw .malformed }
        }
        return .caseClause(word: word, items)
    }

    private mutating func parseCaseItem() throws(ShellError) -> (item: ShellCaseItem, isEnded: Bool) {
        _ = scanner.take(UInt8(ascii: "("))
        var patterns: [ShellWord] = []
        repeat {
            scanner.skipBlanks()
            patterns.append(try parseNonemptyWord())
            scanner.skipBlanks()
        } while scanner.take(UInt8(ascii: "|"))
        guard scanner.take(UInt8(ascii: ")")) else { throw .malformed }
        var item = ShellCaseItem(
            patterns: patterns, body: try parseList(until: [.esac], mayBeEmpty: true), ending: .leaves)
        guard isAtCaseItemEnd else { return (item, false) }
        scanner.advance()
        if scanner.take(UInt8(ascii: "&")) {
            item.ending = .fallsThrough
        } else {
            guard scanner.take(UInt8(ascii: ";")) else { throw .malformed }
            if dialect == .bash, scanner.take(UInt8(ascii: "&")) { item.ending = .goesOnTesting }
        }
        return (item, true)
    }

    private mutating func parseNonemptyWord() throws(ShellError) -> ShellWord {
        let word = try parseWord(until: .delimiter)
        guard !word.parts.isEmpty else { throw .malformed }
        return word
    }
}
