/// What became of running a piece of a command line.
///
/// A command ends well or badly, and control goes on in another state after either: `ok` and `failed`, of which
/// one is missing where it cannot be. That is all there is to an exit status. An ordinary command is expected to
/// end well: then `failed` is only ``Reach/afterFailure``. A question (`[`, `grep -q`, any condition) may go
/// either way, and its author means both.
///
///     a; b       run b in either state of a
///     a && b     run b where a ended well, join with where it failed
///     a || b     run b where a failed (its author thought of it), join with where it ended well
///     ! a        swap
///     if a; …    run the body where a ended well, the rest where it failed; join what comes out
///     ( a )      run a in a copy: see ``apart(from:)``
struct Outcome {
    /// Where control goes on after success.
    var ok: State?
    /// Where control goes on after failure.
    var failed: State?
    /// The ways that leave otherwise, each to be caught by its construct.
    var leaves: [Leave] = []

    /// A way that leaves.
    struct Leave {
        enum Kind: Hashable {
            /// The shell ends: `exit`, `exec`.
            case exit
            /// A command failed under `set -e`.
            case exitOnFailure
            /// An error ends the shell, which its author does not mean.
            case abort
            /// An error ends the line of a script of bash, which goes on with the next one.
            case discard
            case functionReturn
            case loopBreak(Int)
            case loopContinue(Int)
        }

        var kind: Kind
        var ok: State?
        var failed: State?
    }

    /// Control does not go on at all.
    static var nothing: Outcome { Outcome() }

    init(ok: State? = nil, failed: State? = nil, leaves: [Leave] = []) {
        self.ok = ok
        self.failed = failed
        self.leaves = leaves
    }

    /// Success for certain.
    static func succeeding(_ state: State) -> Outcome { Outcome(ok: state) }

    static func failing(_ state: State) -> Outcome { Outcome(failed: state) }

    /// A command that is expected to succeed, and may fail.
    static func ordinary(_ state: State) -> Outcome {
        Outcome(ok: state, failed: state.reached(.afterFailure))
    }

    /// A command that asks something: either answer is one that its author means.
    static func question(_ state: State) -> Outcome { Outcome(ok: state, failed: state) }

    /// An error that ends one shell, and that another one passes over.
    static func aborting(_ state: State) -> Outcome {
        Outcome(failed: state.reached(.possible), leaves: [Leave(kind: .abort, failed: state)])
    }

    static func leaving(_ kind: Leave.Kind, ok: State? = nil, failed: State? = nil) -> Outcome {
        Outcome(leaves: [Leave(kind: kind, ok: ok, failed: failed)])
    }

    // MARK: Operations

    /// Where control goes on at all.
    var next: State? { State.join(ok, failed) }

    /// Either of two outcomes.
    static func either(_ a: Outcome, _ b: Outcome) -> Outcome {
        var joined = a
        joined.ok = State.join(a.ok, b.ok)
        joined.failed = State.join(a.failed, b.failed)
        joined.add(leavesOf: b)
        return joined
    }

    mutating func add(leavesOf other: Outcome) {
        for leave in other.leaves { add(leave) }
    }

    /// Ways that leave alike are joined, so that there are never many.
    mutating func add(_ leave: Leave) {
        guard let index = leaves.firstIndex(where: { $0.kind == leave.kind }) else {
            leaves.append(leave)
            return
        }
        leaves[index].ok = State.join(leaves[index].ok, leave.ok)
        leaves[index].failed = State.join(leaves[index].failed, leave.failed)
    }

    /// Takes the ways that leave by a kind out of the outcome.
    mutating func take(_ kind: Leave.Kind) -> Leave? {
        guard let index = leaves.firstIndex(where: { $0.kind == kind }) else { return nil }
        return leaves.remove(at: index)
    }

    /// `! a`
    var negated: Outcome {
        var swapped = asked
        swap(&swapped.ok, &swapped.failed)
        return swapped
    }

    /// The outcome of a condition: that a command fails is then what its author thought of as well.
    var asked: Outcome {
        guard var failed, failed.reach == .afterFailure else { return self }
        failed.reach = .expected
        var copy = self
        copy.failed = failed
        return copy
    }

    /// A script that gives up (`exit 1`) because a variable is not set tells that something sets it: the way on is
    /// then the one that its author means.
    mutating func expectMoreIfGivenUp(from start: State) {
        guard let next, next.reach != .improbable, next.reach < start.reach,
            let exit = leaves.first(where: { $0.kind == .exit }), exit.failed?.reach == start.reach,
            !leaves.contains(where: { $0.ok?.reach == start.reach })
        else { return }
        ok?.reach = start.reach
        failed?.reach = min(start.reach, .expected)
    }

    /// What a shell of its own comes to, seen from the shell that started it: whatever ends the inner one, the
    /// outer one goes on, and nothing but files is left of what was done inside.
    /// - Parameter keepsOutput: whether what is printed inside goes where the outer one prints.
    func apart(from outer: State, keepsOutput: Bool = false) -> Outcome {
        var ok = ok
        var failed = failed
        for leave in leaves {
            ok = State.joinApart(ok, leave.ok)
            failed = State.joinApart(failed, leave.failed)
        }
        return Outcome(
            ok: ok.map { Self.back(from: $0, to: outer, keepsOutput: keepsOutput) },
            failed: failed.map { Self.back(from: $0, to: outer, keepsOutput: keepsOutput) })
    }

    private static func back(from inner: State, to outer: State, keepsOutput: Bool) -> State {
        var state = outer
        state.take(waysOf: inner)
        if keepsOutput, state.scope.output != nil { state.scope.output = inner.scope.output }
        if !inner.scope.files.isSame(as: outer.scope.files) { state.scope.files = inner.scope.files }
        // What ran inside may have installed a program.
        if !outer.scope.missingPrograms.isEmpty {
            state.scope.missingPrograms.removeAll { !inner.scope.missingPrograms.contains($0) }
        }
        return state
    }
}
