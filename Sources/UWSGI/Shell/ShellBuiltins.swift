import ShellSyntax

/// The commands that shells carry out themselves, as far as they change what runs or with which variables.
///
/// Source: POSIX.1-2024, Shell Command Language, 2.15, and the manual of bash.
enum ShellBuiltins {
    /// Assignments before these last longer than the command.
    static let special: Set<String> = [
        ":", ".", "source", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
        "trap",
        "unset", "break", "continue",
    ]

    /// All that are known here, `which` and `cat` among them, which are programs with an output worth knowing.
    static let all: Set<String> = special.union(idle).union([
        "true", "false", "test", "[", "[[", "command", "builtin", "local", "declare", "typeset", "read",
        "mapfile",
        "readarray", "getopts", "let", "echo", "printf", "cat", "ulimit", "cd", "pushd", "popd", "alias",
        "hash",
        "type", "which", "kill", "shopt", "enable",
    ])

    /// Built-in commands that start nothing and change nothing that matters here.
    static let idle: Set<String> = [
        "umask", "wait", "unalias", "times", "jobs", "fg", "bg", "disown", "suspend",
        "logout",
        "history", "bind", "complete", "dirs", "caller",
    ]
}

extension ShellRunner {
    /// - Returns: `nil` when the name is not a built-in command's.
    func runBuiltin(_ name: String, _ fields: [Argument], in state: State) -> Outcome? {
        guard ShellBuiltins.all.contains(name) else { return nil }
        let outcome = runKnownBuiltin(name, fields.dropFirst(), in: state)
        return state.scope.behaviour.contains(.lacksBuiltins)
            ? .either(outcome, .question(state.reached(.possible))) : outcome
    }

    /// What comes of a built-in command of bash, which a plain `sh` may not have.
    func orMissing(_ outcome: Outcome, in state: State) -> Outcome {
        dialect == .bash ? outcome : .either(outcome, .failing(state.reached(.afterFailure)))
    }

    private func runKnownBuiltin(_ name: String, _ operands: ArraySlice<Argument>, in state: State) -> Outcome
    {
        // Those that run others are apart: they nest, and the frame of a long switch is large.
        switch name {
        case "exec": return runExec(operands, in: state)
        case "eval": return runEval(operands, in: state)
        case "command": return runCommandBuiltin(name, operands, in: state)
        case "builtin": return orMissing(runCommandBuiltin(name, operands, in: state), in: state)
        case ".": return runSource(operands, in: state)
        case "source": return orMissing(runSource(operands, in: state), in: state)
        case "trap": return runTrap(operands, in: state)
        default: return runPlainBuiltin(name, operands, in: state)
        }
    }

    private func runPlainBuiltin(_ name: String, _ operands: ArraySlice<Argument>, in state: State) -> Outcome
    {
        switch name {
        case ":", "true": return .succeeding(state)
        case "false": return .failing(state)
        case "test", "[": return runTest(name, operands, in: state)
        // Another language's: what it means depends on which shell `sh` is.
        case "[[":
            noteExpressions(in: operands, isExtended: true, state)
            return .question(state)
        case "exit": return runExit(operands, in: state)
        case "return": return runReturn(operands, in: state)
        case "break", "continue": return runJump(name, operands, in: state)
        case "export", "readonly", "local":
            return declare(name, operands.map { .text($0.text) }, in: state)
        case "declare", "typeset":
            return orMissing(declare(name, operands.map { .text($0.text) }, in: state), in: state)
        case "unset":
            noteSubscripts(in: operands, state)
            return runUnset(operands, in: state)
        case "set": return runSet(operands, in: state)
        case "shift": return runShift(operands, in: state)
        case "read", "getopts":
            noteSubscripts(in: operands, state)
            return runReading(name, operands, in: state)
        case "mapfile", "readarray", "let":
            noteSubscripts(in: operands, state)
            return orMissing(runReading(name, operands, in: state), in: state)
        case "echo", "printf": return runPrinting(name, operands, in: state)
        case "cat": return runCat(operands, in: state)
        case "ulimit": return limitDescriptors(operands, in: state)
        case "cd", "pushd", "popd": return changeDirectory(name, operands, in: state)
        case "alias", "hash": return defineAlias(name, operands, in: state)
        case "type", "which": return runLookUp(operands, isProgram: name == "which", in: state)
        case "kill": return .question(state)
        case "shopt": return changeOptions(operands, in: state)
        case "enable": return switchBuiltins(operands, in: state)
        default: return .ordinary(state)
        }
    }

    // MARK: Tests

