import Admission
import UWSGI

/// A scan's report as one self-contained page: nothing is loaded from elsewhere, and a content security policy
/// keeps it so.
public struct ScanReportPage {
    private let report: ScanReport
    private let version: String

    /// - Parameter version: the program's own.
    public init(_ report: ScanReport, version: String) {
        self.report = report
        self.version = version
    }

    public func rendered() -> String {
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
        <p>\(MarkupText.escaped(headline))</p>
        </header>
        <main>
        \(totals)
        \(bars)
        \(table)
        \(problems)
        </main>
        <footer>
        <p>Memory at stake is what uWSGI’s routers take where nothing limits them: 8 bytes × \
        \(Self.grouped(report.nodeLimit)) descriptors (the nodes’ limit) × router processes × Pods. ≥ marks the \
        least it can be, where the number of processes or Pods cannot be seen.</p>
        <p>Written by uwsgi-max-fd \(MarkupText.escaped(version)).</p>
        </footer>
        <script>
        \(ScanReportPageAssets.script)
        </script>
        </body>
        </html>

        """
    }

    private var headline: String {
        let total = report.findings.count + report.others.count
        guard total > 0 else { return "No uWSGI was found in \(report.objectCount) objects with Pods." }
        guard !report.findings.isEmpty else {
            return "All \(total) uWSGI containers have an effective max-fd."
        }
        let policy = report.policy.map { ", seen by policy \($0.rawValue)" } ?? ""
        return "\(report.findings.count) of \(total) uWSGI containers have no effective max-fd\(policy)."
    }

    // MARK: - Totals

    private var totals: String {
        let pods = report.findings.reduce(0) { $0.addingSaturated($1.pods) }
        let tiles = [
            ("Findings", Self.grouped(report.findings.count)),
            ("Memory at stake", ScanReportTable.text(report.memory)),
            ("Pods", Self.grouped(pods)),
            ("uWSGI containers", Self.grouped(report.findings.count + report.others.count)),
            ("Objects with Pods", Self.grouped(report.objectCount)),
            ("Unreadable", Self.grouped(report.problems.count)),
        ]
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

    // MARK: - By namespace

    private var bars: String {
        var memory: [String: Int] = [:]
        for finding in report.findings where finding.memory.bytes > 0 {
            memory[finding.namespace] = (memory[finding.namespace] ?? 0).addingSaturated(finding.memory.bytes)
        }
        guard let most = memory.values.max() else { return "" }
        let ordered = memory.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let rows = ordered.map { namespace, bytes in
            let share = Double(bytes) / Double(most) * 100
            let tenths = Int((share * 10).rounded())
            return """
                <li><span class="name">\(Self.name(of: namespace))</span>\
                <span class="track"><span class="bar" style="width:\(tenths / 10).\(tenths % 10)%"></span></span>\
                <span class="amount">\(MemorySize.text(bytes))</span></li>
                """
        }
        return """
            <section aria-labelledby="by-namespace">
            <h2 id="by-namespace">Memory at stake by namespace</h2>
            <ul class="bars">
            \(rows.joined(separator: "\n"))
            </ul>
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
        let object = """
            <details><summary>\(MarkupText.escaped("\(finding.kind)/\(finding.name)"))</summary>\
            <p>\(MarkupText.escaped(finding.explanation)).</p>\
            \(folded.isEmpty ? "" : "<p>With \(MarkupText.escaped(folded)) of it.</p>")</details>
            """
        let cells = [
            cell("Namespace", Self.name(of: finding.namespace), sort: finding.namespace),
            cell("Object", object, sort: "\(finding.kind)/\(finding.name)"),
            cell("Container", MarkupText.escaped(finding.container.name), sort: finding.container.name),
            cell("max-fd", "<span class=\"state \(state)\">\(state)</span>", sort: state),
            cell("Certainty", finding.certainty.rawValue, sort: finding.certainty.rawValue),
            cell("Pods", pods, sort: String(finding.pods), isNumber: true),
            cell(
                "Memory", MarkupText.escaped(ScanReportTable.text(finding.memory)),
                sort: String(finding.memory.bytes), isNumber: true),
            cell(
                "Where", "<code>\(MarkupText.escaped("\(place):\(finding.place.line)"))</code>",
                sort: "\(place):\(finding.place.line)"),
        ]
        return
            "<tr data-state=\"\(state)\" data-certainty=\"\(finding.certainty.rawValue)\">\(cells.joined())</tr>"
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
