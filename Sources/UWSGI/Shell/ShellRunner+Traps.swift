import Basics
import ShellSyntax

/// What a shell runs when it ends, or when a signal arrives: POSIX.1-2024, trap, and the manual of bash.
struct Trap: Hashable {
    /// `EXIT`, or a signal without `SIG`; text that is not known may be any.
    var condition: String
    /// A script, expanded when it runs.
    var action: String

    /// Whether the end of the shell is among what it is for.
    var isForEnd: Bool { condition == Self.end || !condition.isKnown }
    /// Whether it may run at any time.
    var isForSignals: Bool { condition != Self.end }

    static let end = "EXIT"

    /// A condition's name, as it is written: also in small letters, as a number, with `SIG` before it.
    static func condition(_ text: String) -> String {
        let name = text.uppercased()
        if name == "0" { return end }
        return name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
    }
}

extension ShellRunner {
    /// More traps are not kept: what they hold may then run at once.
    private static let mostTraps = 16

    func runTrap(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        let words = operands.drop { $0.text == "--" }
        guard let action = words.first else { return .succeeding(start) }
        let isReset = action.text == "-" || words.count == 1 || action.text.isDecimalNumber
        guard isReset || !action.text.hasPrefix("-") else { return .succeeding(start) }
        var state = start
        for word in action.text == "-" || !isReset ? words.dropFirst() : words {
            let condition = Trap.condition(word.text)
            state.scope.traps.removeAll { $0.condition == condition && condition.isKnown }
            // An empty action has the signal ignored.
            guard !isReset, !action.text.isEmpty else { continue }
            if state.scope.traps.count < Self.mostTraps {
                state.scope.traps.append(Trap(condition: condition, action: action.text))
            } else {
                state = receive(action.text, in: state).state
            }
        }
        tracer.hasTraps = true
        return .succeeding(state)
    }

    /// What traps for signals may do after a command that changed something; where it changed nothing they do what they
    /// may have done before.
    func receivingSignals(_ outcome: Outcome, from start: State) -> Outcome {
        var result = outcome
        func receive(_ state: State?) -> State? {
            guard let state, !state.sharesScope(with: start) else { return state }
            let actions = Set(state.scope.traps.lazy.filter(\.isForSignals).map(\.action))
            return actions.reduce(state) { state, action in
                let received = self.receive(action, in: state)
                result.add(leavesOf: received.leaves)
                return received.state
            }
        }
        result.ok = receive(outcome.ok)
        result.failed = receive(outcome.failed)
        return result
    }

    /// - Returns: the state where the action ran or did not, and how it left.
    private func receive(_ action: String, in start: State) -> (state: State, leaves: Outcome) {
        var inner = start.reached(.possible)
        // Meanwhile it receives none.
        inner.scope.traps.removeAll(where: \.isForSignals)
        let outcome = tracer.descend { run(script: action, in: inner) }
        guard let outcome, let after = outcome.next else { return (start, outcome ?? .nothing) }
        guard var state = State.join(start, after) else { return (start, outcome) }
        // What a program was that a signal starts says nothing of the ways that lead on.
        state.ways = start.ways
        return (state, outcome)
    }

    static func withoutTraps(_ state: State) -> State {
        var state = state
        state.scope.traps = []
        return state
    }

    /// A shell of its own begins without the traps for the end of the one that started it.
    func withoutTrapsForEnd(_ state: State) -> State {
        guard tracer.hasTraps, state.scope.traps.contains(where: { $0.condition == Trap.end }) else {
            return state
        }
        var state = state
        state.scope.traps.removeAll { $0.condition == Trap.end }
        return state
    }

    /// What a shell comes to that ends with an outcome, where it runs something at its end.
    func ending(_ outcome: Outcome) -> Outcome {
        guard tracer.hasTraps else { return outcome }
        var ends = [outcome.ok, outcome.failed].compactMap { $0 }
        for leave in outcome.leaves { ends += [leave.ok, leave.failed].compactMap { $0 } }
        ends.removeAll { state in !state.scope.traps.contains(where: \.isForEnd) }
        guard var end = ends.reduce(nil, State.join)?.reached(.possible) else { return outcome }
        let actions = Set(end.scope.traps.lazy.filter(\.isForEnd).map(\.action))
        end.scope.traps = []
        var printed: [String] = []
        for action in actions {
            var runner = self
            runner.isInFunction = false
            runner.loops = 0
            let last = tracer.descend { runner.run(script: action, in: end) }
            printed += last?.printed ?? []
        }
        return outcome.mapStates { state in
            guard let before = state.scope.output else { return state }
            var state = state
            state.scope.output = Scope.union(before, printed, widened: Scope.anyText)
            return state
        }
    }
}
