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
    var findings: [Entry] = []

    /// How often detection was wrong.
    public var findingCount: Int { findings.count }

    /// How often a claim of detection did not hold.
    public func count(of claim: Claim) -> Int { findings.count { $0.finding.claim == claim } }

    mutating func add(_ other: SearchReport) {
        scriptCount += other.scriptCount
        runCount += other.runCount
        findings += other.findings
    }

    /// The figures on one line.
    public var summary: String {
        let counts = Claim.allCases.map { "\(count(of: $0)) wrongly \($0.rawValue)" }
        return "\(scriptCount) scripts, \(runCount) runs: \(counts.joined(separator: ", "))"
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
        let detection = finding.detection
        let certainty = detection.certainty?.rawValue ?? "none"
        let number = detection.maxFD.number.map { " \($0)" } ?? ""
        let verdict = detection.runsUWSGI ? "\(certainty), \(detection.maxFD.state)\(number)" : certainty
        let starts =
            finding.starts.isEmpty
            ? "nothing"
            : finding.starts.prefix(4).map(\.description)
                .joined(separator: ", ")
        let worlds = finding.worlds.isEmpty ? "every world tried" : finding.worlds.map(\.description).joined()
        return """
            wrongly \(finding.claim.rawValue), script \(index):
                \(finding.example.description.replacing("\n", with: "\n    "))
                world:   \(worlds)
                starts:  \(starts)
                verdict: \(verdict) \(detection.evidence)
            """
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
