import Basics
import Admission
import UWSGI

/// The markup of a report's page.
struct ScanReportMarkup {
    private let report: ScanReport
    private let origin: ReportOrigin

    init(_ report: ScanReport, origin: ReportOrigin) {
        self.report = report
        self.origin = origin
    }

    func rendered() -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
        script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>uWSGI without max-fd</title>
        <style>
        \(ScanReportPageAssets.style)
        </style>
        </head>
        <body>
        <header>
        <h1>uWSGI without max-fd</h1>
        <p>uWSGI’s routers take eight bytes for every file descriptor that a process may have: where a node sets no \
        limit, that is gigabytes, and the kernel kills the Pod. The setting max-fd is the cure.</p>
        <p class="headline\(isAnswer ? "" : " warning")">\(MarkupText.escaped(headline))</p>
        \(facts)
        </header>
        <main>
        \(report.nodes.map { Self.section($0) } ?? "")
        \(totals)
        \(states)
        \(bars)
        \(table)
        \(report.contradictions.isEmpty ? "" : Self.section(report.contradictions))
        \(problems)
        </main>
        <footer>
        <p>Memory at stake is what uWSGI’s routers take where nothing limits them: 8 bytes × \
        descriptors (\(MarkupText.escaped(report.basis))) × router processes × Pods. ≥ marks the \
        least it can be, where the number of processes or Pods cannot be seen. “If router” is for uWSGI whose \
        configuration cannot be seen: what it takes if a router is in it. Without a router only processor time is at \
        stake, at each reload and each start of a cron job or an attached daemon.</p>
        </footer>
        <script>
        \(ScanReportPageAssets.script)
        </script>
        </body>
        </html>

