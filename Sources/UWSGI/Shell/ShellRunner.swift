import ShellSyntax

/// Runs a shell script without running anything: turns each piece of its syntax and the state before it into an
/// ``Outcome``. Source: POSIX.1-2024, Shell Command Language, 2.8 to 2.15, and the manual of bash.
///
/// A runner is the place where a script stands and the way it is read; what changes is in the states.
struct ShellRunner {
    let tracer: LaunchTracer
    /// Where the script's text stands: the place of arguments that it makes.
    let location: ArgumentLocation
    let dialect: ShellDialect
    /// Which shell it is, where more than its dialect is known; by the name of sh it may be any.
    var kind = ShellInvocation.Kind.any
    /// How deep the lines of its script are: there it goes on after an error that ends one.
    var nesting = 0
    /// Whether a failure does not end the shell here in spite of `set -e`: in a condition.
    var ignoresFailure = false
    /// Whether `command` runs it: then no error of a special built-in command ends the shell.
    var isByCommand = false
    /// Whether a function is running, so that `return` has somewhere to go.
    var isInFunction = false
    /// How many loops are around a command, so that `break` has somewhere to go.
    var loops = 0
    /// How many more are around the function that is running: dash leaves those, bash does not.
    var loopsOfCallers = 0

    // MARK: Scripts

    /// Reads a script and runs it.
    func run(script: String, in state: State) -> Outcome {
        let isKnown = script.isKnown
        if !isKnown {
            if script.hasUnknown, !script.utf8.contains(where: { !TextMark.isMark($0) && $0 > 0x20 }) {
                return run(unknownScript: script, in: state)
            }
            if script.mayNameUWSGI { tracer.notePossibleServer(Argument("uwsgi", at: location), in: state) }
        }
        tracer.budget.spendBytes(script.utf8.count)
        guard tracer.takeStep() else {
            return .ordinary(tracer.giveUp(on: script.utf8, at: location, in: state))
        }
        let parsed = ShellParser.parse(
            isKnown ? script : script.withoutAbsent, dialect: dialect, depth: tracer.depth,
            deepest: LaunchTracer.deepest)
        // A carriage return is an ordinary character: with one at the end of lines, hardly any word is what it seems.
        let state =
            script.hasByte { $0 == 0x0D } && script.includes("\r\n") ? state.reached(.possible) : state
        var runner = self
        runner.nesting = tracer.depth + 1
        let outcome = runner.run(parsed, in: state)
        guard let unread = parsed.unread else { return outcome }
        return continued(outcome) { .ordinary(tracer.giveUp(on: unread, at: location, in: $0)) }
    }

    /// Runs the lines that every shell reads, and those that only some do.
    private func run(_ script: ShellScript, in state: State) -> Outcome {
        guard let start = script.bashStart else { return run(script.list, in: state) }
        let lines = script.list.elements
        let outcome = run(ShellList(elements: Array(lines.prefix(start))), in: state)
        return continued(outcome) { next in
            var rest = run(ShellList(elements: Array(lines.dropFirst(start))), in: next.reached(.possible))
            // Others end here.
            rest.add(Outcome.Leave(kind: .abort, failed: next))
            return rest
        }
    }

    /// A script of which nothing is known.
    private func run(unknownScript script: String, in state: State) -> Outcome {
        var state = state
        if script.mayNameUWSGI || UWSGIWord.occurs(in: script.utf8) {
            tracer.notePossibleServer(Argument("uwsgi", at: location), in: state)
        }
        state.lastPrograms = .opaque
        noteUnseenChanges(in: &state)
        return .question(state)
    }

    /// What comes after an outcome, whatever its status.
    func continued(_ outcome: Outcome, _ next: (State) -> Outcome) -> Outcome {
        guard let state = outcome.next else { return outcome }
        var after = next(state)
        after.add(leavesOf: outcome)
        return after
    }

    // MARK: Lists

    func run(_ list: ShellList, in state: State) -> Outcome {
        tracer.descend { follow(list.elements[...], in: state) }
            ?? .ordinary(giveUp(on: list.elements[...], in: state))
    }