    private func runTest(_ name: String, _ operands: ArraySlice<Argument>, in state: State) -> Outcome {
        var words = operands
        if name == "[" {
            guard words.last?.text == "]" else { return .question(state) }
            words.removeLast()
        }
        let test = words.map { ShellTest.Operand(texts: [$0.text], patterns: []) }
        noteExpressions(in: words, isExtended: false, state)
        return ShellTest.evaluate(test, isExtended: false).outcome(in: state)
    }

    private func noteExpressions(in words: ArraySlice<Argument>, isExtended: Bool, _ state: State) {
        guard words.contains(where: { $0.text.utf8.contains(UInt8(ascii: "[")) || isExtended }) else {
            return
        }
        let operands = words.map { ShellTest.Operand(texts: [$0.text], patterns: []) }
        let expansion = ShellExpansion(runner: self, state: state)
        for text in ShellTest.expressions(in: operands, isExtended: isExtended) {
            expansion.noteSubscripts(in: text)
        }
    }

    /// `type` and `which` print where a program is, if it is there.
    /// - Parameters:
    ///   - isProgram: whether it knows nothing of functions, and finds the program of that name behind them.
    ///   - usesOwnPath: whether it looks where the shell itself would; with `command -p` it does not.
    func runLookUp(
        _ operands: ArraySlice<Argument>, isProgram: Bool = false, usesOwnPath: Bool = true, in state: State
    ) -> Outcome {
        var outcome = Outcome.question(state)
        if !isProgram, operands.count == 1, let name = operands.first?.text, state.scope.lacks(program: name)
        {
            return .failing(state)
        }
        let names = operands.map(\.text).filter { !$0.hasPrefix("-") }
        if outcome.ok?.scope.output != nil {
            let found = names.map { name in
                let isKnownToShell = state.scope.callables[name] != nil || ShellBuiltins.all.contains(name)
                // In which folder a program lies cannot be seen.
                return isProgram || !isKnownToShell && !name.utf8.contains(UInt8(ascii: "/"))
                    ? "\(TextMark.folderOfPath)/\(name)\n" : name + "\n"
            }
            outcome.ok?.scope.print([found.joined()])
        }
        // By another PATH, or where it cannot print, it may fail though there is one.
        if !isProgram, usesOwnPath, operands.count == 1, let name = names.first, !tracer.hasBackground,
            !state.scope.mayFailToPrint, !state.scope.hasVariable("PATH")
        {
            outcome.failed?.scope.missingPrograms.append(name)
        }
        return outcome
    }

    // MARK: Commands that run others

    /// `exec` replaces the shell, so nothing after it runs.
    private func runExec(_ operands: ArraySlice<Argument>, in state: State) -> Outcome {
        guard !operands.isEmpty else { return .succeeding(state) }
        let options = operands.prefix { $0.text.hasPrefix("-") && $0.text.utf8.count > 1 && $0.text != "--" }
        var inner = state
        // dash knows no options, and takes the first one, or `--`, for the program's name.
        if kind == .dash && !options.isEmpty || dialect == .posix && operands.first?.text == "--" {
            inner.reach = min(inner.reach, .possible)
        }
        let program =
            operands.first?.isOperand ?? false
            ? operands
            : WrapperReader.read(WrapperTable.exec, operands, scope: &inner.scope)?.commandLine ?? []
        if Self.isRefused(operands.dropLast(program.count)) { return refuseOption(in: state) }
        // With nothing to execute nothing happens.
        if program.isEmpty { return .ordinary(state) }
        let fields = program.drop { $0.mayBeAnything && !$0.text.hasUnknown }
        // What is left of unquoted variables may be nothing at all.
        guard let name = fields.first else { return .ordinary(Self.afterUnseenName(state)) }
        if name.text.hasPrefix("-"), fields.count < program.count {
            return refuseOption(in: state).mapStates(Self.afterUnseenName)
        }
        var outcome = runProgram(fields, in: inner)
        if fields.count < program.count { outcome = outcome.mapStates(Self.afterUnseenName) }
        // What the shell kept for its end goes with it, unless there is nothing to execute.
        if tracer.hasTraps {
            outcome.ok = outcome.ok.map(Self.withoutTraps)
            // There is always an `env`, whatever comes of what it starts.
            if outcome.failed?.lastPrograms == .server || WrapperTable.keepsPath(name.text[...]) {
                outcome.failed = outcome.failed.map(Self.withoutTraps)
            }
        }
        // What cannot succeed is an end that counts.
        let fails =
            outcome.failed.map { failed in outcome.ok.map { $0.reach < failed.reach } ?? true } ?? false
        var result = Outcome.leaving(fails ? .abort : .exit, ok: outcome.ok, failed: outcome.failed)
        if state.scope.behaviour.contains(.goesOnAfterExec) { result.failed = state.reached(.afterFailure) }
        let mayBeOption = name.text.utf8.first.map(TextMark.isMark) ?? true
        guard mayBeOption, !name.text.isKnown, !name.text.utf8.contains(UInt8(ascii: "/")) else {
            return result
        }
        // Should unknown text be nothing, there may be nothing to execute, or only an option that is refused.
        let possible = state.reached(.possible)
        let isRefused = fields.dropFirst().first?.text.hasPrefix("-") ?? false
        return .either(result, isRefused ? refuseOption(in: possible) : .ordinary(possible))
    }

