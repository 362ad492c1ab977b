/// Reads a shell script into commands, without running anything.
///
/// The grammar is that of POSIX.1-2024, Shell Command Language, 2.9 and 2.10, with bash's `[[`, `((`, `function`,
/// `|&`, `&>` and `<<<`. Nesting is limited, and every byte is read a bounded number of times.
struct ShellParser {
    var scanner: ShellScanner

    /// Reads a script.
    ///
    /// Shells run each line before they read the next, so of a script that is broken further down the lines before
    /// are returned as well.
    /// - Parameter depth: how deep the script itself is nested in others.
    /// - Throws: ``ShellError/tooLong``.
    static func parse(_ script: String, knowsDollarQuotes: Bool, depth: Int = 0) throws -> ShellScript {
        var parser = ShellParser(scanner: try ShellScanner(script, knowsDollarQuotes: knowsDollarQuotes))
        parser.scanner.depth = depth
        parser.outermost = depth + 1
        do {
            let list = try parser.parseList(until: [])
            guard parser.scanner.isAtEnd else { throw parser.scanner.malformed() }
            return ShellScript(list: list, documents: parser.scanner.documents)
        } catch {
            return ShellScript(
                list: parser.completed, documents: parser.scanner.documents, isBroken: true,
                isTooDeep: error as? ShellError == .tooDeep)
        }
    }

    /// The depth at which the script's own lines are.
    private var outermost = 0
    /// The commands of the lines that were read to their end.
    private var completed = ShellList()

    private init(scanner: ShellScanner) { self.scanner = scanner }

    // MARK: Lists

    /// Reads commands up to one of the reserved words, a closing parenthesis, `;;` or the end.
    mutating func parseList(until terminators: Set<String>) throws -> ShellList {
        try scanner.descend()
        defer { scanner.ascend() }
        var list = ShellList()
        var condition = ShellList.Condition.always
        scanner.skipLines()
        while try !isAtListEnd(terminators) {
            let command = try parsePipeline()
            var element = ShellList.Element(condition: condition, command: command)
            scanner.skipBlanks()
            if scanner.take("&&") {
                condition = .ifSucceeded
                scanner.skipLines()
            } else if scanner.take("||") {
                condition = .ifFailed
                scanner.skipLines()
            } else if scanner.peek() == UInt8(ascii: ";"), scanner.peekSecond() != UInt8(ascii: ";"),
                scanner.peekSecond() != UInt8(ascii: "&")
            {
                scanner.advance()
                condition = .always
                scanner.skipLines()
            } else if scanner.take(UInt8(ascii: "&")) {
                element.isInBackground = true
                markBackground(&list)
                condition = .always
                scanner.skipLines()
            } else if scanner.takeNewline() {
                condition = .always
                if scanner.depth == outermost { complete(list, element) }
                scanner.skipLines()
            } else {
                list.elements.append(element)
                guard try isAtListEnd(terminators) else { throw scanner.malformed() }
                return list
            }
            list.elements.append(element)
        }
        return list
    }

    /// Keeps the commands up to the end of a line, each once.
    private mutating func complete(_ list: ShellList, _ last: ShellList.Element) {
        completed.elements += list.elements[completed.elements.count...]
        completed.elements.append(last)
    }

    /// In `a && b &` the whole chain runs in the background.
    private func markBackground(_ list: inout ShellList) {
        guard let last = list.elements.indices.last else { return }
        if case .always = list.elements[last].condition { return }
        list.elements[last].isInBackground = true
    }

    private mutating func isAtListEnd(_ terminators: Set<String>) throws -> Bool {
        scanner.skipBlanks()
        guard let byte = scanner.peek() else { return true }
        if byte == UInt8(ascii: ")") { return true }
        if byte == UInt8(ascii: ";"),
            scanner.peekSecond() == UInt8(ascii: ";") || scanner.peekSecond() == UInt8(ascii: "&")
        {
            return true
        }
        guard !terminators.isEmpty, let word = peekReservedWord() else { return false }
        return terminators.contains(word)
    }

    /// The commands of `$(…)` and `<(…)`, whose opening parenthesis has been read.
    mutating func parseNestedList() throws -> ShellList {
        let list = try parseList(until: [])
        guard scanner.take(UInt8(ascii: ")")) else { throw scanner.malformed() }
        return list
    }

