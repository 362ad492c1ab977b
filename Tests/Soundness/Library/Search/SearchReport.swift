import UWSGI

/// What a ``Search`` has found.
public struct SearchReport: Sendable {
    struct Entry: Sendable {
        /// The number of the script among those of its seed.
        var index: Int
        var finding: Examiner.Finding
    }

    public internal(set) var scriptCount = 0
    /// How often a script was run by a shell, shrinking included.
    public internal(set) var runCount = 0
    /// How many scripts started uWSGI in a world, and how many without a limit.
    public internal(set) var startingCount = 0
    public internal(set) var unlimitedCount = 0
    var findings: [Entry] = []

    /// How often detection was wrong.
    public var findingCount: Int { findings.count }

    /// How often a claim of detection did not hold.
    public func count(of claim: Claim) -> Int { findings.count { $0.finding.claim == claim } }

    /// The scripts that contradict a claim, as small as they were made.
    public func scripts(against claim: Claim) -> [String] {
        findings.filter { $0.finding.claim == claim }.map(\.finding.example.scriptText)
    }

    mutating func add(_ other: SearchReport) {
        scriptCount += other.scriptCount
        runCount += other.runCount
        startingCount += other.startingCount
        unlimitedCount += other.unlimitedCount
        findings += other.findings
    }

    /// The figures on one line.
    public var summary: String {
        let counts = Claim.allCases.map { "\(count(of: $0)) \($0.rawValue)" }
        return
            "\(scriptCount) scripts, \(startingCount) of which start uWSGI, \(runCount) runs: \(counts.joined(separator: ", "))"
    }

    /// Every finding as a paragraph; those alike only once, with how many there are.
    public var paragraphs: [String] {
        let sorted = findings.sorted { $0.index < $1.index }
        let groups = Dictionary(grouping: sorted) { "\($0.finding.claim) \($0.finding.example.scriptText)" }
        return groups.values.compactMap { group in group.first.map { ($0, group.count) } }
            .sorted { ($0.0.finding.claim.rawValue, $0.0.index) < ($1.0.finding.claim.rawValue, $1.0.index) }
            .map { entry, count in
                entry.paragraph + (count > 1 ? "\n    and \(count - 1) like it" : "")
            }
    }
}

extension SearchReport.Entry {
    var paragraph: String {
        let example = finding.example.description.replacing("\n", with: "\n    ")
        return """
            \(finding.claim.rawValue), script \(index):
                \(example)
                verdict: \(LaunchCase.verdict(finding.detection)) \(finding.detection.evidence)
            \(circumstances)
            """
    }

    /// What contradicts the verdict.
    private var circumstances: String {
        if let variant = finding.variant {
            let example = variant.example.description.replacing("\n", with: "\n    ")
            return "    variant: \(example)\n    verdict: \(LaunchCase.verdict(variant.detection))"
        }
        let worlds = finding.worlds.isEmpty ? "every one tried" : finding.worlds.map(\.description).joined()
        let starts =
            finding.starts.isEmpty
            ? "nothing" : finding.starts.prefix(4).map(\.description).joined(separator: ", ")
        return "    world:   \(worlds)\n    starts:  \(starts)"
    }
}

extension Run.Start: CustomStringConvertible {
    var description: String {
        switch self {
        case .limited(let number): "uwsgi under \(number)"
        case .unlimited: "uwsgi without a limit"
        case .refused: "uwsgi, which ends for an unknown option"
        }
    }
}
