/// How a command line as a whole may end.
struct Ending {
    /// Whether it ends, by some way that its author means, and uWSGI was started on each of these ways.
    var servesForCertain: Bool
    /// What the last program was, by any way.
    var lastPrograms: ProgramKinds

    init(_ outcome: Outcome) {
        var succeeded = outcome.ok
        var failed = outcome.failed
        var gaveUp: State?
        for leave in outcome.leaves {
            succeeded = State.join(succeeded, leave.ok)
            if leave.kind == .exit || leave.kind == .exitOnFailure {
                gaveUp = State.join(gaveUp, leave.failed)
            } else {
                failed = State.join(failed, leave.failed)
            }
        }
        // A script that gives up (`exit 1`) without having served is not what its author means.
        if let state = gaveUp, state.hasServed { failed = State.join(failed, state) }
        let end = State.join(succeeded, failed)
        servesForCertain = end?.reach == .expected && end?.hasServed ?? false
        lastPrograms = end?.lastPrograms ?? []
    }
}