    /// The commands of a backquoted text, or `nil` when they cannot be read.
    func parseBackquoted(_ text: [UInt8]) -> ShellList? {
        let parsed = try? Self.parse(
            String(decoding: text, as: UTF8.self), knowsDollarQuotes: scanner.knowsDollarQuotes,
            depth: scanner.depth)
        return parsed.flatMap { $0.isBroken ? nil : $0.list }
    }

    // MARK: Words

    mutating func parseWord() throws -> ShellWord {
        try ShellWordReader.read(&self, until: .delimiter)
    }

    /// The unquoted plain word that comes next, without taking it.
    mutating func peekReservedWord() -> String? {
        let start = scanner.index
        defer { scanner.index = start }
        var text: [UInt8] = []
        while let byte = scanner.peek(), !ShellScanner.endsWord(byte) {
            // No reserved word is longer, and none has a quote or an expansion in it.
            guard text.count < 9, byte > 0x20, ![0x22, 0x24, 0x27, 0x5C, 0x60].contains(byte) else {
                return nil
            }
            text.append(byte)
            scanner.advance()
        }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    mutating func takeReservedWord(_ word: String) -> Bool {
        scanner.skipBlanks()
        guard peekReservedWord() == word else { return false }
        for _ in word.utf8 {
            _ = scanner.peek()
            scanner.advance()
        }
        return true
    }

    mutating func expectReservedWord(_ word: String) throws {
        guard takeReservedWord(word) else { throw scanner.malformed() }
    }

    // MARK: Pipelines

    mutating func parsePipeline() throws -> ShellCommand {
        var isNegated = false
        while takeReservedWord("!") { isNegated.toggle() }
        if takeReservedWord("time") {
            scanner.skipBlanks()
            _ = takeReservedWord("-p")
        }
        var commands = [try parseCommand()]
        scanner.skipBlanks()
        while scanner.peek() == UInt8(ascii: "|"), scanner.peekSecond() != UInt8(ascii: "|") {
            scanner.advance()
            _ = scanner.take(UInt8(ascii: "&"))
            scanner.skipLines()
            commands.append(try parseCommand())
            scanner.skipBlanks()
        }
        if commands.count == 1, !isNegated { return commands[0] }
        return .pipeline(commands, isNegated: isNegated)
    }

    private mutating func parseCommand() throws -> ShellCommand {
        try scanner.descend()
        defer { scanner.ascend() }
        scanner.skipBlanks()
        if let compound = try parseCompound() {
            try skipRedirections()
            return compound
        }
        return try parseSimpleOrFunction()
    }

    private mutating func parseCompound() throws -> ShellCommand? {
        if scanner.peek() == UInt8(ascii: "(") {
            scanner.advance()
            if scanner.peek() == UInt8(ascii: "("), try skipArithmetic(from: scanner.index + 1) {
                return .arithmetic
            }
            let list = try parseList(until: [])
            guard scanner.take(UInt8(ascii: ")")) else { throw scanner.malformed() }
            return .subshell(list)
        }
        switch peekReservedWord() {
        case "{": return try parseGroup()
        case "if": return try parseConditional()
        case "while": return try parseLoop("while")
        case "until": return try parseLoop("until")
        case "for": return try parseIteration("for")
        case "select" where scanner.knowsDollarQuotes: return try parseIteration("select")
        case "case": return try parseSelection()
        case "[[": return try parseTest()
        case "function":
            try expectReservedWord("function")
            return try parseFunctionBody(named: parseFunctionName())
        case "then", "else", "elif", "fi", "do", "done", "esac", "}": throw scanner.malformed()
        default: return nil
        }
    }

    // MARK: Functions

    private mutating func parseFunctionName() throws -> String {
        scanner.skipBlanks()
        guard let name = try parseWord().plainText else { throw scanner.malformed() }
        scanner.skipBlanks()
        if scanner.take(UInt8(ascii: "(")) {
            guard scanner.take(UInt8(ascii: ")")) else { throw scanner.malformed() }
        }
        return name
    }

    private mutating func parseFunctionBody(named name: String) throws -> ShellCommand {
        scanner.skipLines()
        guard let body = try parseCompound() else { throw scanner.malformed() }
        return .function(name: name, body: body)
    }

    // MARK: Simple commands

    private mutating func parseSimpleOrFunction() throws -> ShellCommand {
        var command = ShellSimpleCommand()
        var redirections = Redirections()
        while true {
            scanner.skipBlanks()
            guard let byte = scanner.peek() else { break }
            if try parseRedirection(into: &redirections) { continue }
            if byte == UInt8(ascii: "("), command.words.count == 1, command.assignments.isEmpty,
                let name = command.words[0].plainText
            {
                scanner.advance()
                scanner.skipBlanks()
                guard scanner.take(UInt8(ascii: ")")) else { throw scanner.malformed() }
                return try parseFunctionBody(named: name)
            }
            let startsSubstitution =
                (byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">"))
                && scanner.peekSecond() == UInt8(ascii: "(")
            if ShellScanner.endsWord(byte), !startsSubstitution { break }
            if command.words.isEmpty, let assignment = try parseAssignment() {
                command.assignments.append(assignment)
            } else {
                command.words.append(try parseWord())
            }
        }
        // A redirection alone, as in `> file`, is a command too.
        if command.words.isEmpty, command.assignments.isEmpty, !redirections.hasAny {
            throw scanner.malformed()
        }
        command.document = redirections.document
        return .simple(command)
    }

