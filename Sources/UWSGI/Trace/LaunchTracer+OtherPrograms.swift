import ShellSyntax

/// Programs that are neither uWSGI nor known to start another one.
extension LaunchTracer {
    /// A program of which not even the name is known.
    func runUnknown(
        _ argument: Argument, _ operands: ArraySlice<Argument>, _ start: State, _ how: Circumstances
    ) -> Outcome {
        if argument.text == TextMark.unknownNumber { return runNothing(argument, operands, start, how) }
        var state = start
        if argument.text.isKnown {
            // There is hardly a program whose name begins with a dash.
            state.lastPrograms = .other
            return Outcome(ok: state.reached(.possible), failed: state)
        }
        state.lastPrograms = .opaque
        let name = argument.text.lastPathComponent
        let isPartlyKnown = name.utf8.contains { !TextMark.isMark($0) }
        if isPartlyKnown, Self.mayMatchUWSGI(name) {
            noteNamedServer(argument, operands, in: state)
        }
        if operands.contains(where: { $0.text.mayNameUWSGI }) {
            // What follows may be started by it.
            notePossibleServer(named(argument), in: state)
        } else {
            noteUnseenName(argument, operands, in: state)
        }
        if let outcome = handOn(operands, isScript: false, state, how) { return outcome }
        noteOpaque(argument)
        return .ordinary(state)
    }

    /// Takes note that a name that cannot be seen may be uWSGI's, or that of a program that runs what it is fed with.
    func noteUnseenName(_ argument: Argument, _ operands: ArraySlice<Argument>, in state: State) {
        if isFedUWSGI(state) {
            notePossibleServer(named(argument), in: state)
        } else if argument.text.mayNameUWSGI {
            let options = ServerOptionsReader.read(operands)
            if options.helper == nil { notePossibleServer(named(argument), options, in: state) }
        }
    }

    /// A program that there hardly is: one without a name, with a blank in it, or with a number for a name. Of those with
    /// a blank there is none where a shell looks for it in `PATH`.
    func runNothing(
        _ argument: Argument, _ operands: ArraySlice<Argument>, _ start: State, _ how: Circumstances
    ) -> Outcome {
        var state = start
        state.lastPrograms = .opaque
        noteOpaque(argument)
        let name = argument.text
        if !how.isContainers, name.hasBlank, !name.utf8.contains(UInt8(ascii: "/")) {
            return .failing(state)
        }
        if let outcome = handOn(operands, isScript: false, state, how) { return outcome }
        return Outcome(ok: state.reached(.possible), failed: state)
    }

    /// A program that is neither uWSGI nor known to start another one.
    func runOther(
        _ program: Recogniser.Program, _ start: State, _ how: Circumstances, isOpaque: Bool = false
    ) -> Outcome {
        var state = start
        let argument = program.argument
        if !isOpaque, OtherPrograms.isVisible(program.name[...]) {
            copyProgram(program, &state)
            copyInput(program, &state)
            if program.name == "sed" { runEdited(program, in: state) }
            state.lastPrograms = .other
            return VisiblePrograms.isQuestion(program) ? .question(state) : .ordinary(state)
        }
        if let outcome = runFile(program, state, how) { return outcome }
        var kind = isOpaque ? .opaque : OtherPrograms.kind(of: argument.text)
        if how.hidesEntryPoint, how.handedOn == 0, !argument.text.hasByte(where: { $0 == UInt8(ascii: "/") })
        {
            kind = OtherPrograms.isOtherKeyword(argument.text) ? .visible : .opaque
        }
        let isScript = isOpaque || OtherPrograms.isScript(argument.text) || how.hidesEntryPoint
        if let outcome = handOn(program.operands, isScript: isScript, state, how) { return outcome }
        guard kind == .opaque else {
            state.lastPrograms = .other
            return .ordinary(state)
        }
        state.lastPrograms = .opaque
        noteOpaque(argument)
        let isPattern = Self.isPatternForUWSGI(program.name[...])
        if isPattern { noteNamedServer(argument, program.operands, in: state) }
        if isFedUWSGI(state) { notePossibleServer(named(argument), in: state) }
        if isPattern || isFedUWSGI(state) { state.lastPrograms.insert(.server) }
        if how.isContainers, opaqueArguments.isEmpty { opaqueArguments = program.operands }
        // A pattern that matches nothing is a name that no program has.
        return Self.isPattern(program.name[...])
            ? Outcome(ok: state.reached(.possible), failed: state) : .ordinary(state)
    }

