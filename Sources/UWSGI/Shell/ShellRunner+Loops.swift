import Basics
import ShellSyntax

/// Loops: run turn by turn as long as it is known that there is a next one, and then as often as it takes until
/// nothing changes any more.
extension ShellRunner {
    /// The most turns that are run one by one.
    private static let mostTurns = 16

    /// The states that a loop has been in, and where it goes on.
    private struct Loop {
        /// Where control is when the loop has ended.
        var after: State?
        var leaves = Outcome.nothing
    }

    // MARK: while and until

    func runWhile(_ condition: ShellList, _ body: ShellList, isUntil: Bool, in start: State) -> Outcome {
        var loop = Loop()
        var entry: State? = start
        var seen = start
        var turn = 0
        while let state = entry, turn < Self.mostTurns, !tracer.budget.isExhausted {
            turn += 1
            let answer = ask(condition, in: state)
            loop.leaves.add(leavesOf: answer)
            let (goesOn, ends) = isUntil ? (answer.failed, answer.ok) : (answer.ok, answer.failed)
            loop.after = State.join(loop.after, ends)
            guard let goesOn else { return finish(loop) }
            guard let next = runTurn(body, in: goesOn, &loop) else { return finish(loop) }
            if ends == nil {
                // It is known that there was this turn: the next begins where it ended.
                if next.isEquivalent(to: state) { return endless(loop, in: next) }
                // What is printed grows with every turn, and changes nothing for the next one.
                let printed = next.printingAnything
                if printed.isEquivalent(to: state.printingAnything) { return endless(loop, in: printed) }
                entry = next
                seen = next
            } else {
                guard let joined = State.join(seen, next), !joined.isEquivalent(to: seen) else {
                    return finish(loop)
                }
                entry = turn < 3 ? joined : joined.widened(from: seen)
                seen = joined
                if turn > 4 { return finish(loop) }
            }
        }
        if let entry {
            return widenedTurn(condition, body, isUntil: isUntil, in: entry.widened(from: start), loop)
        }
        return finish(loop)
    }

    /// One more turn, for all that may follow, with what turns change being anything.
    private func widenedTurn(
        _ condition: ShellList, _ body: ShellList, isUntil: Bool, in state: State, _ loop: Loop
    ) -> Outcome {
        var loop = loop
        let answer = ask(condition, in: state)
        loop.leaves.add(leavesOf: answer)
        let (goesOn, ends) = isUntil ? (answer.failed, answer.ok) : (answer.ok, answer.failed)
        loop.after = State.join(loop.after, ends)
        if let goesOn, let next = runTurn(body, in: goesOn, &loop) {
            if ends == nil { return endless(loop, in: next) }
            loop.after = State.join(loop.after, next)
        }
        return finish(loop)
    }

    /// Runs the body once, and catches what `break` and `continue` do.
    /// - Returns: where the next turn would begin.
    private func runTurn(_ body: ShellList, in state: State, _ loop: inout Loop) -> State? {
        var runner = self
        runner.loops += 1
        var outcome = runner.run(body, in: state)
        if let left = outcome.take(.loopBreak(1)) {
            loop.after = State.join(loop.after, State.join(left.ok, left.failed))
        }
        var next = outcome.next
        if let left = outcome.take(.loopContinue(1)) {
            next = State.join(next, State.join(left.ok, left.failed))
        }
        for leave in outcome.leaves {
            var leave = leave
            switch leave.kind {
            case .loopBreak(let levels): leave.kind = .loopBreak(levels - 1)
            case .loopContinue(let levels): leave.kind = .loopContinue(levels - 1)
            case .exit, .exitOnFailure, .abort, .discard, .functionReturn: break
            }
            loop.leaves.add(leave)
        }
        return next
    }

    private func finish(_ loop: Loop) -> Outcome {
        var outcome = loop.leaves
        outcome.ok = loop.after
        return outcome
    }

    /// A loop that never ends is an end of the shell.
    private func endless(_ loop: Loop, in state: State) -> Outcome {
        var outcome = finish(loop)
        outcome.add(Outcome.Leave(kind: .exit, ok: state))
        return outcome
    }

    // MARK: for

    func runFor(
        _ name: String, _ words: [ShellWord]?, _ body: ShellList, isSelect: Bool, in start: State
    ) -> Outcome {
        var expansion = ShellExpansion(runner: self, state: start)
        // Each word names the variable that a reference is for, which hardly one does.
        if expansion.state.scope.targets(of: name) != [name] {
            expansion.state.reach = min(expansion.state.reach, .possible)
        }
        let lists =
            words.map { expansion.fields(of: $0[...]) }
            ?? expansion.state.scope.argumentLists.map {
                ShellExpansion.Fields(list: $0.arguments, reach: $0.reach)
            }
        return continuing(expansion) { runTurns(name, lists, body, isSelect: isSelect, in: $0) }
    }

