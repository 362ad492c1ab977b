import ShellSyntax

/// Text that becomes a script: `eval` and `.`.
extension ShellRunner {
    func runEval(_ operands: ArraySlice<Argument>, in state: State) -> Outcome {
        if let option = operands.first?.text, option.hasPrefix("-"), option != "--", option.isKnown {
            return dialect == .bash
                ? .failing(state)
                : .either(refuseOption(in: state), .ordinary(state.reached(.possible)))
        }
        let text = operands.drop { $0.text == "--" }.map(\.text).joined(separator: " ")
        let outcome =
            tracer.descend { run(script: text, in: state) }
            ?? .ordinary(tracer.giveUp(on: text.utf8, at: location, in: state))
        // Should the image set the variable after all, there is a script that cannot be seen.
        let isUnseen =
            text.hasAbsent && (text.withoutAbsent.isEmpty || operands.first?.mayBeAnything ?? false)
        return isUnseen
            ? outcome.mapStates(Self.afterUnseenName) : outcome
    }

    /// `. file`
    func runSource(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        guard let file = operands.first(where: { $0.text != "--" }) else { return .failing(start) }
        let texts =
            file.text == "/dev/stdin" ? start.scope.input : tracer.texts(ofFile: file.text, in: start.scope)
        guard let texts, !texts.isEmpty else {
            tracer.noteOpaque(file)
            var state = start
            state.lastPrograms = .opaque
            noteUnseenChanges(in: &state)
            // Under `set -a` whatever it sets is passed on.
            if state.scope.exportsAll {
                let unseen = Variable(.text(TextMark.unknown), isExported: true)
                let name = EnvironmentNames.maxFD
                state.scope.bind(name, state.scope.variable(name).joined(with: unseen))
            }
            return .ordinary(state)
        }
        var runner = self
        runner.isInFunction = true
        var result = Outcome.nothing
        for text in texts {
            let outcome = tracer.descend { runner.run(script: text, in: start) }
            result = .either(
                result, outcome ?? .ordinary(tracer.giveUp(on: text.utf8, at: location, in: start)))
        }
        if !isInFunction, let left = result.take(.functionReturn) {
            result.ok = State.join(result.ok, left.ok)
            result.failed = State.join(result.failed, left.failed)
        }
        return result
    }
}
