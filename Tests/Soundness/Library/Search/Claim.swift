import UWSGI

/// What detection says that a run of the script may contradict.
public enum Claim: String, Sendable, CaseIterable {
    /// Nothing is found; but uWSGI starts.
    case none
    /// A limit is called in force; but uWSGI starts without one.
    case set
    /// uWSGI is certain; but nothing starts.
    case certain
    /// No limit is visible; but every start has one.
    case unset

    /// The claim that the runs so far contradict, if there is one.
    ///
    /// A claim that all runs together contradict holds until a run speaks for it, so the more runs the better.
    init?(_ detection: Detection, of example: Example, _ runs: [(world: World, run: Run)]) {
        let traits = example.script.allTraits
        // What the image sets is not part of the specification: it speaks for a claim only, never against one.
        let seen = runs.filter { !$0.world.hasImageVariables }
        if !detection.runsUWSGI {
            // What the world itself names cannot be seen by anyone.
            let isVisible = { (world: World) in !traits.contains(.runsValue) || !world.namesUWSGI }
            guard seen.contains(where: { !$0.run.starts.isEmpty && isVisible($0.world) }) else { return nil }
            self = .none
            return
        }
        let state = detection.maxFD.state
        if state == .set || state == .excessive, seen.contains(where: { $0.run.isUnlimited }) {
            self = .set
        } else if detection.certainty == .certain,
            !(traits.contains(.mayNameNoProgram) && example.endsOnErrors),
            runs.allSatisfy({ $0.run.hasEnded && $0.run.starts.isEmpty })
        {
            self = .certain
        } else if state == .unset, !traits.contains(.isUnread), Self.areLimited(runs) {
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
