import ShellSyntax

/// `shopt` and `enable`, which change what other commands of bash do, and what a plain `sh` does where it is bash.
extension ShellRunner {
    /// `shopt -s option` and `-u`.
    func changeOptions(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        let flags = operands.prefix { $0.text.hasPrefix("-") }.map(\.text).joined()
        let options = operands.drop { $0.text.hasPrefix("-") }
        // `-o` is for the options of `set`.
        if flags.contains("o") {
            let sign = flags.contains("s") ? "-o" : "+o"
            guard flags.contains("s") || flags.contains("u") else { return .question(state) }
            let words = options.flatMap { [Argument(sign, at: location), $0] }
            return .either(runSet(words[...], in: state), .failing(state.reached(.afterFailure)))
        }
        for option in options {
            let behaviour = BashBehaviour(option: option.text)
            if flags.contains("s") || !option.text.isKnown {
                state.scope.behaviour.formUnion(behaviour)
            } else if flags.contains("u") {
                state.scope.behaviour.subtract(behaviour)
            }
        }
        return .question(state)
    }

    /// Whether a word of a command may be a pattern for names of files.
    static func mayHoldPattern(_ command: ShellSimpleCommand) -> Bool {
        command.words.contains { word in
            word.parts.contains { part in
                switch part {
                case .literal(let text, let isQuoted): !isQuoted && text.contains { "*?[".contains($0) }
                case .parameter(_, let isQuoted), .command(_, _, let isQuoted): !isQuoted
                case .unread: true
                case .arithmetic, .process: false
                }
            }
        }
    }

    /// What a program finds where assignments among its arguments may be for its environment.
    static func assigning(_ line: ArraySlice<Argument>, in start: State) -> State {
        guard start.scope.behaviour.contains(.assignsAnywhere) else { return start }
        var state = start
        for word in line {
            guard let (name, value) = ServerOptions.setting(word.text), EnvironmentNames.isIdentifier(name)
            else { continue }
            let assigned = Variable(.text(value), isExported: true)
            state.scope.bind(name, state.scope.variable(name).joined(with: assigned))
        }
        return state
    }

    /// `enable -n name` switches a built-in command off.
    func switchBuiltins(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        if operands.contains(where: { $0.text.hasPrefix("-") && $0.text.contains("n") || !$0.text.isKnown }) {
            state.scope.behaviour.insert(.lacksBuiltins)
        }
        return .ordinary(state)
    }

    /// `X+=text` and `a[0]=text` are programs' names in POSIX's language, and assignments where `sh` is bash.
    func assigning(_ text: String, in start: State) -> Outcome? {
        guard text.hasByte(where: { $0 == UInt8(ascii: "=") }),
            let (name, value) = ServerOptions.setting(text)
        else { return nil }
        var state = start
        if name.hasSuffix("]"), let bracket = name.firstIndex(of: "["),
            EnvironmentNames.isIdentifier(name[..<bracket])
        {
            let array = String(name[..<bracket])
            state.scope.assign(array, Scope.anyText(state.scope.texts(of: array) + [value]))
            return .succeeding(state)
        }
        guard name.hasSuffix("+"), EnvironmentNames.isIdentifier(String(name.dropLast())) else { return nil }
        let variable = String(name.dropLast())
        state.scope.assign(variable, state.scope.texts(of: variable).map { .text($0 + value) })
        return .succeeding(state)
    }
}
