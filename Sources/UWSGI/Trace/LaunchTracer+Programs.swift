import ShellSyntax

/// Following a command line, through wrappers and shells, to the programs that it starts.
extension LaunchTracer {
    /// Wrappers before one program: more are not taken off.
    private static let mostWrappers = 4096
    /// Unknown programs that hand a command line on: more are not followed.
    private static let mostHandedOn = 6

    /// Under which circumstances a command line is followed.
    struct Circumstances {
        /// What handed the command line on, when that was no wrapper that is known.
        enum HandedOnBy {
            /// A script, of which it is usual to start what its arguments say.
            case script
            /// Some program.
            case program
        }

        /// Whether it is the container's own command line, and not one that a shell reads.
        var isContainers = false
        /// Whether the first program stands behind an entry point of the image that cannot be seen.
        var hidesEntryPoint = false
        var handedOnBy: HandedOnBy?
        var handedOn = 0
        /// Whether it is only a guess that anything of this runs.
        var isGuess = false
    }

    /// Follows a command line.
    /// - Returns: where control is afterwards, seen from inside what was started: see ``Outcome/apart(from:)``.
    func follow(
        _ line: ArraySlice<Argument>, in start: State, _ circumstances: Circumstances = Circumstances()
    ) -> Outcome {
        var how = circumstances
        var state = start
        var rest = line
        if how.isGuess { state.reach = min(state.reach, .possible) }
        for _ in 0..<Self.mostWrappers {
            guard var argument = rest.first else {
                state.lastPrograms = how.isGuess && !circumstances.isGuess ? .opaque : .other
                return settle(.ordinary(state), from: start, how)
            }
            // The first program costs nothing that its words did not pay for: it is looked at in any case.
            guard rest.startIndex == line.startIndex || takeStep() else { break }
            budget.spend(argument.text.utf8.count + 1)
            // An unquoted variable that cannot be seen may be nothing, or a wrapper, or the program.
            if argument.mayBeAnything {
                rest.removeFirst()
                guard argument.text.hasUnknown else { continue }
                if argument.text.mayNameUWSGI { meetPossibleServer(named(argument), in: state) }
                how.isGuess = true
                state.reach = min(state.reach, .possible)
                continue
            }
            if argument.text.hasAbsent, !argument.text.hasUnknown {
                argument.text = argument.text.withoutAbsent
            }
            switch step(argument, rest.dropFirst(), &state, &how) {
            case .line(let next): rest = next
            case .outcome(let outcome): return settle(outcome, from: start, how)
            }
        }
        stop()
        return settle(
            .ordinary(rest.reduce(state) { giveUp(on: $1.text.utf8, at: $1.location, in: $0) }), from: start,
            how)
    }

    /// A guess says nothing of where control goes on: that is as sure as it was before.
    private func settle(_ outcome: Outcome, from start: State, _ how: Circumstances) -> Outcome {
        guard how.isGuess else { return outcome }
        var after = start
        after.lastPrograms = outcome.apart(from: start).next?.lastPrograms ?? []
        if !after.lastPrograms.contains(.server) { after.lastPrograms.insert(.opaque) }
        return .ordinary(after)
    }

    private enum Step {
        /// There is another program to look at.
        case line(ArraySlice<Argument>)
        case outcome(Outcome)
    }

    private func named(_ argument: Argument) -> Argument { Argument("uwsgi", at: argument.location) }

    /// Looks at one program.
    private func step(
        _ argument: Argument, _ operands: ArraySlice<Argument>, _ state: inout State,
        _ how: inout Circumstances
    ) -> Step {
        let name = argument.text.lastPathComponent
        guard String(name).isKnown, name.utf8.first != UInt8(ascii: "-") else {
            return .outcome(meetUnknown(argument, operands, state))
        }
        if !state.scope.files.isEmpty,
            case .copy(let original)? = state.scope.files[state.scope.path(argument.text)]
        {
            return .line([Argument(original, at: argument.location)] + operands)
        }
        let program = Recogniser.Program(argument: argument, name: name, operands: operands, image: image)
        for recogniser in Recogniser.all {
            guard let launch = recogniser.recognise(program, &state) else { continue }
            return perform(launch, program, state, &how)
        }
        return .outcome(meetOther(program, state, how))
    }

