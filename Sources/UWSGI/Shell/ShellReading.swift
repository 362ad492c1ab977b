import ShellSyntax

/// `read` and its like: variables whose text comes from the input, where that can be seen.
extension ShellRunner {
    func runReading(_ name: String, _ operands: ArraySlice<Argument>, in state: State) -> Outcome {
        switch name {
        case "read": readLine(operands, in: state)
        case "let": assignNumbers(operands, in: state)
        case "getopts": readOption(operands, in: state)
        default: readLines(operands, in: state)
        }
    }

    /// Takes note of the commands in the subscripts of names that a built-in command assigns to.
    func noteSubscripts(in words: some Sequence<Argument>, _ state: State) {
        ShellExpansion(runner: self, state: state).noteSubscripts(in: words)
    }

    private func readLine(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        let names = operands.filter { EnvironmentNames.isIdentifier($0.text) }.map(\.text)
        let isOfArray = operands.contains { $0.text.hasPrefix("-") && $0.text.hasSuffix("a") }
        let variables = names.isEmpty ? ["REPLY"] : names
        let separators = ShellExpansion(runner: self, state: start).separators
        let lines = state.scope.input.map { $0.map { $0.prefix { $0 != "\n" } } }
        for (index, variable) in variables.enumerated() {
            let isLast = index == variables.count - 1
            let contents = lines?.map { line -> Variable.Content in
                let words = line.utf8.split { separators.kind(of: $0) != nil }.map { Substring($0) }
                if isOfArray { return .array(Self.elements(words)) }
                if isLast { return .text(words.dropFirst(index).joined(separator: " ")) }
                return .text(words.indices.contains(index) ? String(words[index]) : "")
            }
            state.scope.assign(variable, contents ?? [.text(TextMark.unknown)])
        }
        // Whatever reads next finds what comes after.
        state.scope.input = state.scope.input?.map { text in
            text.firstIndex(of: "\n").map { String(text[text.index(after: $0)...]) } ?? ""
        }
        if let input = start.scope.input, input.allSatisfy(\.isEmpty) { return .failing(state) }
        return .question(state)
    }

    private static func elements(_ words: [Substring]) -> [Variable.Element] {
        words.enumerated().map { Variable.Element(key: String($0.offset), text: String($0.element)) }
    }

    /// `mapfile` and `readarray`
    private func readLines(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        if let option = operands.firstIndex(where: { $0.text == "-C" }), option + 1 < operands.endIndex {
            // A command for every so many lines.
            _ = runEval([operands[option + 1]], in: start.reached(.possible))
        }
        guard let array = operands.last(where: { EnvironmentNames.isIdentifier($0.text) }) else {
            return .ordinary(state)
        }
        let contents = state.scope.input?.map { text in
            Variable.Content.array(Self.elements(text.split(separator: "\n")))
        }
        state.scope.assign(array.text, contents ?? [.text(TextMark.unknown)])
        return .ordinary(state)
    }

    private func assignNumbers(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var expansion = ShellExpansion(runner: self, state: start)
        for word in operands {
            if expansion.noteReferences(in: word.text) { expansion.fatal = start }
            expansion.forgetAssigned(in: word.text)
        }
        return continuing(expansion) { .question($0) }
    }

    /// `getopts`: an option's letter, and its argument among those of the command line.
    private func readOption(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        state.scope.assign(
            "OPTARG",
            Scope.anyText(
                state.scope.argumentLists.map(\.arguments).joined().map(\.text) + operands.map(\.text)))
        state.scope.assign("OPTIND", TextMark.unknown)
        if let variable = operands.dropFirst().first?.text, EnvironmentNames.isIdentifier(variable) {
            state.scope.assign(variable, TextMark.unknown)
        }
        return .question(state)
    }
}