    /// The outcome of a condition.
    func ask(_ list: ShellList, in state: State) -> Outcome {
        var runner = self
        runner.ignoresFailure = true
        return runner.run(list, in: state).asked
    }

    private func giveUp(on elements: ArraySlice<ShellList.Element>, in state: State) -> State {
        tracer.stop()
        return elements.reduce(state) { tracer.giveUp(on: $1.source, at: location, in: $0) }
    }

    private func follow(_ elements: ArraySlice<ShellList.Element>, in start: State) -> Outcome {
        var outcome = Outcome.succeeding(start)
        var index = elements.startIndex
        while index < elements.endIndex {
            guard let state = outcome.next else { return outcome }
            guard tracer.takeStep() else {
                outcome.ok = giveUp(on: elements[index...], in: state)
                outcome.failed = nil
                return outcome
            }
            let end = endOfChain(elements, from: index)
            var chain =
                elements[index].isInBackground
                ? runInBackground(elements[index..<end], in: state)
                : runChain(elements[index..<end], in: state)
            chain.expectMoreIfGivenUp(from: state)
            if nesting == tracer.depth, let left = chain.take(.discard) {
                chain.failed = State.join(chain.failed, left.failed)
            }
            chain.add(leavesOf: outcome)
            outcome = chain
            index = end
        }
        return outcome
    }

    /// Where the commands end that `&&` and `||` connect.
    private func endOfChain(_ elements: ArraySlice<ShellList.Element>, from start: Int) -> Int {
        var end = start + 1
        while end < elements.endIndex, elements[end].connector != .always { end += 1 }
        return end
    }

    /// Commands with `&&` and `||` between them. A failure of the last one ends a shell under `set -e`; one before
    /// it was asked for.
    private func runChain(_ chain: ArraySlice<ShellList.Element>, in state: State) -> Outcome {
        var outcome = Outcome.succeeding(state)
        var forgiven: State?
        for index in chain.indices {
            let isLast = index == chain.endIndex - 1
            var next: Outcome
            switch chain[index].connector {
            case .always: next = run(chain[index], isLast: isLast, in: state)
            case .and:
                forgiven = State.join(forgiven, outcome.failed)
                guard let ok = outcome.ok else {
                    outcome.failed = nil
                    continue
                }
                next = run(chain[index], isLast: isLast, in: ok)
            case .or:
                var before = outcome
                before.failed = State.join(forgiven, outcome.failed)
                forgiven = nil
                guard let failed = before.asked.failed else {
                    outcome.failed = nil
                    continue
                }
                next = run(chain[index], isLast: isLast, in: failed)
                next.ok = State.join(outcome.ok, next.ok)
            }
            next.add(leavesOf: outcome)
            outcome = next
        }
        if let failed = outcome.failed, failed.scope.endsOnFailure, !ignoresFailure,
            !Self.isNegated(chain.last)
        {
            outcome.add(Outcome.Leave(kind: .exitOnFailure, failed: failed))
            outcome.failed = nil
        }
        outcome.failed = State.join(forgiven, outcome.failed)
        return outcome
    }

    /// Whether a pipeline begins with `!`: then `set -e` does not mind how it ends.
    private static func isNegated(_ element: ShellList.Element?) -> Bool {
        if case .pipeline(_, let isNegated)? = element?.command { return isNegated }
        return false
    }

    private func run(_ element: ShellList.Element, isLast: Bool, in state: State) -> Outcome {
        guard tracer.takeStep() else { return .ordinary(giveUp(on: [element], in: state)) }
        if case .function(let name, let body) = element.command {
            return define(name, body, source: element.source, in: state)
        }
        var runner = self
        if !isLast { runner.ignoresFailure = true }
        let outcome = runner.run(element.command, in: state)
        return tracer.hasTraps ? receivingSignals(outcome, from: state) : outcome
    }

    /// What runs beside what follows: `a &`.
    private func runInBackground(_ chain: ArraySlice<ShellList.Element>, in state: State) -> Outcome {
        tracer.hasBackground = true
        let outcome = ending(runChain(chain, in: withoutTrapsForEnd(state))).apart(from: state)
        var after = outcome.next ?? state
        after.reach = state.reach
        return .succeeding(after)
    }
}
