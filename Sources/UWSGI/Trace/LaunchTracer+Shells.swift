import ShellSyntax

/// Shells that a command line starts.
extension LaunchTracer {
    func run(
        _ scripts: [Argument], _ program: Recogniser.Program, _ start: State, _ how: Circumstances
    ) -> Outcome {
        var state = start
        for script in scripts {
            guard takeStep() else {
                state = giveUp(on: script.text.utf8, at: script.location, in: state)
                continue
            }
            var shell = program
            shell.name = "sh"
            let outcome = run(ShellInvocation(script: script), .posix, shell, state, how)
            // They run beside each other.
            if let next = outcome.apart(from: state).next { state.take(waysOf: next) }
            state.reach = start.reach
        }
        return .ordinary(state)
    }

    func run(
        _ invocation: ShellInvocation, _ language: ShellInvocation.Language, _ program: Recogniser.Program,
        _ start: State, _ how: Circumstances
    ) -> Outcome {
        var state = start
        guard !invocation.runsNothing else {
            state.lastPrograms = .other
            return .ordinary(state)
        }
        if language == .foreign { return runForeign(invocation, program, state) }
        enterShell(invocation, language, &state)
        if language == .bash, !program.name.includes("bash") {
            // The Korn shells and zsh.
            state.scope.behaviour.formUnion([.keepsLastPart, .expandsAliases])
        }
        let dialect: ShellDialect = language == .bash ? .bash : .posix
        if language == .bash || invocation.isInteractive || invocation.isLogin {
            let runner = ShellRunner(tracer: self, location: program.argument.location, dialect: dialect)
            runner.readStartUpFiles(invocation, language, &state)
        }
        let kind: ShellInvocation.Kind =
            how.isOfBusyBox || program.name == "ash" ? .busyBox : program.name == "dash" ? .dash : .any
        var location = program.argument.location
        switch invocation.source {
        case .script(let script):
            location = script.location
            location.shell = "\(program.name) -c"
            return run([script.text], at: location, dialect, kind, in: state)
        case .input:
            guard let input = state.scope.input else {
                state.lastPrograms = .other
                return .ordinary(state)
            }
            return run(input, at: location, dialect, kind, in: state)
        case .file(let file):
            let texts =
                file.text == "/dev/stdin" || file.text == "/dev/fd/0"
                ? state.scope.input : self.texts(ofFile: file.text, in: state.scope)
            if let texts, !texts.isEmpty {
                return run(texts, at: location, dialect, kind, in: state)
            }
            let script = Recogniser.Program(
                argument: file, name: String(file.text.lastPathComponent), operands: invocation.arguments,
                image: image)
            return runOther(script, state, how, isOpaque: true)
        }
    }

    func run(
        _ scripts: [String], at location: ArgumentLocation, _ dialect: ShellDialect,
        _ kind: ShellInvocation.Kind = .any, in state: State
    ) -> Outcome {
        var runner = ShellRunner(tracer: self, location: location, dialect: dialect)
        runner.kind = kind
        let outerScript = scriptOfInput
        if let input = state.scope.input, input == scripts { scriptOfInput = input }
        defer { scriptOfInput = outerScript }
        var result: Outcome?
        for script in scripts {
            let outcome =
                descend { runner.ending(runner.run(script: script, in: state)) }
                ?? .ordinary(giveUp(on: script.utf8, at: location, in: state))
            result = result.map { .either($0, outcome) } ?? outcome
        }
        return result ?? .ordinary(state)
    }

    /// What a new shell starts with.
    func enterShell(
        _ invocation: ShellInvocation, _ language: ShellInvocation.Language, _ state: inout State
    ) {
        let missing = state.scope.missingPrograms
        budget.spend(state.scope.enterProcess())
        // A shell that reads no file before its script looks where the one that started it did.
        if !missing.isEmpty, language == .posix, !invocation.isLogin, !invocation.isInteractive {
            state.scope.missingPrograms = missing
        }
        state.scope.name = invocation.name?.text ?? "sh"
        state.scope.argumentLists = [ParameterList(Array(invocation.arguments))]
        state.scope.exportsAll = invocation.exportsAll
        state.scope.endsOnFailure = invocation.endsOnFailure
        state.scope.endsOnUnset = invocation.endsOnUnset
        state.scope.failsWithAnyPart = invocation.failsWithAnyPart
        if !state.scope.attributes.isEmpty { state.scope.attributes = PersistentMap() }
        state.scope.behaviour = behaviour(of: invocation, language, state)
        if language == .posix {
            state.scope.keepIdentifiers()
            // Only bash takes functions from its environment.
            if !state.scope.callables.isEmpty { state.scope.callables = PersistentMap() }
        }
    }

    /// What a shell does that its options, or those of the shell that started it, ask for.
    private func behaviour(
        of invocation: ShellInvocation, _ language: ShellInvocation.Language, _ state: State
    ) -> BashBehaviour {
        var behaviour = invocation.behaviour
        guard language == .bash else { return behaviour }
        // The names of all options that are on, for a bash that finds them in its environment.
        for case .text(let names) in state.scope.exportedContents(of: "BASHOPTS") {
            // Sources of variables hardly set it unseen.
            guard names.isKnown || container.index(of: "BASHOPTS") != nil else { continue }
            for name in names.split(separator: ":") { behaviour.formUnion(BashBehaviour(option: name)) }
        }
        return state.scope.hasVariable("BASHOPTS") ? behaviour.union(state.scope.behaviour) : behaviour
    }

    /// A shell with a language of its own, which is not read.
    func runForeign(
        _ invocation: ShellInvocation, _ program: Recogniser.Program, _ start: State
    ) -> Outcome {
        var state = start
        state.lastPrograms = .opaque
        if case .script(let script) = invocation.source,
            script.text.mayNameUWSGI || UWSGIWord.occurs(in: script.text.utf8)
        {
            var location = script.location
            location.shell = "\(program.name) -c"
            notePossibleServer(Argument("uwsgi", at: location), in: state)
        }
        return .ordinary(state)
    }
}
