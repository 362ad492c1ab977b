import ShellSyntax

/// Commands of any kind, pipelines and redirections.
extension ShellRunner {
    func run(_ command: ShellCommand, in state: State) -> Outcome {
        switch command {
        case .simple(let simple): return run(simple, in: state)
        case .pipeline(let commands, let isNegated): return run(commands, isNegated: isNegated, in: state)
        case .compound(let compound, let redirections):
            return redirecting(redirections, in: state) { run(compound, in: $0) }
        case .function(let name, let body): return define(name, body, source: [], in: state)
        }
    }

    /// Defines a function.
    func define(_ name: String, _ body: ShellCommand, source: ShellSource, in state: State) -> Outcome {
        // Every shell ends, at the latest here.
        if dialect == .posix, ShellParser.specialBuiltins.contains(name) {
            return .leaving(.abort, failed: state)
        }
        var state = state
        let function = Scope.Function(body, source: source)
        state.scope.callables[name] = Scope.Callable(functions: [function])
        // bash calls it where a program is not found: the manual, 3.7.2.
        if name.hasPrefix("command_not_found_handle") {
            _ = call(
                function, [Argument(TextMark.unknown, at: location, isElastic: true)],
                in: state.reached(.possible))
        }
        return .succeeding(state)
    }

    // MARK: Pipelines

    private func run(_ commands: [ShellCommand], isNegated: Bool, in state: State) -> Outcome {
        var runner = self
        runner.ignoresFailure = ignoresFailure || isNegated
        guard commands.count > 1 else {
            let outcome = commands.first.map { runner.run($0, in: state) } ?? .succeeding(state)
            return isNegated ? outcome.negated : outcome
        }
        var current = state
        var outcome = Outcome.succeeding(state)
        var before = Outcome.succeeding(state)
        var input = state.scope.input
        for (index, command) in commands.enumerated() {
            let isLast = index == commands.count - 1
            var start = withoutTrapsForEnd(current)
            start.scope.input = input
            if !isLast { start.scope.output = [""] }
            let inner = runner.ending(runner.run(command, in: start))
            input = isLast ? nil : inner.printed
            outcome = inner.apart(from: current, keepsOutput: isLast)
            if isLast, state.scope.behaviour.contains(.keepsLastPart) {
                outcome = .either(
                    outcome,
                    inner.mapStates { after in
                        var after = after
                        after.scope.input = state.scope.input
                        return after
                    })
            }
            if !isLast, state.scope.failsWithAnyPart { before = Self.both(before, outcome) }
            // A part that never ends does not keep the others from running.
            var next = outcome.next ?? current
            next.reach = state.reach
            current = next
        }
        outcome.ok = outcome.ok.map { joining($0, current) }
        outcome.failed = outcome.failed.map { joining($0, current) }
        if state.scope.failsWithAnyPart { outcome = Self.both(before, outcome) }
        return isNegated ? outcome.negated : outcome
    }

    /// What two parts come to under `pipefail`: success only where both succeed. Control goes on as after the second.
    private static func both(_ first: Outcome, _ second: Outcome) -> Outcome {
        guard let next = second.next else { return second }
        var failed = second.failed
        if let other = first.failed { failed = State.join(failed, next.reached(other.reach)) }
        return Outcome(ok: first.ok.flatMap { first in second.ok?.reached(first.reach) }, failed: failed)
    }

    /// A state of a pipeline's last part, with what the other parts did.
    private func joining(_ last: State, _ all: State) -> State {
        var state = last
        state.hasServed = all.hasServed
        return state
    }

    // MARK: Redirections

    /// Runs something with its input and output redirected, as far as that can be seen and matters.
    func redirecting(
        _ redirections: [ShellRedirection], in state: State, _ body: (State) -> Outcome
    ) -> Outcome {
        redirections.isEmpty ? body(state) : redirect(redirections, in: state, body)
    }