    /// Whether an option stands before the program that `exec` does not know.
    private static func isRefused(_ words: ArraySlice<Argument>) -> Bool {
        var isValue = false
        for word in words {
            let letters = word.text.dropFirst()
            let isOption = !isValue && word.text.hasPrefix("-") && !letters.isEmpty && word.text != "--"
            if isOption, letters.prefix(while: { $0 != "a" }).contains(where: { !"cl".contains($0) }) {
                return true
            }
            isValue = isOption && letters.last == "a"
        }
        return false
    }

    /// An option that a special built-in command does not know: bash only complains, and by the name of sh ends where
    /// a failure is not asked for; dash knows none, and takes it for a program's name, of which there is hardly one.
    func refuseOption(in state: State) -> Outcome {
        if dialect == .bash { return .failing(state) }
        let goesOn = ignoresFailure || isByCommand || !state.scope.behaviour.isEmpty
        let possible = state.reached(.possible)
        guard goesOn else { return .leaving(.abort, ok: possible, failed: state) }
        return Outcome(failed: possible, leaves: [Outcome.Leave(kind: .abort, ok: possible, failed: state)])
    }

    private func runCommandBuiltin(_ name: String, _ operands: ArraySlice<Argument>, in state: State)
        -> Outcome
    {
        let rest = operands.drop { ["-p", "--", "command", "builtin"].contains($0.text) }
        guard let first = rest.first else { return .succeeding(state) }
        if first.text == "-v" || first.text == "-V" {
            let usesOwnPath = !operands.dropLast(rest.count).contains { $0.text == "-p" }
            return runLookUp(rest.dropFirst(), usesOwnPath: usesOwnPath, in: state)
        }
        var runner = self
        runner.isByCommand = true
        if let outcome = runner.runBuiltin(first.text, Array(rest), in: state) { return outcome }
        // In bash `builtin` starts no program; other shells may have a program of that name.
        return runProgram(rest, in: name == "builtin" ? state.reached(.possible) : state)
    }

    // MARK: Ends

    private func runExit(_ operands: ArraySlice<Argument>, in state: State) -> Outcome {
        guard let status = operands.first?.text else { return .leaving(.exit, ok: state) }
        if !status.isKnown { return .leaving(.exit, ok: state, failed: state) }
        return status == "0" ? .leaving(.exit, ok: state) : .leaving(.exit, failed: state)
    }

    private func runReturn(_ operands: ArraySlice<Argument>, in state: State) -> Outcome {
        let status = operands.first?.text
        guard isInFunction else {
            // bash only complains; dash ends the script, with the status that is given or the last one.
            if dialect == .bash { return .failing(state) }
            // So does bash by the name of sh, unless its failure is asked for.
            var outcome = Outcome(failed: ignoresFailure || isByCommand ? state.reached(.possible) : nil)
            let ok = status == nil || status == "0" || status?.isKnown == false ? state : nil
            outcome.add(Outcome.Leave(kind: .abort, ok: ok, failed: status == "0" ? nil : state))
            return outcome
        }
        guard let status, status.isKnown else {
            return .leaving(.functionReturn, ok: state, failed: state.reached(.afterFailure))
        }
        return status == "0"
            ? .leaving(.functionReturn, ok: state) : .leaving(.functionReturn, failed: state)
    }

    private func runJump(_ name: String, _ operands: ArraySlice<Argument>, in state: State) -> Outcome {
        func leave(_ levels: Int) -> Outcome {
            .leaving(name == "break" ? .loopBreak(levels) : .loopContinue(levels), ok: state)
        }
        let wanted = max(operands.first.flatMap { Int($0.text) } ?? 1, 1)
        // Outside of a loop they do nothing.
        guard loops + loopsOfCallers > 0 else { return .ordinary(state) }
        if loops > 0, wanted <= loops || loopsOfCallers == 0 { return leave(min(wanted, loops)) }
        let inDash = leave(min(wanted, loops + loopsOfCallers))
        return .either(inDash, loops > 0 ? leave(loops) : .ordinary(state))
    }

    // MARK: Limits and places

