import UWSGI

/// What detection may be wrong about; the names are those of ``LaunchFault`` where there is one.
public enum Claim: String, Sendable, CaseIterable {
    /// Nothing is found; but uWSGI starts.
    case none = "missed"
    /// A limit is called in force; but uWSGI starts without one.
    case set = "wrongly set"
    /// uWSGI is certain; but nothing starts.
    case certain = "falsely certain"
    /// uWSGI is certain, and no limit is visible; but every start has one.
    case unset = "limit not seen"
    /// Less is found when less is known.
    case less = "lost by knowing less"

    /// The claim that the runs so far contradict, if there is one.
    ///
    /// A claim that all runs together contradict holds until a run speaks for it, so the more runs the better.
    init?(_ detection: Detection, of example: Example, _ runs: [(world: World, run: Run)]) {
        let traits = example.script.allTraits
        // Nobody can see what the image sets or what its programs start, nor what a ConfigMap or a file names as the
        // program to run: that speaks for a claim only, never against one.
        let seen = runs.filter { run in
            !run.world.isOfImage && !(traits.contains(.runsValue) && run.world.namesUWSGI)
        }
        if !detection.runsUWSGI {
            guard seen.contains(where: { !$0.run.starts.isEmpty }) else { return nil }
            self = .none
            return
        }
        let state = detection.maxFD.state
        if state == .set || state == .excessive, seen.contains(where: { $0.run.isUnlimited }) {
            self = .set
        } else if traits.contains(.isBroken) {
            // Whether a line is read to its end before its start is run differs between shells.
            return nil
        } else if detection.certainty == .certain,
            runs.allSatisfy({ $0.run.hasEnded && $0.run.starts.isEmpty })
        {
            self = .certain
        } else if state == .unset, detection.certainty == .certain, Self.areLimited(runs) {
            self = .unset
        } else {
            return nil
        }
    }

    private static func areLimited(_ runs: [(world: World, run: Run)]) -> Bool {
        let starts = runs.flatMap(\.run.starts)
        return !starts.isEmpty
            && starts.allSatisfy { if case .limited = $0 { true } else { false } }
            && runs.allSatisfy(\.run.hasEnded)
    }

    /// Whether one run is enough to contradict it.
    var needsOneRun: Bool { self == .none || self == .set }
}