    /// Apart from ``redirecting(_:in:_:)``, because commands nest: most have no redirections, and need no frame for it.
    private func redirect(
        _ redirections: [ShellRedirection], in state: State, _ body: (State) -> Outcome
    ) -> Outcome {
        var inner = ShellExpansion(runner: self, state: state)
        var file: (path: String, appends: Bool)?
        var discards = false
        for redirection in redirections {
            switch redirection.kind {
            case .hereDocument(let text): inner.state.scope.input = inner.texts(of: text)
            case .hereString: inner.state.scope.input = inner.texts(of: redirection.target).map { $0 + "\n" }
            case .input: inner.state.scope.input = input(from: redirection.target, with: &inner)
            case .output(let appends):
                guard redirection.descriptor ?? 1 == 1 else { continue }
                file = Self.onlyText(of: redirection.target, with: &inner).map { ($0, appends) }
                discards = true
            case .both(let appends):
                file = Self.onlyText(of: redirection.target, with: &inner).map { ($0, appends) }
                discards = true
            case .duplicate:
                if redirection.descriptor ?? 1 == 1, redirection.target.plainText != "1" { discards = true }
            }
        }
        if redirections.contains(where: \.mayFail) { inner.state.scope.mayFailToPrint = true }
        if discards, state.scope.output != nil || file != nil {
            inner.state.scope.output = file == nil ? nil : [""]
        }
        let outcome = continuing(inner) { start in
            body(start).mapStates {
                restoring($0, from: state, file: discards ? file : nil, discards: discards)
            }
        }
        return dialect == .posix && redirections.contains(where: \.isOfBothOutputs)
            ? .either(outcome, beside(outcome, in: state)) : outcome
    }

    /// `a &> file` where `&` ends the command: it runs beside what follows, as in dash.
    private func beside(_ outcome: Outcome, in state: State) -> Outcome {
        var after = outcome.apart(from: state).next ?? state
        after.reach = state.reach
        return .succeeding(after)
    }

    private func input(from target: ShellWord, with expansion: inout ShellExpansion) -> [String]? {
        guard let path = Self.onlyText(of: target, with: &expansion) else { return nil }
        let scope = expansion.state.scope
        return path == "/dev/stdin" ? scope.input : tracer.texts(ofFile: path, in: scope)
    }

    private func restoring(
        _ state: State, from outer: State, file: (path: String, appends: Bool)?, discards: Bool
    ) -> State {
        var state = state
        if let file, !file.path.hasPrefix("/dev/"), let printed = state.scope.output {
            let path = state.scope.path(file.path)
            var texts = printed
            if file.appends, case .text(let before)? = state.scope.files[path] {
                texts = before.flatMap { old in printed.map { old + $0 } }
                texts = texts.count > Scope.mostAlternatives ? [Scope.anyText(texts)] : texts
            } else if file.appends, tracer.knownFiles[path] != .absent {
                texts = printed.map { TextMark.unknown + "\n" + $0 }
            }
            tracer.budget.spendBytes(texts.reduce(0) { $0 + $1.utf8.count })
            state.scope.files[path] = .text(texts)
        }
        if discards { state.scope.output = outer.scope.output }
        state.scope.input = outer.scope.input
        state.scope.mayFailToPrint = outer.scope.mayFailToPrint
        return state
    }

    /// The text of a word if there is only one, and all of it is known; no fields are made of it.
    private static func onlyText(of word: ShellWord, with expansion: inout ShellExpansion) -> String? {
        let texts = expansion.texts(of: word)
        guard texts.count == 1, let text = texts.first, !text.hasUnknown else { return nil }
        return text.withoutAbsent
    }
}

extension Outcome {
    /// What was printed by all the ways together; `nil` where nobody collected it.
    var printed: [String]? {
        var texts: [String] = []
        var all = [ok, failed]
        for leave in leaves { all += [leave.ok, leave.failed] }
        for case let state? in all {
            guard let output = state.scope.output else { return nil }
            for text in output where !texts.contains(text) { texts.append(text) }
        }
        return texts.count > Scope.mostAlternatives ? [Scope.anyText(texts)] : texts
    }

    func mapStates(_ change: (State) -> State) -> Outcome {
        Outcome(
            ok: ok.map(change), failed: failed.map(change),
            leaves: leaves.map { Leave(kind: $0.kind, ok: $0.ok.map(change), failed: $0.failed.map(change)) })
    }
}

extension ShellRedirection {
    /// Whether it, or what is printed to it, may fail.
    var mayFail: Bool {
        switch (kind, target.plainText) {
        case (.hereDocument, _), (.hereString, _), (_, "/dev/null"), (.duplicate, "1"), (.duplicate, "2"):
            false
        default: true
        }
    }

    fileprivate var isOfBothOutputs: Bool {
        if case .both = kind { true } else { false }
    }
}
