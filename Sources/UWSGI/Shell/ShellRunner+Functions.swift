import Basics
import ShellSyntax

/// Functions and aliases.
extension ShellRunner {
    /// How often a function is followed into itself.
    private static let deepestRecursion = 2

    func call(_ callable: Scope.Callable, _ fields: [Argument], in state: State) -> Outcome {
        guard !fields.isEmpty else { return .succeeding(state) }
        var result: Outcome?
        for function in callable.functions {
            let outcome = call(function, fields.dropFirst(), in: state)
            result = result.map { .either($0, outcome) } ?? outcome
        }
        let expandsAliases =
            dialect == .posix || callable.isHashed || state.scope.behaviour.contains(.expandsAliases)
        for alias in callable.aliases where expandsAliases {
            // Whether an alias is expanded depends on the shell, and on when it read the line.
            let line = ([alias] + fields.dropFirst().map { ShellQuoting.quoted($0.text) }).joined(
                separator: " ")
            // Within itself it is not expanded again.
            var inner = state.reached(.possible)
            if let name = fields.first?.text { inner.scope.callables[name] = nil }
            let outcome = tracer.descend { run(script: line, in: inner) }?.mapStates { after in
                var after = after
                after.scope.callables = state.scope.callables
                return after
            }
            let asIs = Outcome.either(.failing(state), runCommand(fields, in: state.reached(.possible)))
            result = .either(result ?? asIs, outcome ?? .ordinary(state.reached(.possible)))
        }
        return result ?? runCommand(fields, in: state)
    }

    func call(
        _ function: Scope.Function, _ arguments: ArraySlice<Argument>, in outer: State
    ) -> Outcome {
        guard tracer.activeFunctions.count(where: { $0 === function }) < Self.deepestRecursion else {
            return .ordinary(tracer.giveUp(on: function.source, at: location, in: outer))
        }
        tracer.activeFunctions.append(function)
        defer { tracer.activeFunctions.removeLast() }
        var runner = self
        runner.isInFunction = true
        runner.loopsOfCallers += loops
        runner.loops = 0
        var state = outer
        state.scope.argumentLists = [ParameterList(Array(arguments))]
        state.scope.locals = []
        guard var outcome = tracer.descend({ runner.run(function.body, in: state) }) else {
            return .ordinary(tracer.giveUp(on: function.source, at: location, in: outer))
        }
        if let left = outcome.take(.functionReturn) {
            outcome.ok = State.join(outcome.ok, left.ok)
            outcome.failed = State.join(outcome.failed, left.failed)
        }
        return outcome.mapStates { after in
            var after = after
            for name in after.scope.locals { after.scope.restore(name, from: outer.scope) }
            after.scope.locals = outer.scope.locals
            after.scope.argumentLists = outer.scope.argumentLists
            return after
        }
    }
}
