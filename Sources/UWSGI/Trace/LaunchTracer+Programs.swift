import ShellSyntax

/// Following a command line, through wrappers and shells, to the programs that it starts.
extension LaunchTracer {
    /// Wrappers before one program: more are not taken off.
    static let mostWrappers = 4096
    /// Unknown programs that hand a command line on: more are not followed.
    static let mostHandedOn = 6

    /// Under which circumstances a command line is followed.
    struct Circumstances {
        /// What handed the command line on, when that was not a known wrapper.
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
        /// Whether the program refuses to start anything.
        var isRefused = false
        /// Whether BusyBox runs it.
        var isOfBusyBox = false
    }

    /// Follows a command line.
    /// - Returns: where control is afterwards, seen from inside what was started: see ``Outcome/apart(from:)``.
    func follow(
        _ line: ArraySlice<Argument>, in start: State, _ circumstances: Circumstances = Circumstances()
    ) -> Outcome {
        var how = circumstances
        var state = start
        var rest = line
        var isFirst = true
        // Whether the word before `rest` may have been the program itself.
        var mayHaveNamed = false
        if how.isGuess { state.reach = min(state.reach, .possible) }
        for _ in 0..<Self.mostWrappers {
            guard var argument = rest.first else {
                state.lastPrograms = how.isGuess && !circumstances.isGuess ? .opaque : .other
                // Should the image set the variable after all, it named a program.
                if mayHaveNamed { state.lastPrograms.insert(.opaque) }
                return settle(.ordinary(state), from: start, how)
            }
            // The first program costs nothing that its words did not pay for: it is looked at in any case.
            guard isFirst || takeStep() else { break }
            isFirst = false
            budget.spend(argument.text.utf8.count + 1)
            // An unquoted variable that cannot be seen may be nothing, or a wrapper, or the program.
            if argument.mayBeAnything {
                rest.removeFirst()
                mayHaveNamed = true
                guard argument.text.hasUnknown else { continue }
                noteUnseenName(argument, rest, in: state)
                how.isGuess = true
                state.reach = min(state.reach, .possible)
                continue
            }
            if argument.text.hasAbsent, !argument.text.hasUnknown {
                argument.text = argument.text.withoutAbsent
            }
            switch step(argument, rest.dropFirst(), &state, &how) {
            case .line(let next):
                mayHaveNamed = next.isEmpty && (rest.last?.mayBeAnything ?? false)
                rest = next
            case .outcome(let outcome):
                let after = mayHaveNamed ? outcome.mapStates(ShellRunner.afterUnseenName) : outcome
                return settle(after, from: start, how)
            }
        }
        stop()
        return settle(
            .ordinary(rest.reduce(state) { giveUp(on: $1.text.utf8, at: $1.location, in: $0) }), from: start,
            how)
    }

    /// A guess says nothing of where control goes on: that is as sure as it was before.
    func settle(_ outcome: Outcome, from start: State, _ how: Circumstances) -> Outcome {
        guard how.isGuess, !how.isRefused else { return outcome }
        var after = start
        after.lastPrograms = outcome.apart(from: start).next?.lastPrograms ?? []
        if !after.lastPrograms.contains(.server) { after.lastPrograms.insert(.opaque) }
        return .ordinary(after)
    }

    enum Step {
        /// There is another program to look at.
        case line(ArraySlice<Argument>)
        case outcome(Outcome)
    }

    func named(_ argument: Argument) -> Argument { Argument("uwsgi", at: argument.location) }

    /// Whether a name is a number, as hardly any program's is.
    private static func isNumber(_ name: String) -> Bool {
        !name.isEmpty && !name.hasByte { !(0x30...0x39).contains($0) }
    }