    private mutating func parseAssignment() throws -> (name: String, value: ShellWord)? {
        let start = scanner.index
        guard let first = scanner.peek(), ShellScanner.isNameStart(first) else { return nil }
        let name = scanner.takeName()
        let isAppended = scanner.take("+=")
        guard isAppended || scanner.take(UInt8(ascii: "=")) else {
            scanner.index = start
            return nil
        }
        if scanner.peek() == UInt8(ascii: "("), scanner.knowsDollarQuotes {
            try skipArray()
            return (name, ShellWord(parts: [.unknown(isQuoted: false)]))
        }
        var value = try parseWord()
        if isAppended { value.parts.insert(.parameter(ShellParameter(name: name), isQuoted: true), at: 0) }
        return (name, value)
    }

    /// An array's elements, which no environment carries.
    private mutating func skipArray() throws {
        guard scanner.take(UInt8(ascii: "(")) else { return }
        while true {
            scanner.skipLines()
            guard let byte = scanner.peek() else { throw scanner.malformed() }
            if scanner.take(UInt8(ascii: ")")) { return }
            if ShellScanner.endsWord(byte) { throw scanner.malformed() }
            _ = try parseWord()
        }
    }

    // MARK: Redirections

    private mutating func skipRedirections() throws {
        var redirections = Redirections()
        repeat { scanner.skipBlanks() } while try parseRedirection(into: &redirections)
    }

    /// What the redirections of one command amount to.
    private struct Redirections {
        var hasAny = false
        /// The number of its last here-document.
        var document: Int?
    }

    private mutating func parseRedirection(into redirections: inout Redirections) throws -> Bool {
        let start = scanner.index
        while let byte = scanner.peek(), ShellScanner.isDigit(byte) { scanner.advance() }
        let isBoth =
            scanner.index == start && scanner.peek() == UInt8(ascii: "&")
            && scanner.peekSecond() == UInt8(ascii: ">")
        if isBoth { scanner.advance() }
        guard let sign = scanner.peek(), sign == UInt8(ascii: "<") || sign == UInt8(ascii: ">"),
            scanner.peekSecond() != UInt8(ascii: "(")
        else {
            scanner.index = start
            return false
        }
        redirections.hasAny = true
        if scanner.take("<<<") {
            scanner.skipBlanks()
            _ = try parseWord()
            return true
        }
        if scanner.take("<<") {
            let stripsTabs = scanner.take(UInt8(ascii: "-"))
            scanner.skipBlanks()
            let delimiter = try parseWord()
            redirections.document = scanner.expectDocument(delimiter.delimiterBytes, stripsTabs: stripsTabs)
            return true
        }
        scanner.advance()
        if let next = scanner.peek(),
            [UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "|")].contains(next)
        {
            scanner.advance()
        } else if sign == UInt8(ascii: "<") {
            _ = scanner.take(UInt8(ascii: ">"))
        }
        scanner.skipBlanks()
        _ = try parseWord()
        return true
    }
}

extension ShellWord {
    /// The text that ends a here-document, quotes taken off.
    fileprivate var delimiterBytes: [UInt8] {
        parts.flatMap { part -> [UInt8] in
            if case .literal(let text, _) = part { return Array(text.utf8) }
            return []
        }
    }
}