        """
    }

    /// Whether there was anything to look at: nothing found in nothing is not a success.
    private var isAnswer: Bool { report.objectCount > 0 || report.nodes != nil }

    /// Date, source, version and command.
    private var facts: String {
        let sources = origin.sources.prefix(8).map { $0 == "-" ? "standard input" : $0 }
        let more = origin.sources.count > 8 ? " and \(origin.sources.count - 8) more" : ""
        let facts = [
            ("Made", origin.date), ("From", sources.joined(separator: ", ") + more),
            ("By", "uwsgi-max-fd \(origin.version)"), ("With", origin.command),
        ].filter { !$0.1.isEmpty }
        let items = facts.map { "<div><dt>\($0.0)</dt><dd>\(MarkupText.escaped($0.1))</dd></div>" }
        return "<dl class=\"facts\">\n\(items.joined(separator: "\n"))\n</dl>"
    }

    private var headline: String {
        let total = report.findings.count + report.others.count
        guard isAnswer else { return "Nothing was looked at: there was no object with Pods in the input." }
        guard total > 0 else { return "No uWSGI was found in \(report.objectCount) objects with Pods." }
        guard !report.findings.isEmpty else {
            let proven = report.provenSentence.map { " " + $0 } ?? ""
            return "\(report.everyServer) \(total == 1 ? "has" : "have") an effective max-fd.\(proven)"
        }
        let policy = report.policy.map { ", seen by policy \($0.rawValue)" } ?? ""
        let proven = report.provenSentence.map { " " + $0 } ?? ""
        return
            "\(report.findings.count) of \(total) uWSGI containers have no effective max-fd\(policy).\(proven)"
    }

    // MARK: - Totals

    private var totals: String {
        let pods = report.findings.reduce(0) { $0.addingSaturated($1.pods) }
        let tiles = [
            ("Findings", Self.grouped(report.findings.count)),
            ("Memory at stake", report.memory.known),
            (
                "More, if routers",
                report.memory.bytesIfRouter > 0 ? MemorySize.text(report.memory.bytesIfRouter) : ""
            ),
            ("Pods", Self.grouped(pods)),
            ("uWSGI containers", Self.grouped(report.findings.count + report.others.count)),
            ("Objects with Pods", Self.grouped(report.objectCount)),
            ("Unreadable", Self.grouped(report.problems.count)),
        ].filter { !$0.1.isEmpty }
        let items = tiles.map { "<div><dt>\($0.0)</dt><dd>\(MarkupText.escaped($0.1))</dd></div>" }
        return "<dl class=\"totals\">\n\(items.joined(separator: "\n"))\n</dl>"
    }

    /// A number with thousands set apart, by a space that does not break.
    private static func grouped(_ number: Int) -> String {
        var result = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0 { result.append("\u{202F}") }
            result.append(digit)
        }
        return String(result.reversed())
    }

    // MARK: - By state

    private var states: String {
        guard !report.findings.isEmpty else { return "" }
        var counts: [String: Int] = [:]
        for finding in report.findings { counts[finding.detection.maxFD.state.rawValue, default: 0] += 1 }
        let items = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { state, count in
            "<li><span class=\"state \(state)\">\(state)</span> \(Self.grouped(count))</li>"
        }
        return
            "<ul class=\"states\" aria-label=\"Findings by state\">\n\(items.joined(separator: "\n"))\n</ul>"
    }

    // MARK: - By namespace

    /// How many namespaces have a bar of their own.
    private static let mostBars = 10

    private var bars: String {
        var memory: [String: Int] = [:]
        for finding in report.findings where finding.memory.bytes > 0 {
            memory[finding.namespace] = (memory[finding.namespace] ?? 0).addingSaturated(finding.memory.bytes)
        }
        guard let most = memory.values.max() else { return "" }
        let ordered = memory.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let rest = ordered.dropFirst(Self.mostBars)
        let rows = ordered.prefix(Self.mostBars).map { namespace, bytes in
            let share = Double(bytes) / Double(most) * 100
            let tenths = Int((share * 10).rounded())
            return """
                <li><span class="name">\(Self.name(of: namespace))</span>\
                <span class="track"><span class="bar" style="width:\(tenths / 10).\(tenths % 10)%"></span></span>\
                <span class="amount">\(MemorySize.text(bytes))</span></li>
                """
        }
        let others = rest.reduce(0) { $0.addingSaturated($1.value) }
        let noun = rest.count == 1 ? "namespace" : "namespaces"
        let more =
            rest.isEmpty
            ? "" : "<p class=\"more\">\(rest.count) more \(noun): \(MemorySize.text(others)) together</p>"
        return """
            <section aria-labelledby="by-namespace">
            <h2 id="by-namespace">Memory at stake by namespace</h2>
            <ul class="bars">
            \(rows.joined(separator: "\n"))
            </ul>
            \(more)
            </section>
            """
    }

    private static func name(of namespace: String) -> String {
        namespace.isEmpty ? "<em>none given</em>" : MarkupText.escaped(namespace)
    }

    // MARK: - Findings

    private var table: String {
        guard !report.findings.isEmpty else { return "" }
        let heads = [
            ("Namespace", "text"), ("Object", "text"), ("Container", "text"), ("max-fd", "text"),
            ("Certainty", "text"), ("Pods", "number"), ("Memory", "number"), ("Where", "text"),
        ].map { "<th scope=\"col\" data-type=\"\($0.1)\"><button type=\"button\">\($0.0)</button></th>" }
        return """
            <section aria-labelledby="findings">
            <h2 id="findings">Findings</h2>
            <div class="filters" hidden>
            <label>Search <input type="search" id="search" autocomplete="off"></label>
            <label>max-fd <select id="state">\(options(\.detection.maxFD.state.rawValue))</select></label>
            <label>Certainty <select id="certainty">\(options(\.certainty.rawValue))</select></label>
            <output id="count" for="search state certainty" aria-live="polite"></output>
            </div>
            <table>
            <thead><tr>\(heads.joined())</tr></thead>
            <tbody>
            \(report.findings.map { row($0) }.joined(separator: "\n"))
            </tbody>
            </table>
            </section>
            """
    }

    private func options(_ text: (ScanFinding) -> String) -> String {
        let values = Set(report.findings.map(text)).sorted()
        return "<option value=\"\">all</option>" + values.map { "<option>\($0)</option>" }.joined()
    }

    private func row(_ finding: ScanFinding) -> String {
        let state = finding.detection.maxFD.state.rawValue
        let pods = (finding.podsAreEstimated ? "≥" : "") + Self.grouped(finding.pods)
        let place = finding.place.file == "-" ? "standard input" : finding.place.file
        let folded = finding.folded.map { "\(Self.grouped($0.count)) \($0.kind)" }.joined(separator: ", ")
        let limits = finding.limitsText.map { "<p>Limit: \(MarkupText.escaped($0)).</p>" } ?? ""
        let object = """
            <details><summary>\(MarkupText.escaped("\(finding.kind)/\(finding.name)"))</summary>\
            <p>\(MarkupText.escaped(finding.explanation)).</p>\(limits)\
            \(folded.isEmpty ? "" : "<p>With \(MarkupText.escaped(folded)) of it.</p>")\(cure(of: finding))</details>
            """
        let cells = [
            cell("Namespace", Self.name(of: finding.namespace), sort: finding.namespace),
            cell("Object", object, sort: "\(finding.kind)/\(finding.name)"),
            cell("Container", MarkupText.escaped(finding.container.name), sort: finding.container.name),
            cell("max-fd", "<span class=\"state \(state)\">\(state)</span>", sort: state),
            cell("Certainty", finding.certainty.rawValue, sort: finding.certainty.rawValue),
            cell("Pods", pods, sort: String(finding.pods), isNumber: true),
            cell(
                "Memory", MarkupText.escaped(finding.memory.text(hasRouter: finding.hasRouter)),
                sort: String(finding.memory.bytes), isNumber: true),
            cell(
                "Where", "<code>\(MarkupText.escaped("\(place):\(finding.place.line)"))</code>",
                sort: "\(place):\(finding.place.line)"),
        ]
        return
            "<tr data-state=\"\(state)\" data-certainty=\"\(finding.certainty.rawValue)\">\(cells.joined())</tr>"
    }

    /// The command that gives it a max-fd, with a button that copies it; or why there is none.
    private func cure(of finding: ScanFinding) -> String {
        switch ScanReportPatch.command(for: finding) {
        case .run(let command):
            """
            <div class="cure"><pre><code>\(MarkupText.escaped(command))</code></pre>\
            <button type="button" class="copy" hidden>Copy</button></div>
            """
        case .explain(let reason): "<p>\(MarkupText.escaped(reason)).</p>"
        }
    }

    private func cell(_ label: String, _ markup: String, sort: String, isNumber: Bool = false) -> String {
        """
        <td data-label="\(label)" data-sort="\(MarkupText.escaped(sort))"\(isNumber ? " class=\"number\"" : "")>\
        \(markup)</td>
        """
    }

    // MARK: - What could not be read

    private var problems: String {
        guard !report.problems.isEmpty else { return "" }
        let items = report.problems.map { "<li><code>\(MarkupText.escaped($0.message))</code></li>" }
        return """
            <section aria-labelledby="problems">
            <h2 id="problems">Could not be read</h2>
            <ul class="problems">
            \(items.joined(separator: "\n"))
            </ul>
            </section>
            """
    }
}
