/// The commands that shells carry out themselves, as far as they change what runs or with which variables.
///
/// Source: POSIX.1-2024, Shell Command Language, 2.15, and the manual of bash.
extension ShellInterpreter {
    /// - Returns: `nil` when the name is no built-in command's.
    mutating func runBuiltin(
        _ name: String, _ fields: [Word], _ examination: inout Examination
    ) -> ShellVerdict? {
        let operands = fields.dropFirst()
        switch name {
        case ":", "true": return .known(true)
        case "false": return .known(false)
        case "test": return ShellTest.evaluate(Array(operands), matchesPatterns: false)
        case "[":
            guard operands.last?.text == "]" else { return .ordinary }
            return ShellTest.evaluate(Array(operands.dropLast()), matchesPatterns: false)
        case "exec": runExec(operands, &examination)
        case "eval": runEval(operands, &examination)
        case "command", "builtin": return runCommand(name, operands, &examination)
        case ".", "source": examination.meetOpaque(script.place, name: operands.first?.text ?? "")
        case "exit", "return":
            if functionDepth == 0 || name == "exit" { hasEnded = true }
            return operands.first.map { .known($0.text == "0") } ?? .ordinary
        case "export", "readonly", "local", "declare", "typeset":
            declare(
                operands, exports: name == "export" || name != "local" && operands.first?.text == "-x",
                &examination)
            return .known(true)
        case "unset":
            for word in operands where word.text != "-v" && word.text != "-f" {
                examination.environment.unset(word.text)
            }
            return .known(true)
        case "set": set(operands)
        case "shift":
            arguments = arguments.dropFirst(operands.first.flatMap { Int($0.text) }.map { max(0, $0) } ?? 1)
            return .known(true)
        case "read":
            for word in operands where EnvironmentNames.isIdentifier(word.text) {
                examination.environment.assign(word.text, String(Character(Word.unknown)))
            }
        case "ulimit": limit(operands, &examination)
        case "cd", "pushd", "popd", "umask", "wait", "trap", "alias", "unalias", "hash", "type",
            "getopts",
            "times", "break", "continue", "shopt", "enable", "jobs", "fg", "bg", "disown", "let", "mapfile",
            "readarray",
            "echo", "printf", "kill", "suspend", "logout", "history", "bind", "complete", "dirs", "caller":
            return name == "echo" || name == "printf" ? .known(true) : .ordinary
        default: return nil
        }
        return .ordinary
    }

    /// `exec` replaces the shell, so nothing after it runs.
    private mutating func runExec(_ operands: ArraySlice<Word>, _ examination: inout Examination) {
        guard !operands.isEmpty else { return }
        let mark = examination.environment.mark
        let row = Wrapper("exec", values: "a", clearing: "c")
        if case .program(let program)? = WrapperPeeling.peel(
            row, operands, environment: &examination.environment)
        {
            examination.run(program, confidence: confidence, depth: script.depth, inShell: true)
        }
        examination.environment.rollBack(to: mark)
        hasEnded = true
        endedByProgram = true
    }

    private mutating func runCommand(
        _ name: String, _ operands: ArraySlice<Word>, _ examination: inout Examination
    ) -> ShellVerdict {
        let rest = operands.drop { ["-p", "--", "command", "builtin"].contains($0.text) }
        guard let first = rest.first, first.text != "-v", first.text != "-V" else { return .ordinary }
        if let verdict = runBuiltin(first.text, Array(rest), &examination) { return verdict }
        examination.run(rest, confidence: confidence, depth: script.depth, inShell: true)
        return .ordinary
    }

    private mutating func runEval(_ operands: ArraySlice<Word>, _ examination: inout Examination) {
        let text = operands.map(\.text).joined(separator: " ")
        examination.budget.steps -= text.utf8.count
        guard script.depth < Examination.deepestShell, examination.budget.steps > 0,
            let parsed = try? ShellParser.parse(text, knowsDollarQuotes: script.knowsDollarQuotes)
        else {
            examination.meetUnexamined(text, at: script.place)
            return
        }
        let outer = script
        script.text = text
        script.documents = parsed.documents
        script.depth += 1
        run(parsed.list, &examination)
        if parsed.isBroken { meetBroken(parsed, &examination) }
        script = outer
    }

    private func declare(
        _ operands: ArraySlice<Word>, exports: Bool, _ examination: inout Examination
    ) {
        for word in operands where word.text.utf8.first != UInt8(ascii: "-") {
            if let (name, value) = ServerOptions.setting(word.text) {
                if exports {
                    examination.environment.export(name, value)
                } else {
                    examination.environment.assign(name, value, exportsAll: exportsAll)
                }
            } else if exports {
                examination.environment.export(word.text)
            }
        }
    }

    /// `ulimit -n N` lowers the hard limit too; with `-S` alone a process may go back up.
    private func limit(_ operands: ArraySlice<Word>, _ examination: inout Examination) {
        let flags = operands.prefix { $0.text.hasPrefix("-") }.map { $0.text.dropFirst() }.joined()
        guard flags.contains("n"), flags.contains("H") || !flags.contains("S"),
            let count = operands.last.flatMap({ Int($0.text) }), count >= 0
        else { return }
        examination.environment.limitDescriptors(to: count, at: script.place)
    }

    private mutating func set(_ operands: ArraySlice<Word>) {
        var rest = operands
        while let word = rest.first {
            let text = word.text
            guard let sign = text.utf8.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+"),
                text.utf8.count > 1
            else { break }
            rest.removeFirst()
            if text == "--" {
                arguments = rest
                return
            }
            if text.utf8.dropFirst().contains(UInt8(ascii: "a")) { exportsAll = sign == UInt8(ascii: "-") }
            if text.utf8.last == UInt8(ascii: "o"), let option = rest.popFirst() {
                if option.text == "allexport" { exportsAll = sign == UInt8(ascii: "-") }
            }
        }
        if !rest.isEmpty { arguments = rest }
    }
}
