import UWSGI

/// A search for scripts about which detection is wrong.
///
/// The same seed gives the same scripts in the same worlds, on every machine and with any number of workers.
public struct Search: Sendable {
    public var seed: UInt64
    public var scripts: Range<Int>
    /// How many sandboxes run scripts side by side.
    public var workers: Int
    /// How many findings each worker makes smaller; more are only counted.
    public var mostShrunk: Int
    public var detect: Detecting
    /// Milliseconds after which a script is ended: few of them loop, and few are busy for long.
    public var patience = 400

    public init(
        seed: UInt64, scripts: Range<Int>, workers: Int = 1, mostShrunk: Int = 20,
        detect: @escaping Detecting = { Detector().detect($0) }
    ) {
        self.seed = seed
        self.scripts = scripts
        self.workers = max(1, workers)
        self.mostShrunk = mostShrunk
        self.detect = detect
    }

    /// Whether this machine has the shells.
    public static var isPossible: Bool { Sandbox.missingShell == nil }

    /// Runs every script.
    /// - Throws: when the machine lacks a program, or a sandbox fails.
    public func run() async throws -> SearchReport {
        let programs = try SandboxPrograms()
        return try await withThrowingTaskGroup(of: SearchReport.self) { group in
            for worker in 0..<workers {
                group.addTask { try share(of: worker, programs) }
            }
            var whole = SearchReport()
            for try await part in group { whole.add(part) }
            return whole
        }
    }

    private func share(of worker: Int, _ programs: SandboxPrograms) throws -> SearchReport {
        var examiner = try Examiner(programs, patience: patience, detect)
        var report = SearchReport()
        var shrunk = 0
        for index in scripts where index % workers == worker {
            var random = SplitMix64(seed: seed &* 0x2545_F491_4F6C_DD1D &+ UInt64(index))
            let example = Example(random: &random)
            let worldSeed = random.next()
            report.scriptCount += 1
            guard var finding = try examiner.examine(example, seed: worldSeed) else { continue }
            if shrunk < mostShrunk {
                shrunk += 1
                var shrinker = Shrinker()
                finding = try shrinker.shrink(finding, with: &examiner, seed: worldSeed)
            }
            report.findings.append(SearchReport.Entry(index: index, finding: finding))
        }
        report.runCount = examiner.runCount
        report.startingCount = examiner.startingCount
        report.unlimitedCount = examiner.unlimitedCount
        return report
    }
}