    /// Looks at one program.
    func step(
        _ argument: Argument, _ operands: ArraySlice<Argument>, _ state: inout State,
        _ how: inout Circumstances
    ) -> Step {
        let name = String(argument.text.lastPathComponent)
        guard name.isKnown, name.utf8.first != UInt8(ascii: "-") else {
            return .outcome(runUnknown(argument, operands, state, how))
        }
        if !state.scope.files.isEmpty,
            case .copy(let original, let isOnEveryWay)? = state.scope.files[state.scope.path(argument.text)]
        {
            let line: ArraySlice<Argument> = [Argument(original, at: argument.location)] + operands
            if isOnEveryWay { return .line(line) }
            // By another way there may be no such program.
            how.isGuess = true
            return .outcome(follow(line, in: state, how))
        }
        if argument.text.isEmpty || name.hasBlank || Self.isNumber(name) {
            return .outcome(runNothing(argument, operands, state, how))
        }
        let program = Recogniser.Program(argument: argument, name: name, operands: operands, image: image)
        if !state.scope.missingPrograms.isEmpty {
            if ProgramNames.isUWSGI(argument.text), state.scope.lacks(program: argument.text) {
                state.lastPrograms = .other
                return .outcome(.failing(state))
            }
            // Others may look elsewhere.
            if !WrapperTable.keepsPath(name[...]), OtherPrograms.mayInstall(name),
                ShellInvocation.language(of: name[...]) != .posix
            {
                state.scope.missingPrograms = []
            }
        }
        followMade(program, state, how)
        for recogniser in Recogniser.all {
            guard let launch = recogniser.recognise(program, &state) else { continue }
            return perform(launch, program, state, &how)
        }
        return .outcome(runOther(program, state, how))
    }

    func perform(
        _ launch: Launch, _ program: Recogniser.Program, _ state: State, _ how: inout Circumstances
    ) -> Step {
        var state = state
        switch launch {
        case .commandLine(let line):
            if program.name == "busybox" { how.isOfBusyBox = true }
            return .line(line)
        case .perhaps(let line):
            how.isGuess = true
            return .outcome(follow(line, in: state, how))
        case .refused(let line):
            how.isGuess = true
            let after = follow(line, in: state, how).next ?? state
            how.isRefused = true
            return .outcome(Outcome(ok: after.reached(.possible), failed: after))
        case .server(let options):
            return .outcome(startServer(program.argument, ServerOptionsReader.read(options), state, &how))
        case .service:
            state.scope.clear()
            var options = ServerOptions()
            options.hasConfiguration = true
            return .outcome(startServer(named(program.argument), options, state, &how))
        case .possibleServer:
            notePossibleServer(named(program.argument), in: state)
            state.lastPrograms = [.server, .opaque]
            return .outcome(.ordinary(state))
        case .depends:
            noteServer(program.argument, ServerOptions(), in: state)
            state.lastPrograms = .opaque
            return .outcome(.ordinary(state))
        case .scripts(let scripts): return .outcome(run(scripts, program, state, how))
        case .shell(let invocation, let language):
            return .outcome(run(invocation, language, program, state, how))
        case .startFiles(let files): return .outcome(run(files, program, state, how))
        case .python(let words): return runPython(words, program, state, &how)
        case .nothing:
            state.lastPrograms = .other
            return .outcome(VisiblePrograms.isQuestion(program) ? .question(state) : .ordinary(state))
        case .opaque: return .outcome(runOther(program, state, how, isOpaque: true))
        }
    }

    // MARK: uWSGI

    func startServer(
        _ argument: Argument, _ options: ServerOptions, _ start: State, _ how: inout Circumstances
    ) -> Outcome {
        var state = start
        guard options.helper == nil else {
            state.lastPrograms = .other
            return .ordinary(state)
        }
        if let handedOnBy = how.handedOnBy, !options.hasOptions, !options.hasConfiguration {
            // Nothing but its name: it may be a subcommand of the program, or a user.
            guard handedOnBy == .script || how.handedOn == 1 else {
                state.lastPrograms = .other
                return .ordinary(state)
            }
            how.isGuess = true
            state.reach = min(state.reach, .possible)
        }
        noteServer(argument, options, in: state)
        state.hasServed = true
        state.lastPrograms = .server
        return .ordinary(state)
    }
}
