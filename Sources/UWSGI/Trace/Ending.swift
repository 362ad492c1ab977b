/// How a command line as a whole may end.
struct Ending {
    /// Whether it ends, by some way that its author means, and uWSGI was started on each of these ways.
    var servesForCertain: Bool
    /// What the last program was, by any way.
    var lastPrograms: ProgramKinds

    init(_ outcome: Outcome) {
        var succeeded = outcome.ok?.ways
        var failed = outcome.failed?.ways
        var gaveUp: Ways?
        for leave in outcome.leaves {
            succeeded = Ways.join(succeeded, leave.ok?.ways)
            if leave.kind == .exit || leave.kind == .exitOnFailure {
                gaveUp = Ways.join(gaveUp, leave.failed?.ways)
            } else {
                failed = Ways.join(failed, leave.failed?.ways)
            }
        }
        // A script that gives up (`exit 1`) without having served is not what its author means.
        if let ways = gaveUp, ways.haveServed { failed = Ways.join(failed, ways) }
        let end = Ways.join(succeeded, failed)
        servesForCertain = end?.reach == .expected && end?.haveServed ?? false
        lastPrograms = end?.lastPrograms ?? []
    }
}