    private func perform(
        _ launch: Launch, _ program: Recogniser.Program, _ state: State, _ how: inout Circumstances
    ) -> Step {
        var state = state
        switch launch {
        case .commandLine(let line): return .line(line)
        case .perhaps(let line):
            how.isGuess = true
            return .outcome(follow(line, in: state, how))
        case .server(let options):
            return .outcome(startServer(program.argument, ServerOptionsReader.read(options), state, &how))
        case .service:
            state.scope.clear()
            var options = ServerOptions()
            options.hasConfiguration = true
            return .outcome(startServer(named(program.argument), options, state, &how))
        case .possibleServer:
            meetPossibleServer(named(program.argument), in: state)
            state.lastPrograms = [.server, .opaque]
            return .outcome(.ordinary(state))
        case .depends:
            meetServer(program.argument, ServerOptions(), in: state)
            state.lastPrograms = .opaque
            return .outcome(.ordinary(state))
        case .scripts(let scripts): return .outcome(run(scripts, program, state, how))
        case .shell(let invocation, let language):
            return .outcome(run(invocation, language, program, state, how))
        case .python(let words): return runPython(words, program, state, &how)
        case .nothing:
            state.lastPrograms = .other
            return .outcome(VisiblePrograms.isQuestion(program) ? .question(state) : .ordinary(state))
        case .opaque: return .outcome(meetOther(program, state, how, isOpaque: true))
        }
    }

    // MARK: uWSGI

    private func startServer(
        _ argument: Argument, _ options: ServerOptions, _ start: State, _ how: inout Circumstances
    ) -> Outcome {
        var state = start
        guard options.helper == nil else {
            state.lastPrograms = .other
            return .ordinary(state)
        }
        if let handedOnBy = how.handedOnBy, options.recognised.isEmpty, !options.hasConfiguration {
            // Nothing but its name: it may be a subcommand of the program, or a user.
            guard handedOnBy == .script || how.handedOn == 1 else {
                state.lastPrograms = .other
                return .ordinary(state)
            }
            how.isGuess = true
            state.reach = min(state.reach, .possible)
        }
        meetServer(argument, options, in: state)
        state.hasServed = true
        state.lastPrograms = .server
        return .ordinary(state)
    }

    // MARK: Shells

