/// Lists and pipelines: POSIX.1-2024, Shell Command Language, 2.9.2 and 2.9.3.
extension ShellParser {
    /// Reads commands up to one of the reserved words, a closing parenthesis, `;;` or the end.
    mutating func parseList(
        until terminators: ReservedWord = [], mayBeEmpty: Bool = false
    ) throws(ShellError) -> ShellList {
        try descend()
        var list = ShellList()
        try skipLines()
        var isSeparated = true
        while !isAtListEnd(terminators) {
            guard isSeparated else { throw .malformed }
            isSeparated = try parseAndOr(into: &list)
            scanner.skipBlanks()
            if scanner.peek() == 0x0A {
                isSeparated = true
                try skipLines()
            }
        }
        // Behind a redirection a reserved word is not one.
        guard isSeparated || terminators.isEmpty || isAtCaseItemEnd || !list.endsInRedirection,
            mayBeEmpty || !list.elements.isEmpty
        else { throw .malformed }
        ascend()
        return list
    }

    private mutating func isAtListEnd(_ terminators: ReservedWord) -> Bool {
        guard let byte = scanner.peek() else { return true }
        if byte == UInt8(ascii: ")") || isAtCaseItemEnd { return true }
        guard !terminators.isEmpty, let word = peekReservedWord() else { return false }
        return !terminators.isDisjoint(with: word)
    }

    /// Whether `;;`, `;&` or `;;&` comes next.
    var isAtCaseItemEnd: Bool {
        guard scanner.raw == UInt8(ascii: ";") else { return false }
        let second = scanner.peekSecond()
        return second == UInt8(ascii: ";") || dialect == .bash && second == UInt8(ascii: "&")
    }

    /// Reads pipelines joined by `&&` and `||`, and a `;` or `&` behind them.
    /// - Returns: whether one of these was there.
    mutating func parseAndOr(into list: inout ShellList) throws(ShellError) -> Bool {
        let first = list.elements.count
        var connector = ShellList.Connector.always
        while true {
            scanner.skipBlanks()
            let start = scanner.index
            let command = try parsePipeline()
            list.elements.append(
                ShellList.Element(
                    connector: connector, command: command,
                    source: scanner.bytes[start..<max(start, tokenEnd)]))
            scanner.skipBlanks()
            if scanner.take(UInt8(ascii: "&"), UInt8(ascii: "&")) {
                connector = .and
            } else if scanner.take(UInt8(ascii: "|"), UInt8(ascii: "|")) {
                connector = .or
            } else {
                break
            }
            try skipLines()
        }
        if scanner.take(UInt8(ascii: "&")) {
            for index in first..<list.elements.count { list.elements[index].isInBackground = true }
            return true
        }
        return !isAtCaseItemEnd && scanner.take(UInt8(ascii: ";"))
    }

    private mutating func parsePipeline() throws(ShellError) -> ShellCommand {
        var isNegated = false
        if try takePipelinePrefix(isNegated: &isNegated), dialect == .bash, isAtCommandEnd {
            // bash takes `time` and `!` alone.
            let nothing = ShellCommand.simple(ShellSimpleCommand())
            return isNegated ? .pipeline([nothing], isNegated: true) : nothing
        }
        let first = try parseCommand()
        scanner.skipBlanks()
        guard isAtPipe else { return isNegated ? .pipeline([first], isNegated: true) : first }
        var commands = [first]
        while isAtPipe {
            scanner.advance()
            if dialect == .bash { _ = scanner.take(UInt8(ascii: "&")) }
            try skipLines()
            commands.append(try parseCommand())
            scanner.skipBlanks()
        }
        return .pipeline(commands, isNegated: isNegated)
    }

    /// Takes `!`, and in bash `time` with its options.
    private mutating func takePipelinePrefix(isNegated: inout Bool) throws(ShellError) -> Bool {
        var hasPrefix = false
        while true {
            if take(.negation) {
                // dash and busybox refuse a second one.
                guard dialect == .bash || !hasPrefix else { throw .malformed }
                isNegated.toggle()
            } else if take(.time) {
                takeOption("-p")
                takeOption("--")
            } else {
                return hasPrefix
            }
            hasPrefix = true
        }
    }

    private mutating func takeOption(_ option: StaticString) {
        scanner.skipBlanks()
        let start = scanner.index
        for offset in 0..<option.utf8CodeUnitCount {
            guard scanner.take(option.withUTF8Buffer { $0[offset] }) else {
                scanner.index = start
                return
            }
        }
        if let next = scanner.peek(), !next.endsShellWord {
            scanner.index = start
        } else {
            tokenEnd = scanner.index
        }
    }

    private var isAtPipe: Bool {
        scanner.raw == UInt8(ascii: "|") && scanner.peekSecond() != UInt8(ascii: "|")
    }

    private var isAtCommandEnd: Bool {
        mutating get {
            scanner.skipBlanks()
            guard let byte = scanner.peek() else { return true }
            return byte == 0x0A || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "&")
        }
    }
}

extension ShellList {
    /// Whether the last compound command has redirections.
    fileprivate var endsInRedirection: Bool {
        var command = elements.last?.command
        if case .pipeline(let commands, _) = command { command = commands.last }
        if case .function(_, let body) = command { command = body }
        if case .compound(_, let redirections) = command { return !redirections.isEmpty }
        return false
    }
}
