import UWSGI

/// What is held against the shells: detection, or a stand-in for it in a test.
public typealias Detecting = @Sendable (ContainerSpecification) -> Detection

/// Holds scripts against detection, by running them in several worlds.
struct Examiner {
    /// A script about which detection is wrong.
    struct Finding: Sendable {
        var claim: Claim
        var example: Example
        var detection: Detection
        /// The world in which it shows; all those tried where no single one does.
        var worlds: [World]
        var starts: [Run.Start] = []
        /// Of ``Claim/less``: the container of which less is known, and what detection says of it.
        var variant: (example: Example, detection: Detection)?
    }

    private let sandbox: Sandbox
    private let detect: Detecting
    /// How often a script was run.
    private(set) var runCount = 0
    /// How many of the scripts started uWSGI in a world, and how many without a limit.
    private(set) var startingCount = 0
    private(set) var unlimitedCount = 0

    /// In how many worlds a script is run, and in how many before something is said to happen in none, or in all: what
    /// an image sets may be needed in several variables, with a program that fails.
    private let worlds = 4
    private let mostWorlds = 400

    init(_ programs: SandboxPrograms, patience: Int, _ detect: @escaping Detecting) throws {
        sandbox = try Sandbox(programs, patience: patience)
        self.detect = detect
    }

    /// Runs an example in worlds that `seed` determines.
    /// - Returns: what detection is wrong about, if anything was found.
    mutating func examine(_ example: Example, seed: UInt64) throws -> Finding? {
        var runs: [(world: World, run: Run)] = []
        let finding = try examine(example, seed: seed, &runs)
        startingCount += runs.contains { !$0.run.starts.isEmpty } ? 1 : 0
        unlimitedCount += runs.contains { $0.run.isUnlimited } ? 1 : 0
        return finding
    }

    private mutating func examine(
        _ example: Example, seed: UInt64, _ runs: inout [(world: World, run: Run)]
    ) throws -> Finding? {
        let detection = detect(example.container)
        if let finding = lessKnown(example, detection) { return finding }
        var random = SplitMix64(seed: seed)
        var claim: Claim?
        for index in 0..<mostWorlds {
            if index >= worlds, claim == nil { return nil }
            let world = world(index, of: example, &random)
            let run = try run(example, in: world)
            runs.append((world, run))
            claim = Claim(detection, of: example, runs)
            if let claim, claim.needsOneRun {
                return Finding(
                    claim: claim, example: example, detection: detection, worlds: [world], starts: run.starts)
            }
        }
        return claim.map {
            Finding(
                claim: $0, example: example, detection: detection, worlds: [],
                starts: runs.flatMap(\.run.starts))
        }
    }

    private func lessKnown(_ example: Example, _ detection: Detection) -> Finding? {
        guard let variant = LessKnown.broken(example, detection, detect) else { return nil }
        return Finding(claim: .less, example: example, detection: detection, worlds: [], variant: variant)
    }

    /// The first worlds are those that a script's author has in mind, in each shell.
    private func world(_ index: Int, of example: Example, _ random: inout SplitMix64) -> World {
        let shells = example.invocation.shells
        let shell = shells[index % shells.count]
        if index == 0 { return .expected(shell) }
        return World(
            example, shell: shell, isOfImage: index >= worlds && index % 2 == 0, random: &random)
    }

    /// Whether detection is wrong about an example in the same way as in `finding`.
    mutating func isWrong(_ example: Example, as finding: Finding, seed: UInt64) throws -> Finding? {
        if finding.claim == .less { return lessKnown(example, detect(example.container)) }
        guard finding.claim.needsOneRun, var world = finding.worlds.first else {
            var runs: [(world: World, run: Run)] = []
            return try examine(example, seed: seed, &runs).flatMap { $0.claim == finding.claim ? $0 : nil }
        }
        world.keepVariables(of: example)
        let detection = detect(example.container)
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