    private func run(
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

    private func run(
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
        let dialect: ShellDialect = language == .bash ? .bash : .posix
        var location = program.argument.location
        switch invocation.source {
        case .script(let script):
            location = script.location
            location.shell = "\(program.name) -c"
            return run([script.text], at: location, dialect, in: state)
        case .input:
            guard let input = state.scope.input else {
                state.lastPrograms = .other
                return .ordinary(state)
            }
            return run(input, at: location, dialect, in: state)
        case .file(let file):
            let texts =
                file.text == "/dev/stdin" || file.text == "/dev/fd/0"
                ? state.scope.input : self.texts(ofFile: file.text, in: state.scope)
            if let texts, !texts.isEmpty {
                return run(texts, at: location, dialect, in: state)
            }
            let script = Recogniser.Program(
                argument: file, name: file.text.lastPathComponent, operands: invocation.arguments,
                image: image)
            return meetOther(script, state, how, isOpaque: true)
        }
    }

    private func run(
        _ scripts: [String], at location: ArgumentLocation, _ dialect: ShellDialect, in state: State
    ) -> Outcome {
        let runner = ShellRunner(tracer: self, location: location, dialect: dialect)
        var result: Outcome?
        for script in scripts {
            let outcome =
                descend { runner.run(script: script, in: state) }
                ?? .ordinary(giveUp(on: script.utf8, at: location, in: state))
            result = result.map { .either($0, outcome) } ?? outcome
        }
        return result ?? .ordinary(state)
    }

    /// What a new shell starts with.
    private func enterShell(
        _ invocation: ShellInvocation, _ language: ShellInvocation.Language, _ state: inout State
    ) {
        budget.spend(state.scope.enterProcess())
        state.scope.name = invocation.name?.text ?? "sh"
        state.scope.argumentLists = [Array(invocation.arguments)]
        state.scope.exportsAll = invocation.exportsAll
        state.scope.endsOnFailure = invocation.endsOnFailure
        state.scope.endsOnUnset = invocation.endsOnUnset
        if language == .posix { state.scope.keepIdentifiers() }
    }

    /// A shell with a language of its own, which is not read.
    private func runForeign(
        _ invocation: ShellInvocation, _ program: Recogniser.Program, _ start: State
    ) -> Outcome {
        var state = start
        state.lastPrograms = .opaque
        if case .script(let script) = invocation.source,
            script.text.mayNameUWSGI || UWSGIWord.occurs(in: script.text.utf8)
        {
            var location = script.location
            location.shell = "\(program.name) -c"
            meetPossibleServer(Argument("uwsgi", at: location), in: state)
        }
        return .ordinary(state)
    }

    // MARK: Python

    private func runPython(
        _ words: ArraySlice<Argument>, _ program: Recogniser.Program, _ start: State,
        _ how: inout Circumstances
    ) -> Step {
        var state = start
        switch PythonInvocation.read(words) {
        case .script(let line):
            guard let script = line.first else { break }
            let name = script.text.lastPathComponent
            // Console scripts of Python packages can be started by their path as well.
            if ProgramNames.isUWSGI(script.text)
                || EmbeddedServers.match(name, line.dropFirst(), image: image) != nil
                || !WrapperTable.rows(named: name).isEmpty
            {
                return .line(line)
            }
            if let texts = texts(ofFile: script.text, in: state.scope) {
                return .outcome(runCode(texts, script, line.dropFirst(), state, &how))
            }
            let isVisible = OtherPrograms.isVisible(name) || name == "manage.py"
            state.lastPrograms = isVisible ? .other : .opaque
        case .module(let module, let words):
            let name = PythonInvocation.program(ofModule: module.text[...])
            if EmbeddedServers.match(name, words, image: image) != nil
                || !WrapperTable.rows(named: name).isEmpty
            {
                return .line([Argument(String(name), at: module.location)] + words)
            }
            // `python -m pyuwsgi` starts nothing: the module has no __main__.
            let isVisible = OtherPrograms.isVisible(name) || ProgramNames.isUWSGI(String(name))
            state.lastPrograms = isVisible ? .other : .opaque
        case .code(let code, let words): return .outcome(runCode([code.text], code, words, state, &how))
        case .input:
            if let input = state.scope.input {
                return .outcome(runCode(input, program.argument, [], state, &how))
            }
            state.lastPrograms = .other
        }
        return .outcome(.ordinary(state))
    }

    private func runCode(
        _ texts: [String], _ code: Argument, _ words: ArraySlice<Argument>, _ start: State,
        _ how: inout Circumstances
    ) -> Outcome {
        var state = start
        state.lastPrograms = .other
        for text in texts {
            switch PythonInvocation.effect(of: text) {
            case .runs where texts.count == 1:
                return startServer(
                    Argument("pyuwsgi", at: code.location), ServerOptionsReader.read(words), state, &how)
            case .runs, .mayRun:
                meetPossibleServer(named(code), in: state)
                state.lastPrograms.insert(.server)
            case .none: break
            }
            if text.hasUnknown { state.lastPrograms.insert(.opaque) }
            if text.mayNameUWSGI { meetPossibleServer(named(code), in: state) }
        }
        return .ordinary(state)
    }

    // MARK: Other programs

    /// A program of which not even the name is known.
    private func meetUnknown(_ argument: Argument, _ operands: ArraySlice<Argument>, _ start: State)
        -> Outcome
    {
        var state = start
        if argument.text.isKnown {
            // There is hardly a program whose name begins with a dash.
            state.lastPrograms = .other
            return Outcome(ok: state.reached(.possible), failed: state)
        }
        state.lastPrograms = .opaque
        // Its name may be uWSGI's, or what follows may be started by it.
        let names = ([argument] + operands).contains { $0.text.mayNameUWSGI }
        let name = argument.text.lastPathComponent
        let isPartlyKnown = name.utf8.contains { !TextMark.isMark($0) }
        if isPartlyKnown, Self.mayMatchUWSGI(name) { meetPossibleServer(named(argument), in: state) }
        if names || ProgramNames.isUWSGI(operands.first?.text ?? "") {
            meetPossibleServer(named(argument), in: state)
        }
        meetOpaque(argument)
        return .ordinary(state)
    }

    private func meetOther(
        _ program: Recogniser.Program, _ start: State, _ how: Circumstances, isOpaque: Bool = false
    ) -> Outcome {
        var state = start
        let argument = program.argument
        if !isOpaque, OtherPrograms.isVisible(program.name) {
            copyProgram(program, &state)
            state.lastPrograms = .other
            return VisiblePrograms.isQuestion(program) ? .question(state) : .ordinary(state)
        }
        if let outcome = runFile(program, state, how) { return outcome }
        var kind = isOpaque ? .opaque : OtherPrograms.kind(of: argument.text)
        if how.hidesEntryPoint, how.handedOn == 0, !argument.text.utf8.contains(UInt8(ascii: "/")) {
            kind = OtherPrograms.isOtherKeyword(argument.text) ? .visible : .opaque
        }
        let isScript = isOpaque || OtherPrograms.isScript(argument.text) || how.hidesEntryPoint
        if let outcome = handOn(program.operands, isScript: isScript, state, how) { return outcome }
        guard kind == .opaque else {
            state.lastPrograms = .other
            return .ordinary(state)
        }
        state.lastPrograms = .opaque
        meetOpaque(argument)
        if mayNameUWSGI(program, state) {
            meetPossibleServer(named(argument), in: state)
            state.lastPrograms.insert(.server)
        }
        if how.isContainers, opaqueArguments.isEmpty { opaqueArguments = program.operands }
        return .ordinary(state)
    }

    /// Whether what is fed to a program may make it start uWSGI, or its name is a pattern for uWSGI's.
    private func mayNameUWSGI(_ program: Recogniser.Program, _ state: State) -> Bool {
        let isPattern = program.name.utf8.contains {
            $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[")
        }
        if isPattern, UWSGIWord.occurs(in: program.name.utf8) || Self.mayMatchUWSGI(program.name) {
            return true
        }
        return state.scope.input?.contains { $0.mayNameUWSGI || UWSGIWord.occurs(in: $0.utf8) } ?? false
    }

    private static func mayMatchUWSGI(_ pattern: Substring) -> Bool {
        let text = String(
            decoding: pattern.utf8.map { TextMark.isMark($0) ? UInt8(ascii: "*") : $0 }, as: UTF8.self)
        return ShellPattern.matches([ShellPattern.Element(text)], "uwsgi") ?? true
    }

    /// `cp`, `ln` and `mv` give a program another name.
    private func copyProgram(_ program: Recogniser.Program, _ state: inout State) {
        guard ["cp", "ln", "mv", "install"].contains(program.name) else { return }
        let operands = program.operands.filter { !$0.text.hasPrefix("-") }
        guard operands.count == 2, let source = operands.first?.text, let target = operands.last?.text,
            target.isKnown
        else { return }
        let path = state.scope.path(target)
        if let file = state.scope.files[state.scope.path(source)] {
            state.scope.files[path] = file
        } else if ProgramNames.isUWSGI(source) {
            state.scope.files[path] = .copy(of: source)
        }
    }

    /// Runs a script whose text is known.
    private func runFile(_ program: Recogniser.Program, _ start: State, _ how: Circumstances) -> Outcome? {
        guard let texts = texts(ofFile: program.argument.text, in: start.scope), let text = texts.first else {
            return nil
        }
        var state = start
        let firstLine = text.prefix { $0 != "\n" }
        let language: ShellInvocation.Language
        if firstLine.hasPrefix("#!") {
            let words = firstLine.dropFirst(2).split { $0 == " " || $0 == "\t" || $0 == "/" }
            let name = words.last { !$0.hasPrefix("-") } ?? ""
            if PythonInvocation.isPython(name) {
                var how = how
                return runCode(texts, program.argument, program.operands, state, &how)
            }
            guard let known = ShellInvocation.language(of: name), known != .foreign else { return nil }
            language = known
        } else {
            language = .posix
        }
        var invocation = ShellInvocation(program.operands)
        invocation = ShellInvocation(script: program.argument, arguments: program.operands)
        invocation.name = program.argument
        invocation.arguments = program.operands
        enterShell(invocation, language, &state)
        return run(texts, at: program.argument.location, language == .bash ? .bash : .posix, in: state)
    }

    /// Follows what the arguments of an unknown program name: entry points mostly start it.
    /// - Returns: `nil` when that does not lead to uWSGI.
    private func handOn(
        _ operands: ArraySlice<Argument>, isScript: Bool, _ state: State, _ how: Circumstances
    ) -> Outcome? {
        guard how.handedOn < Self.mostHandedOn, !operands.isEmpty, takeStep() else { return nil }
        var next = how
        next.handedOn += 1
        next.handedOnBy = isScript ? .script : .program
        next.isContainers = false
        let first = operands.firstIndex { $0.text.utf8.first != UInt8(ascii: "-") }
        if let first {
            var attempt = next
            if first != operands.startIndex {
                attempt.isGuess = true
                attempt.handedOn = max(attempt.handedOn, 2)
            } else if !isScript {
                attempt.isGuess = true
            }
            if let outcome = attemptServer(operands[first...], state, attempt) { return outcome }
        }
        if let separator = operands.firstIndex(where: { $0.text == "--" }), separator + 1 < operands.endIndex,
            first.map({ $0 < separator }) ?? true
        {
            next.isGuess = true
            return attemptServer(operands[(separator + 1)...], state, next)
        }
        return nil
    }

    private func attemptServer(
        _ line: ArraySlice<Argument>, _ state: State, _ how: Circumstances
    ) -> Outcome? {
        let outcome = descend { follow(line, in: state, how) }
        guard let outcome, outcome.apart(from: state).next?.lastPrograms.contains(.server) ?? false else {
            return nil
        }
        return outcome
    }
}
