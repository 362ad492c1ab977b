import ShellSyntax

/// Simple commands: POSIX.1-2024, Shell Command Language, 2.9.1.
extension ShellRunner {
    func run(_ command: ShellSimpleCommand, in start: State) -> Outcome {
        var expansion = ShellExpansion(runner: self, state: start)
        if let name = command.words.first?.plainText, ShellDeclaration.names.contains(name),
            start.scope.callables[name] == nil
        {
            return declare(command, with: expansion)
        }
        // Words are expanded before anything is redirected.
        let lists = expansion.fields(of: command.words[...])
        guard !command.redirections.isEmpty else {
            return run(command, expandedTo: lists, with: expansion, in: expansion.state)
        }
        let outcome = redirecting(command.redirections, in: expansion.state) {
            run(command, expandedTo: lists, with: expansion, in: $0)
        }
        return keepingRedirections(outcome, of: command)
    }

    /// Runs a command once its words are expanded and its redirections performed, which led to a state.
    private func run(
        _ command: ShellSimpleCommand, expandedTo lists: [ShellExpansion.Fields],
        with expansion: consuming ShellExpansion, in state: State
    ) -> Outcome {
        expansion.state = state
        if state.scope.behaviour.contains(.failsWithoutMatch), Self.mayHoldPattern(command) {
            expansion.discarded = expansion.discarded ?? state
        }
        if let fatal = expansion.fatal { return ending(fatal, expansion, command, lists) }
        if let discarded = expansion.discarded { return discarding(discarded, expansion, command, lists) }
        return run(lists, of: command, with: expansion)
    }

    /// `exec` without a program redirects the shell itself, for all that follows.
    private func keepingRedirections(_ outcome: Outcome, of command: ShellSimpleCommand) -> Outcome {
        guard command.words.count == 1, command.words.first?.plainText == "exec",
            command.redirections.contains(where: \.mayFail)
        else { return outcome }
        return outcome.mapStates { after in
            var after = after
            after.scope.mayFailToPrint = true
            return after
        }
    }

    /// An expansion that ends the shell, unless something sets a variable after all.
    private func ending(
        _ fatal: State, _ expansion: ShellExpansion, _ command: ShellSimpleCommand,
        _ lists: [ShellExpansion.Fields]
    ) -> Outcome {
        if expansion.endsForCertain { return .leaving(.abort, failed: fatal) }
        var after = expansion
        after.fatal = nil
        after.state.reach = min(after.state.reach, .possible)
        var outcome = run(lists, of: command, with: after)
        outcome.add(Outcome.Leave(kind: .abort, failed: fatal))
        return outcome
    }

    /// An error that ends the line, or the shell where it is not bash.
    func discarding(_ state: State) -> Outcome {
        var outcome = Outcome.aborting(state)
        if dialect == .bash { outcome.add(Outcome.Leave(kind: .discard, failed: state.reached(.possible))) }
        return outcome
    }

    /// An expansion that ends the line, unless something sets a variable after all.
    private func discarding(
        _ discarded: State, _ expansion: ShellExpansion, _ command: ShellSimpleCommand,
        _ lists: [ShellExpansion.Fields]
    ) -> Outcome {
        var after = expansion
        after.discarded = nil
        after.state.reach = min(after.state.reach, .possible)
        return .either(self.discarding(discarded), run(lists, of: command, with: after))
    }

    // Commands nest in `eval` and functions, and a frame is as large as all that may happen in it: what is rare has
    // functions of its own.

    private func run(
        _ lists: [ShellExpansion.Fields], of command: ShellSimpleCommand, with expansion: ShellExpansion
    ) -> Outcome {
        guard lists.count == 1, let only = lists.first else {
            return runEach(lists, of: command, with: expansion)
        }
        return only.reach == .expected
            ? run(only.list, of: command, with: expansion) : run(only, of: command, with: expansion)
    }

    private func run(
        _ fields: ShellExpansion.Fields, of command: ShellSimpleCommand, with expansion: ShellExpansion
    ) -> Outcome {
        var way = expansion
        way.state.reach = min(way.state.reach, fields.reach)
        if fields.reach == .afterFailure, let missing = way.missingAfterFailure, !missing.isEmpty {
            way.state.scope.missingPrograms += missing
        }
        return run(fields.list, of: command, with: way)
    }

