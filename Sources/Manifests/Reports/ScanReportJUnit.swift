import Nodes
import UWSGI

/// A scan's report for pipelines: JUnit's XML, by the schema of Jenkins' xUnit plugin (`junit-10.xsd`).
///
/// Every container that runs uWSGI is a test case of its file's suite, and a finding is a failure.
public struct ScanReportJUnit: ReportFormat {
    public init() {}

    public func render(_ report: ScanReport) -> [UInt8] { Array(Self.rendered(report).utf8) }

    private static func rendered(_ report: ScanReport) -> String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        let suites = suites(of: report)
        let counts = Counts(
            tests: suites.reduce(0) { $0 + $1.counts.tests }, failures: report.findings.count,
            errors: report.problems.count)
        lines.append("<testsuites name=\"uwsgi-max-fd\" \(counts.attributes)>")
        for suite in suites {
            let file = MarkupText.escaped(suite.file)
            lines.append("  <testsuite name=\"\(file)\" \(suite.counts.attributes)>")
            lines += suite.findings.map { failed($0) }
            lines += suite.others.map { "    \(opening(of: $0))/>" }
            lines += suite.notes.map { skipped($0) }
            lines += suite.problems.map { broken($0) }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private struct Counts {
        var tests: Int
        var failures: Int
        var errors: Int

        var attributes: String { "tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\"" }
    }

    /// What neither passes nor fails: a dangerous node is a finding only with a uWSGI on it.
    private struct Note {
        let name: String
        let message: String
    }

    private struct Suite {
        let file: String
        var findings: [ScanFinding] = []
        var others: [ScanFinding] = []
        var problems: [ScanProblem] = []
        var notes: [Note] = []

        var counts: Counts {
            Counts(
                tests: findings.count + others.count + problems.count + notes.count, failures: findings.count,
                errors: problems.count)
        }
    }

    private static func suites(of report: ScanReport) -> [Suite] {
        var suites: [String: Suite] = [:]
        func change(_ file: String, _ body: (inout Suite) -> Void) {
            body(&suites[file, default: Suite(file: file)])
        }
        for finding in report.findings { change(finding.place.file) { $0.findings.append(finding) } }
        for finding in report.others { change(finding.place.file) { $0.others.append(finding) } }
        for problem in report.problems { change(problem.file) { $0.problems.append(problem) } }
        let nodes = report.nodes
        for group in nodes?.groups ?? [] where group.assessment.verdict != .safe {
            let note = Note(
                name: "nodes \(group.osImage) \(group.runtime)",
                message: "\(group.headline(of: nodes?.count ?? 0)): \(group.explanation)")
            change(group.place.file) { $0.notes.append(note) }
        }
        for found in report.contradictions {
            let note = Note(name: "limit in force \(found.qualifiedName)", message: found.message)
            change(found.place.file) { $0.notes.append(note) }
        }
        return suites.values.sorted { $0.file < $1.file }
    }

    private static func opening(of finding: ScanFinding) -> String {
        let name = MarkupText.escaped(finding.qualifiedName)
        return "<testcase classname=\"uwsgi-max-fd\" name=\"\(name)\""
    }

    private static func failed(_ finding: ScanFinding) -> String {
        let limits = finding.limitsText.map { "; limit: \($0)" } ?? ""
        let message = MarkupText.escaped(finding.explanation + limits)
        let place = MarkupText.escaped("\(finding.place.file):\(finding.place.line)")
        return """
                \(opening(of: finding))>
                  <failure type="\(finding.detection.maxFD.state.rawValue)" message="\(message)">\(place): \(message)</failure>
                </testcase>
            """
    }

    private static func skipped(_ note: Note) -> String {
        """
            <testcase classname="uwsgi-max-fd" name="\(MarkupText.escaped(note.name))">
              <skipped message="\(MarkupText.escaped(note.message))"/>
            </testcase>
        """
    }

    private static func broken(_ problem: ScanProblem) -> String {
        let line = problem.line.map { "line \($0)" } ?? "the file"
        let message = MarkupText.escaped(problem.message)
        return """
                <testcase classname="uwsgi-max-fd" name="reading \(line)">
                  <error type="unreadable" message="\(message)"/>
                </testcase>
            """
    }
}