    private func runTurns(
        _ name: String, _ lists: [ShellExpansion.Fields], _ body: ShellList, isSelect: Bool, in start: State
    ) -> Outcome {
        // An answer that is not on the menu leaves nothing.
        if isSelect {
            return runUnknownTurns(name, [""] + lists.flatMap(\.list).map(\.text), body, in: start)
        }
        var result = Outcome.nothing
        for fields in lists {
            let list = fields.list
            let state = fields.reach == .expected ? start : start.reached(fields.reach)
            let isKnown = list.count <= Self.mostTurns && !list.contains(where: \.isElastic)
            result = .either(
                result,
                isKnown
                    ? runTurns(name, list[...], body, in: state)
                    : runTurns(name, ofUnknownNumber: list, body, in: state))
        }
        return result
    }

    private func runTurns(
        _ name: String, _ list: ArraySlice<Argument>, _ body: ShellList, in start: State,
        after loop: Loop = Loop()
    ) -> Outcome {
        var loop = loop
        var entry: State? = start
        for argument in list {
            guard var state = entry else { break }
            guard tracer.takeStep() else { return finish(loop) }
            state.scope.assign(name, argument.text)
            entry = runTurn(body, in: state, &loop)
        }
        loop.after = State.join(loop.after, entry)
        return finish(loop)
    }

    /// A loop over words of which it is not known how many there are, or over very many. Those behind the unknown ones
    /// come last, one by one.
    private func runTurns(
        _ name: String, ofUnknownNumber list: [Argument], _ body: ShellList, in start: State
    ) -> Outcome {
        let end = list.lastIndex(where: \.isElastic).map { $0 + 1 } ?? list.endIndex
        let (head, tail) = (list[..<end], list[end...])
        guard !tail.isEmpty, tail.count <= Self.mostTurns else {
            return runUnknownTurns(name, list.map(\.text), body, in: start)
        }
        // Unquoted variables that the specification does not mention are most likely nothing.
        let isPresumedEmpty = head.allSatisfy { $0.mayBeAnything && !$0.text.hasUnknown }
        var loop = Loop()
        let value = Self.anyOf(head.map(\.text))
        let next = unknownTurns(body, in: isPresumedEmpty ? start.reached(.possible) : start, &loop) {
            $0.scope.assign(name, value)
        }
        return runTurns(name, tail, body, in: State.join(start, next) ?? start, after: loop)
    }

    private static func anyOf(_ texts: [String]) -> String {
        Set(texts).count == 1 ? texts.first ?? TextMark.unknown : Scope.anyText(texts)
    }

    private func runUnknownTurns(
        _ name: String, _ texts: [String], _ body: ShellList, in start: State
    ) -> Outcome {
        let value = Self.anyOf(texts)
        return runUnknownTurns(body, in: start) { $0.scope.assign(name, value) }
    }

    func runArithmeticFor(_ source: ShellSource, _ body: ShellList, in start: State) -> Outcome {
        let parts = source.split(separator: UInt8(ascii: ";")).map { String(decoding: $0, as: UTF8.self) }
        var loop = Loop()
        var start = start
        if let first = firstTurn(of: parts, in: start) {
            guard let next = runTurn(body, in: first, &loop) else { return finish(loop) }
            start = next
        }
        let rest = runTurns(of: parts, body, in: start)
        return .either(finish(loop), rest)
    }

    /// The state in which a loop begins that is known to take one turn: `for ((i = 0; i < 2; i++))`.
    private func firstTurn(of parts: [String], in start: State) -> State? {
        guard parts.count == 3, let (name, value) = ServerOptions.setting(parts[0]) else { return nil }
        let variable = name.filter { $0 != " " }
        let number = value.filter { $0 != " " }
        guard EnvironmentNames.isIdentifier(variable), number.isDecimalNumber else { return nil }
        var state = start
        state.scope.assign(variable, number)
        let condition = ShellExpansion(runner: self, state: state).number(of: parts[1])
        return condition.map { $0 != 0 } ?? false ? state : nil
    }

    private func runTurns(of parts: [String], _ body: ShellList, in start: State) -> Outcome {
        runUnknownTurns(body, in: start) { state in
            var expansion = ShellExpansion(runner: self, state: state)
            for part in parts {
                expansion.runCommands(in: part)
                expansion.noteSubscripts(in: part)
                expansion.forgetAssigned(in: part)
            }
            state = expansion.state
        }
    }

    /// No turn, one, one more with what both leave, and one with whatever still changes being anything.
    private func runUnknownTurns(
        _ body: ShellList, in start: State, _ prepare: (inout State) -> Void
    ) -> Outcome {
        var loop = Loop()
        let after = unknownTurns(body, in: start, &loop, prepare)
        loop.after = State.join(after, loop.after)
        return finish(loop)
    }

    /// - Returns: where control is when it has not left the loop.
    private func unknownTurns(
        _ body: ShellList, in start: State, _ loop: inout Loop, _ prepare: (inout State) -> Void
    ) -> State {
        var after = start
        var seen = start
        for turn in 0..<4 {
            guard tracer.takeStep() else { break }
            var state = seen
            prepare(&state)
            guard let next = runTurn(body, in: state, &loop), let joined = State.join(seen, next) else {
                break
            }
            after = State.join(after, next) ?? after
            if joined.isEquivalent(to: seen) { break }
            seen = turn < 1 ? joined : joined.widened(from: seen)
        }
        return after
    }
}