    /// Runs a command whose words may be read in several ways.
    private func runEach(
        _ lists: [ShellExpansion.Fields], of command: ShellSimpleCommand, with expansion: ShellExpansion
    ) -> Outcome {
        var result: Outcome?
        var way = expansion
        let outer = expansion.state.scope.manyWayedCommand
        way.state.scope.manyWayedCommand = outer ?? tracer.numberCommand()
        for fields in lists {
            let outcome = run(fields, of: command, with: way)
            result = result.map { .either($0, outcome) } ?? outcome
        }
        return result?.mapStates { after in
            var after = after
            after.scope.manyWayedCommand = outer
            return after
        } ?? .succeeding(expansion.state)
    }

    private func run(
        _ fields: [Argument], of command: ShellSimpleCommand, with expansion: ShellExpansion
    ) -> Outcome {
        if fields.isEmpty { return assign(command, with: expansion) }
        if command.assignments.isEmpty {
            let outcome = run(fields, in: expansion.state)
            if fields.first?.text == "kill", endsItself(command) {
                return .either(
                    .leaving(.exit, ok: expansion.state), outcome.mapStates { $0.reached(.possible) })
            }
            return isTest(fields, in: expansion.state)
                ? noting(command.words, isExtended: false, outcome, from: expansion.state) : outcome
        }
        let outcome = runAssigning(fields, of: command, with: expansion)
        guard fields.allSatisfy(\.mayBeAnything) else { return outcome }
        // Should nothing be left of the words, the variables are the shell's own.
        let isUnknown = fields.contains { $0.text.hasUnknown }
        return .either(
            assign(command, with: expansion),
            isUnknown ? outcome : outcome.mapStates { $0.reached(.possible) })
    }

    /// A command of nothing but assignments.
    private func assign(_ command: ShellSimpleCommand, with expansion: ShellExpansion) -> Outcome {
        var expansion = expansion
        var refused: State?
        for assignment in command.assignments {
            // Every shell ends, or gives the line up, at one that cannot be changed any more.
            switch expansion.state.scope.readOnlyStates(of: assignment.name) {
            case [false]: break
            case [true]: return .aborting(expansion.state)
            default: refused = expansion.state
            }
            assign(assignment, with: &expansion)
        }
        var outcome = outcome(ofAssigning: command, expansion)
        if let refused { outcome = .either(outcome, .aborting(refused)) }
        if let discarded = expansion.discarded {
            outcome = .either(discarding(discarded), outcome.mapStates { $0.reached(.possible) })
        }
        guard let fatal = expansion.fatal else { return outcome }
        if expansion.endsForCertain { return .leaving(.abort, failed: fatal) }
        var aborted = outcome.mapStates { $0.reached(.possible) }
        aborted.add(Outcome.Leave(kind: .abort, failed: fatal))
        return aborted
    }

    /// Assignments alone succeed, unless the last command that was substituted does not.
    private func outcome(ofAssigning command: ShellSimpleCommand, _ expansion: ShellExpansion) -> Outcome {
        let state = expansion.state
        guard let status = expansion.lastStatus else {
            return command.redirections.isEmpty ? .succeeding(state) : .ordinary(state)
        }
        let substituted = status.apart(from: state)
        return Outcome(
            ok: substituted.ok.map { state.reached($0.reach) },
            failed: substituted.failed.map { state.reached($0.reach) })
    }

    /// A command with assignments before it.
    private func runAssigning(
        _ fields: [Argument], of command: ShellSimpleCommand, with expansion: ShellExpansion
    ) -> Outcome {
        var inner = expansion
        for assignment in command.assignments { assign(assignment, with: &inner, forCommand: fields) }
        let outcome = run(fields, in: inner.state)
        let name = Self.name(of: fields)
        if dialect == .posix, ShellBuiltins.special.contains(name),
            expansion.state.scope.callables[name] == nil
        {
            return outcome
        }
        // Assignments before other commands last no longer than they, in bash before none.
        return outcome.mapStates { after in
            var after = after
            for assignment in command.assignments {
                after.scope.restore(assignment.name, from: expansion.state.scope)
            }
            return after
        }
    }

