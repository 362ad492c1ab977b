import Basics
import Admission
import Nodes
import UWSGI

/// A scan's report for a person at a terminal: a line for each finding, and one that sums up.
public struct ScanReportTable: ReportFormat {
    private let style: TextStyle
    /// How many characters fit on a line; `nil` for as many as it takes.
    private let width: Int?

    public init(style: TextStyle, width: Int?) {
        self.style = style
        self.width = width
    }

    /// The whole text, with a line feed at its end.
    public func render(_ report: ScanReport) -> [UInt8] {
        var lines = nodeLines(of: report)
        if !report.findings.isEmpty {
            lines += table(of: report)
            lines.append("")
        }
        if !report.contradictions.isEmpty {
            lines += report.contradictions.map { style.yellow(style.plain(PrintableText.of($0.line))) }
            lines.append("")
        }
        lines.append(style.plain(summary(of: report)))
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// The first lines: what is known of the nodes.
    private func nodeLines(of report: ScanReport) -> [String] {
        guard let nodes = report.nodes else { return [] }
        var lines: [String] = []
        for group in nodes.groups where group.assessment.verdict != .safe {
            let headline = style.plain(PrintableText.of(group.headline(of: nodes.count)))
            lines.append(
                group.assessment.verdict == .dangerous ? style.red(headline) : style.yellow(headline))
            lines.append("  " + style.plain(PrintableText.of(group.explanation)))
        }
        if let safe = nodes.safeHeadline { lines.append(style.green(safe)) }
        return lines + [""]
    }

    // MARK: - The columns

    private enum Colour {
        case none, dim, bold, alarm
    }

    private struct Column: Sendable {
        let title: String
        /// What is given up first when the terminal is narrow: the highest goes first, 0 never does.
        let sacrifice: Int
        /// How narrow it may get before others are given up for it; `nil` for no narrower than its texts.
        let least: Int?
        let isNumber: Bool
        let colour: Colour
        let text: @Sendable (ScanFinding) -> String

        init(
            _ title: String, sacrifice: Int = 0, least: Int? = nil, isNumber: Bool = false,
            colour: Colour = .none, text: @escaping @Sendable (ScanFinding) -> String
        ) {
            self.title = title
            self.sacrifice = sacrifice
            self.least = least
            self.isNumber = isNumber
            self.colour = colour
            self.text = text
        }
    }

    private static let columns: [Column] = [
        Column("NAMESPACE", least: 10) { $0.namespace },
        Column("OBJECT", least: 16) { "\($0.kind)/\($0.name)" },
        Column("CONTAINER", sacrifice: 2, least: 10) { $0.container.name },
        Column("MAX-FD", colour: .alarm) { $0.detection.maxFD.state.rawValue },
        Column("CERTAINTY", sacrifice: 4) { $0.certainty.rawValue },
        Column("PODS", sacrifice: 3, isNumber: true) {
            ($0.podsAreEstimated ? "≥" : "") + String($0.pods)
        },
        Column("MEMORY", sacrifice: 1, isNumber: true, colour: .bold) {
            $0.memory.text(hasRouter: $0.hasRouter)
        },
        Column("WHERE", least: 16, colour: .dim) {
            $0.place.description
        },
        Column("EVIDENCE", sacrifice: 5, least: 16, colour: .dim) {
            evidence(of: $0).joined(separator: ", ")
        },
    ]

    /// What led there, where max-fd stands, and what could not be read.
    private static func evidence(of finding: ScanFinding) -> [String] {
        var entries = finding.detection.evidence
        // The container's own places are among the evidence, or add nothing.
        if let source = finding.detection.maxFD.source,
            [ObjectName.Kind.configMap, .secret].contains(where: { source.contains("\($0.rawValue)/") })
        {
            entries.append("max-fd at \(source)")
        }
        return entries + finding.unreadFiles.map { "\($0.path) not read: \($0.reason)" }
    }

    /// A column, its texts, and how wide it is.
    private struct FilledColumn {
        let column: Column
        var texts: [String]
        var width: Int

        /// How narrow it may get.
        var least: Int { min(width, max(column.least ?? width, column.title.count)) }
    }

    private func table(of report: ScanReport) -> [String] {
        var columns = Self.columns
        if report.findings.allSatisfy({ $0.namespace.isEmpty }) { columns.removeFirst() }
        var filled = columns.map { column in
            let texts = report.findings.map { finding in
                let text = style.plain(PrintableText.of(column.text(finding)))
                return text.isEmpty ? "-" : text
            }
            return FilledColumn(
                column: column, texts: texts, width: texts.reduce(column.title.count) { max($0, $1.count) })
        }
        let leftOut = fit(&filled)
        var lines = [style.bold(line(of: filled) { $0.column.title })]
        for (index, finding) in report.findings.enumerated() {
            lines.append(line(of: filled, paint: { paint($1, $0.colour, finding) }) { $0.texts[index] })
        }
        if !leftOut.isEmpty {
            let names = leftOut.map(\.title).joined(separator: ", ")
            lines.append(style.dim("(left out for lack of width: \(names); --output json has all)"))
        }
        return lines
    }

    private func paint(_ text: String, _ colour: Colour, _ finding: ScanFinding) -> String {
        switch colour {
        case .none: text
        case .dim: style.dim(text)
        case .bold: style.bold(text)
        case .alarm: finding.detection.maxFD.state == .excessive ? style.yellow(text) : style.red(text)
        }
    }

    /// Leaves columns out, and shortens texts, until a line fits.
    /// - Returns: what was left out, in its order.
    private func fit(_ columns: inout [FilledColumn]) -> [Column] {
        guard let width else { return [] }
        func total(_ width: (FilledColumn) -> Int) -> Int {
            columns.reduce(2 * (columns.count - 1)) { $0 + width($1) }
        }
        var leftOut: Set<String> = []
        while total(\.least) > width,
            let index = columns.indices.max(by: {
                columns[$0].column.sacrifice < columns[$1].column.sacrifice
            }),
            columns[index].column.sacrifice > 0
        {
            leftOut.insert(columns.remove(at: index).column.title)
        }
        // The widest give first.
        while total(\.width) > width,
            let index = columns.indices.filter({ columns[$0].width > columns[$0].least })
                .max(by: { columns[$0].width < columns[$1].width })
        {
            columns[index].width -= 1
        }
        for index in columns.indices {
            columns[index].texts = columns[index].texts.map { style.shortened($0, to: columns[index].width) }
        }
        return Self.columns.filter { leftOut.contains($0.title) }
    }

    private func line(
        of columns: [FilledColumn], paint: (Column, String) -> String = { $1 },
        text: (FilledColumn) -> String
    ) -> String {
        var result = ""
        for (index, column) in columns.enumerated() {
            let text = text(column)
            let padding = String(repeating: " ", count: max(0, column.width - text.count))
            if index > 0 { result += "  " }
            if column.column.isNumber { result += padding }
            result += paint(column.column, text)
            if !column.column.isNumber, index < columns.count - 1 { result += padding }
        }
        return result
    }

    // MARK: - The summary

    private func summary(of report: ScanReport) -> String {
        let total = report.findings.count + report.others.count
        let proven = report.provenSentence.map { " " + $0 } ?? ""
        guard total > 0 else {
            guard report.objectCount > 0 || report.nodes == nil else {
                return "No object with Pods was looked at."
            }
            return "No uWSGI in \(Self.count(report.objectCount, "object")) with Pods."
        }
        guard !report.findings.isEmpty else {
            let verb =
                report.policy.map { "policy \($0.rawValue) would leave alone" }
                ?? (total == 1 ? "has a max-fd" : "have a max-fd")
            return style.green("\(report.everyServer) \(verb)") + "." + proven
        }
        let count = "\(report.findings.count) of \(Self.count(total, "uWSGI container"))"
        let trouble =
            switch report.policy {
            case nil: "without an effective max-fd"
            case .strict: "would be refused by policy strict"
            case .audit: "would be warned of by policy audit"
            case .mutate: "would be changed or warned of by policy mutate"
            }
        let head = style.red("\(count) \(trouble)")
        guard let stake = stake(of: report) else { return head + "." + proven }
        return head + ": \(stake), \(report.basis)." + proven
    }

    /// What is known, and what is not; `nil` when there is nothing.
    private func stake(of report: ScanReport) -> String? {
        let memory = report.memory
        let hidden = report.findings.count { $0.memory.bytesIfRouter > 0 }
        var parts: [String] = []
        if memory.bytes > 0 {
            parts.append(
                "\(memory.isEstimate ? "at least " : "")\(MemorySize.text(memory.bytes)) of memory at stake")
        }
        if hidden > 0 {
            let amount =
                "\(MemorySize.text(memory.bytesIfRouter)) \(parts.isEmpty ? "of memory at stake" : "more")"
            parts.append(
                "\(amount) if the \(Self.count(hidden, "container")) whose routers cannot be seen \(hidden == 1 ? "has" : "have") one"
            )
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