    private static let fewestDescriptors = 4
    /// The kernel allows no more, whatever a node says. Source: Linux, `sysctl_nr_open_max` in fs/file.c.
    private static let mostDescriptors = Int(Int32.max) & -64

    /// A limit over what a kernel allows, which is hardly ever granted.
    private static func refusing(_ state: State) -> Outcome {
        Outcome(ok: state.reached(.possible), failed: state)
    }

    /// `ulimit -n N` lowers both limits; `-S` and `-H` choose one.
    private func limitDescriptors(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        var isSoft = false
        var isHard = false
        var names: Set<Character> = []
        var refused: State?
        for word in operands {
            if word.text.hasPrefix("-") {
                names.formUnion(word.text.dropFirst())
                isSoft = isSoft || word.text.contains("S")
                isHard = isHard || word.text.contains("H")
                continue
            }
            guard names.contains("n") else { continue }
            if word.text.withoutAbsent.isEmpty { return limitByNothing(word, in: state) }
            if word.text.isKnown, Int(word.text) == nil {
                guard Self.limitNames.contains(word.text) else { return .failing(state) }
                return word.text == "unlimited" ? Self.refusing(state) : .ordinary(state)
            }
            var limit = LoweredLimits.Limit(count: Int(word.text.withoutAbsent), location: location)
            if let count = limit.count, count < 0 { continue }
            // dash knows one limit for each command, and of `-S` and `-H` the last one.
            if dialect == .posix, isSoft && isHard || word != operands.last { limit.count = nil }
            if let count = limit.count, count > Self.mostDescriptors { return Self.refusing(state) }
            let isBoth = isSoft == isHard
            // Without privileges nothing is raised over the hard limit.
            if let count = limit.count, let hard = state.scope.limits.hard?.count, count > hard {
                refused = State.join(refused, state)
                state.reach = min(state.reach, .possible)
            }
            if isBoth || isSoft { state.scope.limits.soft = limit }
            if isBoth || isHard { state.scope.limits.lowerHard(to: limit) }
            // Without descriptors for itself and its libraries no program starts.
            if let count = limit.count, count < Self.fewestDescriptors {
                state.reach = min(state.reach, .possible)
            }
            (isSoft, isHard) = (false, false)
            names = []
        }
        return refused.map { .either(.failing($0), .ordinary(state)) } ?? .ordinary(state)
    }

    /// Words that bash and others take for a number.
    private static let limitNames: Set<String> = ["unlimited", "hard", "soft"]

    /// An empty number is refused by BusyBox; bash and dash take it for 0, under which no program starts.
    /// - Parameter word: nothing, or what may be nothing: then it may be a number after all.
    private func limitByNothing(_ word: Argument, in state: State) -> Outcome {
        let asZero = Outcome.succeeding(state.reached(.possible))
        let empty: Outcome
        switch kind {
        case .dash: empty = asZero
        case .busyBox: empty = .failing(state)
        case .any: empty = dialect == .bash ? asZero : .either(asZero, .failing(state))
        }
        guard !word.text.isEmpty else { return empty }
        var limited = state.reached(.possible)
        let limit = LoweredLimits.Limit(count: nil, location: location)
        limited.scope.limits.soft = limit
        limited.scope.limits.lowerHard(to: limit)
        return .either(empty, .ordinary(limited))
    }

    private func changeDirectory(_ name: String, _ operands: ArraySlice<Argument>, in start: State) -> Outcome
    {
        var state = start
        // A folder of PATH may be a relative one.
        if !state.scope.missingPrograms.isEmpty { state.scope.missingPrograms = [] }
        let path = operands.last { !$0.text.hasPrefix("-") }?.text
        if name == "cd", let path, path.hasPrefix("/"), path.isKnown {
            state.scope.directory = path
        } else {
            state.scope.directory = nil
        }
        return Outcome(ok: state, failed: start.reached(.afterFailure))
    }

    /// `alias name=text`, and `hash -p path name`, which is as good.
    private func defineAlias(_ name: String, _ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        if name == "hash" {
            guard operands.first?.text == "-p", operands.count == 3, let path = operands.dropFirst().first,
                let alias = operands.last
            else { return .question(state) }
            add(alias: alias.text, path.text, isHashed: true, to: &state)
            return .ordinary(state)
        }
        for word in operands {
            if let (alias, text) = ServerOptions.setting(word.text) { add(alias: alias, text, to: &state) }
        }
        return .ordinary(state)
    }

    private func add(alias: String, _ text: String, isHashed: Bool = false, to state: inout State) {
        var callable = state.scope.callables[alias] ?? Scope.Callable()
        callable.aliases = [text]
        callable.isHashed = isHashed
        callable.mayBeMissing = callable.functions.isEmpty
        state.scope.callables[alias] = callable
    }
}