    /// Behind unquoted variables that are most likely nothing.
    private static func name(of command: [Argument]) -> String {
        command.first { !$0.mayBeAnything || $0.text.hasUnknown }?.text ?? ""
    }

    /// Whether `kill` is for the shell itself, or for the group it is in.
    private func endsItself(_ command: ShellSimpleCommand) -> Bool {
        // `-0` only asks whether there is such a process.
        !command.words.contains { $0.plainText == "-0" }
            && command.words.dropFirst().contains { word in
                if word.plainText == "0" { return true }
                guard word.parts.count == 1, case .parameter(let parameter, _)? = word.parts.first else {
                    return false
                }
                return parameter.name == "$"
            }
    }

    // MARK: What a test tells

    private func isTest(_ fields: [Argument], in state: State) -> Bool {
        guard let name = fields.first?.text, name == "[" || name == "test" else { return false }
        // A function of that name may answer anything.
        return state.scope.callables[name] == nil && !state.scope.behaviour.contains(.lacksBuiltins)
    }

    /// The variables that a test asks about and that are presumed to be unset.
    func absentNames(in words: [ShellWord], _ state: State) -> [String] {
        words.compactMap { word in
            let parameters = word.parts.compactMap { part -> ShellParameter? in
                if case .parameter(let parameter, _) = part { return parameter }
                return nil
            }
            guard parameters.count == 1, let parameter = parameters.first,
                case let contents = state.scope.contents(of: parameter.name), contents.count == 1,
                case .text(let text)? = contents.first, text.hasAbsent, text.withoutAbsent.isEmpty
            else { return nil }
            return parameter.name
        }
    }

    /// On the way where a test did not go as presumed, something sets the variables after all.
    func noting(_ names: [String], _ outcome: Outcome, from start: State) -> Outcome {
        guard !names.isEmpty else { return outcome }
        return outcome.mapStates { after in
            guard after.reach < start.reach else { return after }
            var after = after
            for name in names {
                after.scope.bind(name, Variable(.text(TextMark.unknownButSet), isExported: true))
            }
            return after
        }
    }

    // MARK: Assignments

    private func assign(
        _ assignment: ShellAssignment, with expansion: inout ShellExpansion,
        forCommand command: [Argument]? = nil
    ) {
        let contents = expansion.contents(of: assignment)
        guard let command else {
            if assignment.name == "PS4" { notePrompt(contents, in: expansion.state) }
            if expansion.state.scope.convertsToNumbers(assignment.name) {
                for case .text(let text) in contents.map(\.content) { expansion.noteSubscripts(in: text) }
            }
            expansion.state.scope.assign(assignment.name, members: contents)
            return
        }
        // Before `eval` and its like a shell may assign without passing it on: dash does, bash does not.
        let name = Self.name(of: command)
        var scope = expansion.state.scope
        let line =
            WrapperReader.read(WrapperTable.exec, command.dropFirst(), scope: &scope)?.commandLine ?? []
        let replacesShell = name == "exec" && line.contains { !$0.mayBeAnything || $0.text.hasUnknown }
        let exported = ShellBuiltins.special.contains(name) && !replacesShell ? [true, false] : [true]
        expansion.state.scope.bind(
            assignment.name,
            Variable(
                members: contents.flatMap { member in
                    exported.map {
                        Variable.Member(
                            content: member.content, isExported: $0, isExpected: member.isExpected)
                    }
                }))
    }

    /// Under `set -x` bash expands this variable before each command, with the commands that stand in it.
    private func notePrompt(_ contents: [Variable.Member], in state: State) {
        for case .text(let text) in contents.map(\.content) {
            guard text.mayNameUWSGI || text.includes("$(") || text.includes("`") else { continue }
            if text.mayNameUWSGI || UWSGIWord.occurs(in: text.utf8) {
                tracer.notePossibleServer(Argument("uwsgi", at: location), in: state)
            }
        }
    }

