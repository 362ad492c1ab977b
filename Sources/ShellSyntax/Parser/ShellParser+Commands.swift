import Basics

/// Simple commands and functions: POSIX.1-2024, Shell Command Language, 2.9.1 and 2.9.5.
extension ShellParser {
    mutating func parseCommand() throws(ShellError) -> ShellCommand {
        scanner.skipBlanks()
        if scanner.peek() == UInt8(ascii: "(") { return try parseRedirected(parseParentheses()) }
        guard let word = peekReservedWord() else { return try parseSimpleOrFunction() }
        switch word {
        case .coproc: return try parseCoprocess()
        case .function: return try parseFunctionWord()
        default:
            guard word.isDisjoint(with: [.inner, .negation, .time]) else { throw .malformed }
            if let compound = try parseCompound(word) { return try parseRedirected(compound) }
            return try parseSimpleOrFunction()
        }
    }

    /// The redirections behind a compound command.
    private mutating func parseRedirected(_ compound: ShellCompound) throws(ShellError) -> ShellCommand {
        var redirections: [ShellRedirection] = []
        scanner.skipBlanks()
        while let redirection = try parseRedirection() {
            redirections.append(redirection)
            scanner.skipBlanks()
        }
        return .compound(compound, redirections: redirections)
    }

    // MARK: Functions and coprocesses

    /// `function name [()] compound`
    private mutating func parseFunctionWord() throws(ShellError) -> ShellCommand {
        try expect(.function)
        scanner.skipBlanks()
        guard let name = try parseWord(until: .delimiter).plainText else { throw .malformed }
        scanner.skipBlanks()
        if scanner.peek() == UInt8(ascii: "("), scanner.peekSecond() != UInt8(ascii: "(") {
            let start = scanner.index
            scanner.advance()
            scanner.skipBlanks()
            // Otherwise the parentheses are the body, a subshell.
            if !scanner.take(UInt8(ascii: ")")) { scanner.index = start }
        }
        return try parseFunctionBody(named: name)
    }

    private mutating func parseFunctionBody(named name: String) throws(ShellError) -> ShellCommand {
        try descend()
        try skipLines()
        let body: ShellCommand
        if dialect == .posix {
            // dash and busybox take any command.
            body = try parseCommand()
        } else {
            body = try parseCommand()
            guard case .compound = body else { throw .malformed }
        }
        ascend()
        return .function(name: name, body: body)
    }

    /// `coproc [name] command`: the command in the background of a subshell.
    private mutating func parseCoprocess() throws(ShellError) -> ShellCommand {
        try expect(.coproc)
        try descend()
        scanner.skipBlanks()
        let start = scanner.index
        if !isAtCompound {
            // A name may only stand before a compound command.
            _ = try parseWord(until: .delimiter)
            scanner.skipBlanks()
            if !isAtCompound { scanner.index = start }
        }
        let commandStart = scanner.index
        let command = try parseCommand()
        let element = ShellList.Element(
            connector: .always, command: command, isInBackground: true,
            source: scanner.bytes[commandStart..<max(commandStart, tokenEnd)])
        ascend()
        return .compound(.subshell(ShellList(elements: [element])), redirections: [])
    }

    private var isAtCompound: Bool {
        mutating get {
            if scanner.peek() == UInt8(ascii: "(") { return true }
            guard let word = peekReservedWord() else { return false }
            return !word.isDisjoint(with: .compound)
        }
    }

    // MARK: Simple commands

    private mutating func parseSimpleOrFunction() throws(ShellError) -> ShellCommand {
        let start = scanner.index
        var command = ShellSimpleCommand()
        var declares = false
        while true {
            scanner.skipBlanks()
            guard let byte = scanner.peek() else { break }
            if let redirection = try parseRedirection() {
                command.redirections.append(redirection)
                continue
            }
            if byte.endsShellWord, !isAtProcessSubstitution {
                if dialect == .posix, byte == UInt8(ascii: "("), Self.assignsArray(command) {
                    throw .onlyInBash
                }
                guard byte == UInt8(ascii: "("), let name = functionName(command) else { break }
                scanner.advance()
                scanner.skipBlanks()
                guard scanner.take(UInt8(ascii: ")")), mayNameFunction(name) else { throw .malformed }
                if dialect == .posix, Self.specialBuiltins.contains(name) { hasBashLine = true }
                return try parseFunctionBody(named: name)
            }
            try parseWord(into: &command, declares: &declares)
        }
        // A redirection alone, as in `> file`, is a command too.
        if command.words.isEmpty, command.assignments.isEmpty, command.redirections.isEmpty {
            throw .malformed
        }
        command.source = scanner.bytes[start..<max(start, tokenEnd)]
        return .simple(command)
    }

    /// Whether the last argument ends like `declare a=`, before `(…)`.
    private static func assignsArray(_ command: ShellSimpleCommand) -> Bool {
        command.words.count > 1 && command.words.last?.plainText?.hasSuffix("=") ?? false
    }

    private func functionName(_ command: ShellSimpleCommand) -> String? {
        guard command.words.count == 1, command.assignments.isEmpty, command.redirections.isEmpty else {
            return nil
        }
        // No shell takes a quoted one.
        return command.words[0].plainText
    }

    /// Commands whose names a function may not have: POSIX.1-2024, Shell Command Language, 2.9.5. dash and busybox do
    /// not read the line, bash by the name of sh reads it and ends at the definition.
    public static let specialBuiltins: Set<String> = [
        "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
        "trap", "unset",
    ]

    /// Whether a function may have this name. dash and busybox do not read a line on which one has another name than
    /// a variable might. bash takes any.
    private func mayNameFunction(_ name: String) -> Bool {
        guard dialect == .posix else { return true }
        guard let first = name.utf8.first, first.startsShellName, name.utf8.allSatisfy(\.isIdentifierByte)
        else {
            return false
        }
        // The one is special to dash, the other to busybox and bash.
        return name != "local" && name != "source"
    }

    /// Reads an assignment, the command's name or an argument.
    /// - Parameter declares: whether the name is that of a declaration, once it is known.
    private mutating func parseWord(
        into command: inout ShellSimpleCommand, declares: inout Bool
    ) throws(ShellError) {
        if command.words.isEmpty {
            if let assignment = try parseAssignment() {
                command.assignments.append(assignment)
                return
            }
        } else if declares, let word = try parseArrayArgument() {
            command.words.append(word)
            return
        }
        command.words.append(try parseWord(until: .delimiter))
        if command.words.count == 1, dialect == .bash { declares = isDeclaration(command.words[0]) }
        // dash calls a program of this name, the others define a function.
        if dialect == .posix, command.words.count == 2, command.words[0].plainText == "function" {
            throw .malformed
        }
    }

    /// Whether the arguments of a command of this name may assign arrays: the manual of bash, 3.4.
    private func isDeclaration(_ name: ShellWord) -> Bool {
        switch name.plainText {
        case "declare", "export", "local", "readonly", "typeset": true
        default: false
        }
    }
}