    /// Takes note of a server that a name stands for which may be uWSGI's.
    func noteNamedServer(_ argument: Argument, _ words: ArraySlice<Argument>, in state: State) {
        let options = ServerOptionsReader.read(words)
        if options.helper == nil { noteServer(named(argument), options, in: state) }
    }

    /// Whether what is fed to a program may make it start uWSGI.
    func isFedUWSGI(_ state: State) -> Bool {
        guard let input = state.scope.input, input != scriptOfInput else { return false }
        return input.contains { $0.mayNameUWSGI || UWSGIWord.occurs(in: $0.utf8) }
    }

    /// Whether a name is a pattern that uWSGI's may match.
    static func isPatternForUWSGI(_ name: Substring) -> Bool {
        guard isPattern(name) else { return false }
        let start = String(name.prefix { $0 != "*" && $0 != "?" && $0 != "[" })
        let mayBeginSo = ["uwsgi", "pyuwsgi"].contains { $0.hasPrefix(start) || start.hasPrefix($0) }
        return mayBeginSo && UWSGIWord.occurs(in: name.utf8) || mayMatchUWSGI(name)
    }

    private static func isPattern(_ name: Substring) -> Bool {
        name.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    static func mayMatchUWSGI(_ pattern: Substring) -> Bool {
        let text = String(
            decoding: pattern.utf8.map { TextMark.isMark($0) ? UInt8(ascii: "*") : $0 }, as: UTF8.self)
        return ShellPattern.matches([ShellPattern.Element(text)], "uwsgi") ?? true
    }

    /// `cp`, `ln` and `mv` give a program another name.
    func copyProgram(_ program: Recogniser.Program, _ state: inout State) {
        guard ["cp", "ln", "mv", "install"].contains(program.name) else { return }
        let operands = program.operands.filter { !$0.text.hasPrefix("-") }
        guard operands.count == 2, let source = operands.first?.text, let target = operands.last?.text,
            target.isKnown
        else { return }
        let path = state.scope.path(target)
        if let file = state.scope.files[state.scope.path(source)] {
            state.scope.files[path] = file
        } else if ProgramNames.isUWSGI(source) {
            // A name without a folder is a file where the script happens to be.
            let isSeen = source.utf8.contains(UInt8(ascii: "/"))
            state.scope.files[path] = .copy(of: source, isOnEveryWay: isSeen)
        }
    }

    /// `sed` runs the text that it edits where a script says `e`: the manual of GNU sed, 3.8.
    func runEdited(_ program: Recogniser.Program, in state: State) {
        let words = program.operands.map(\.text)
        guard words.contains(where: StreamEditor.runsText),
            isFedUWSGI(state) || words.contains(where: { $0.mayNameUWSGI || UWSGIWord.occurs(in: $0.utf8) })
        else { return }
        notePossibleServer(named(program.argument), in: state)
    }

    /// `tee` writes what it is fed with.
    func copyInput(_ program: Recogniser.Program, _ state: inout State) {
        guard program.name == "tee", let input = state.scope.input else { return }
        for operand in program.operands where !operand.text.hasPrefix("-") && operand.text.isKnown {
            let appends = program.operands.contains { $0.text == "-a" || $0.text == "--append" }
            let path = state.scope.path(operand.text)
            budget.spendBytes(input.reduce(0) { $0 + $1.utf8.count })
            state.scope.files[path] = .text(appends ? input.map { TextMark.unknown + "\n" + $0 } : input)
        }
    }

    /// Follows a file that the command line made and that a bare name may find by `PATH`, beside what else it may find.
    func followMade(
        _ program: Recogniser.Program, _ start: State, _ how: Circumstances
    ) {
        guard !start.scope.files.isEmpty, program.name.utf8.count == program.argument.text.utf8.count else {
            return
        }
        let paths = start.scope.files.keys.filter {
            $0.hasPrefix("/") && $0.lastPathComponent == program.name[...]
        }
        budget.spend(paths.count + 1)
        for path in paths.prefix(Scope.mostAlternatives) {
            let state = start.reached(.possible)
            switch start.scope.files[path] {
            case .copy:
                noteNamedServer(program.argument, program.operands, in: state)
            case .text:
                var made = program
                made.argument.text = path
                _ = descend { runFile(made, state, how) }
            case nil: break
            }
        }
    }

    /// Runs a script whose text is known.
    func runFile(_ program: Recogniser.Program, _ start: State, _ how: Circumstances) -> Outcome? {
        let name = program.argument.text
        // A word that some program may hand on is hardly a program that only PATH leads to.
        let path = how.handedOn == 0 ? self.path(ofProgram: name, in: start.scope) : name
        guard let path, let texts = texts(ofFile: path, in: start.scope), let text = texts.first else {
            return nil
        }
        if let line = ScriptNames.interpreterLine(of: text) {
            return runInterpreter(line, texts, path: start.scope.path(path), program, start, how)
        }
        guard how.handedOn == 0 || texts.contains(where: Self.mayStartUWSGI) else { return nil }
        var state = start
        var invocation = ShellInvocation(script: program.argument, arguments: program.operands)
        invocation.name = program.argument
        invocation.arguments = program.operands
        enterShell(invocation, .posix, &state)
        return run(texts, at: program.argument.location, .posix, in: state)
    }

    /// Whether a file that an unknown program is given is worth reading as a script where its first line does not say
    /// that it is one: mostly it is that program's configuration, in which any star might be a program's name.
    private static func mayStartUWSGI(_ text: String) -> Bool {
        UWSGIWord.occurs(in: text.utf8) || text.mayNameUWSGI || text.utf8.contains(UInt8(ascii: "$"))
    }

    /// Runs what a script's first line names, with the script's path behind: execve(2).
    private func runInterpreter(
        _ line: [String], _ texts: [String], path: String, _ program: Recogniser.Program, _ start: State,
        _ how: Circumstances
    ) -> Outcome {
        let location = program.argument.location
        let words = line.map { Argument($0, at: location) } + [Argument(path, at: location)]
        // Of a language that is not read, only the word tells.
        let interpreter = line.last { !$0.hasPrefix("-") } ?? ""
        let name = interpreter.lastPathComponent
        if !PythonInvocation.isPython(name), ShellInvocation.language(of: name) == nil,
            texts.contains(where: { UWSGIWord.occurs(in: $0.utf8) })
        {
            notePossibleServer(named(program.argument), in: start)
        }
        var next = how
        next.isContainers = false
        return descend { follow(words + program.operands, in: start, next) }
            ?? .ordinary(texts.reduce(start) { giveUp(on: $1.utf8, at: location, in: $0) })
    }

    /// Follows what the arguments of an unknown program name: entry points mostly start it.
    /// - Returns: `nil` when that does not lead to uWSGI.
    func handOn(
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

    func attemptServer(
        _ line: ArraySlice<Argument>, _ state: State, _ how: Circumstances
    ) -> Outcome? {
        let outcome = descend { follow(line, in: state, how) }
        guard let outcome, let next = outcome.apart(from: state).next else { return nil }
        // uWSGI need not be the last program: `uwsgi | tee log`.
        let serves = next.lastPrograms.contains(.server) || next.hasServed && !state.hasServed
        return serves ? outcome : nil
    }
}