    // MARK: Commands

    /// Runs a command whose fields are known: a function, a built-in command or a program.
    func run(_ fields: [Argument], in state: State) -> Outcome {
        guard let first = fields.first else { return .succeeding(state) }
        guard tracer.takeStep() else { return giveUp(on: fields, in: state) }
        if !first.text.isKnown { return runDoubtfullyNamed(fields, in: state) }
        // In POSIX's language functions come after the special built-in commands.
        if dialect == .posix, ShellBuiltins.special.contains(first.text) {
            return runCommand(fields, in: state)
        }
        return runFunction(fields, in: state) ?? runCommand(fields, in: state)
    }

    private func giveUp(on fields: [Argument], in state: State) -> Outcome {
        .ordinary(fields.reduce(state) { tracer.giveUp(on: $1.text.utf8, at: location, in: $0) })
    }

    /// Runs a function or an alias, if there is one of this name.
    private func runFunction(_ fields: [Argument], in state: State) -> Outcome? {
        guard let first = fields.first, let callable = state.scope.callables[first.text] else { return nil }
        let called = call(callable, fields, in: state)
        return callable.mayBeMissing && callable.aliases.isEmpty
            ? .either(called, runCommand(fields, in: state)) : called
    }

    /// Runs a command of whose name a part is not known.
    private func runDoubtfullyNamed(_ fields: [Argument], in state: State) -> Outcome {
        // An unquoted variable that the specification does not mention is most likely nothing.
        let rest = fields.drop { $0.mayBeAnything && !$0.text.hasUnknown }
        var named = Array(rest)
        guard let first = named.first else {
            let after = Self.afterUnseenName(state)
            return Outcome(ok: after, failed: after.reached(.possible))
        }
        if first.text.hasUnknown {
            // A path names a program, in whatever folder.
            let isPath = first.text.lastPathComponent.utf8.count < first.text.utf8.count
            return isPath && !String(first.text.lastPathComponent).hasUnknown
                ? runProgram(named[...], in: state) : runUnnamed(named, in: state)
        }
        named[0].text = first.text.withoutAbsent
        let outcome = run(named, in: state)
        return named.count < fields.count ? outcome.mapStates(Self.afterUnseenName) : outcome
    }

    /// Should the image set the variable after all, it named a program that cannot be seen.
    static func afterUnseenName(_ state: State) -> State {
        guard !state.lastPrograms.contains(.server) else { return state }
        var state = state
        state.lastPrograms.insert(.opaque)
        return state
    }

    /// Runs a command whose name cannot be seen: it may be a built-in one, and change anything.
    private func runUnnamed(_ fields: [Argument], in state: State) -> Outcome {
        runProgram(fields[...], in: state).mapStates { after in
            var after = after
            noteUnseenChanges(in: &after)
            return after
        }
    }

    /// Runs a built-in command or a program.
    func runCommand(_ fields: [Argument], in state: State) -> Outcome {
        guard let first = fields.first else { return .succeeding(state) }
        if let outcome = runBuiltin(first.text, fields, in: state) { return outcome }
        let outcome = runProgram(fields[...], in: state)
        return dialect == .posix && fields.count == 1
            ? assigning(first.text, in: state).map { .either(outcome, $0) } ?? outcome : outcome
    }

    func runProgram(_ line: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        // It may install what was not there.
        if !start.scope.missingPrograms.isEmpty,
            line.first.map({ OtherPrograms.mayInstall($0.text) && !start.scope.lacks(program: $0.text) })
                ?? true
        {
            state.scope.missingPrograms = []
        }
        let inner = Self.assigning(line, in: start)
        let outcome = tracer.descend { tracer.follow(line, in: inner) }
        guard let outcome else {
            return .ordinary(line.reduce(state) { tracer.giveUp(on: $1.text.utf8, at: location, in: $0) })
        }
        return outcome.apart(from: state).mapStates { after in
            var after = after
            if after.scope.output != nil {
                after.scope.print([Self.output(of: line, fedWith: state.scope.input ?? [])])
            }
            return after
        }
    }
}
