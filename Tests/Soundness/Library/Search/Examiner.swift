import UWSGI

/// Holds scripts against detection, by running them in several worlds.
struct Examiner {
    /// A script about which detection is wrong.
    struct Finding: Sendable {
        var claim: Claim
        var example: Example
        var detection: Detection
        /// The world in which it shows; all those tried where no single one does.
        var worlds: [World]
        var starts: [Run.Start]
    }

    private let sandbox: Sandbox
    private let detector = Detector()
    /// How often a script was run.
    private(set) var runCount = 0

    /// In how many worlds a script is run, and in how many before something is said to happen in none.
    private let worlds = 4
    private let manyWorlds = 40

    init(_ programs: SandboxPrograms) throws { sandbox = try Sandbox(programs) }

    /// Runs an example in worlds that `seed` determines.
    /// - Returns: what detection is wrong about, if anything was found.
    mutating func examine(_ example: Example, seed: UInt64) throws -> Finding? {
        let detection = detector.detect(example.container)
        var random = SplitMix64(seed: seed)
        var runs: [(world: World, run: Run)] = []
        func finding(_ claim: Claim) -> Finding {
            let one = claim.needsOneRun ? runs.last : nil
            return Finding(
                claim: claim, example: example, detection: detection,
                worlds: one.map { [$0.world] } ?? [], starts: one?.run.starts ?? runs.flatMap(\.run.starts))
        }
        var claim: Claim?
        for index in 0..<manyWorlds {
            if index >= worlds, claim == nil { return nil }
            let world = world(index, of: example, &random)
            runs.append((world, try run(example, in: world)))
            claim = Claim(detection, of: example, runs)
            if let claim, claim.needsOneRun { return finding(claim) }
        }
        return claim.map(finding)
    }

    /// The first worlds are those that a script's author has in mind, in each shell.
    private func world(_ index: Int, of example: Example, _ random: inout SplitMix64) -> World {
        let shells = example.invocation.shells
        let shell = shells[index % shells.count]
        if index == 0 { return .expected(shell) }
        return World(
            example, shell: shell, hasImageVariables: index >= worlds && index % 2 == 0, random: &random)
    }

    /// Whether detection is wrong about an example in the same way as in `finding`.
    mutating func isWrong(_ example: Example, as finding: Finding, seed: UInt64) throws -> Finding? {
        guard finding.claim.needsOneRun, let world = finding.worlds.first else {
            return try examine(example, seed: seed).flatMap { $0.claim == finding.claim ? $0 : nil }
        }
        let detection = detector.detect(example.container)
        // Most candidates fail here, before anything is run.
        guard finding.claim == .none ? !detection.runsUWSGI : detection.maxFD.state != .unset else {
            return nil
        }
        let run = try run(example, in: world)
        guard Claim(detection, of: example, [(world, run)]) == finding.claim else { return nil }
        return Finding(
            claim: finding.claim, example: example, detection: detection, worlds: [world], starts: run.starts)
    }

    private mutating func run(_ example: Example, in world: World) throws -> Run {
        runCount += 1
        return try sandbox.run(example, in: world)
    }
}
