import Admission
import UWSGI

/// A scan's report for a person at a terminal: a line for each finding, and one that sums up.
public struct ScanReportTable {
    private let report: ScanReport
    private let style: TextStyle
    /// How many characters fit on a line; `nil` for as many as it takes.
    private let width: Int?

    private enum Colour {
        case none, dim, bold, alarm
    }

    private struct Column: Sendable {
        let title: String
        /// What is given up first when the terminal is narrow: the highest goes first, 0 never does.
        let sacrifice: Int
        let isNumber: Bool
        let colour: Colour
        let text: @Sendable (ScanFinding) -> String

        init(
            _ title: String, sacrifice: Int = 0, isNumber: Bool = false, colour: Colour = .none,
            text: @escaping @Sendable (ScanFinding) -> String
        ) {
            self.title = title
            self.sacrifice = sacrifice
            self.isNumber = isNumber
            self.colour = colour
            self.text = text
        }
    }

    public init(_ report: ScanReport, style: TextStyle, width: Int?) {
        self.report = report
        self.style = style
        self.width = width
    }

    /// The whole text, with a line feed at its end.
    public func rendered() -> String {
        var lines: [String] = []
        if !report.findings.isEmpty {
            lines = table()
            lines.append("")
        }
        lines.append(summary)
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - The table

    private static let columns: [Column] = [
        Column("NAMESPACE", sacrifice: 4) { $0.namespace },
        Column("OBJECT") { "\($0.kind)/\($0.name)" },
        Column("CONTAINER") { $0.container.name },
        Column("MAX-FD", colour: .alarm) { $0.detection.maxFD.state.rawValue },
        Column("CERTAINTY", sacrifice: 2) { $0.certainty.rawValue },
        Column("PODS", sacrifice: 3, isNumber: true) {
            ($0.podsAreEstimated ? "≥" : "") + String($0.pods)
        },
        Column("MEMORY", sacrifice: 1, isNumber: true, colour: .bold) { text($0.memory) },
        Column("WHERE", sacrifice: 5, colour: .dim) {
            "\($0.place.file == "-" ? "standard input" : $0.place.file):\($0.place.line)"
        },
        Column("EVIDENCE", sacrifice: 6, colour: .dim) {
            $0.detection.evidence.joined(separator: ", ")
        },
    ]

    static func text(_ memory: MemoryAtStake) -> String {
        guard memory.bytes > 0 else { return "-" }
        return (memory.isEstimate ? "≥" : "") + MemorySize.text(memory.bytes)
    }

    private func table() -> [String] {
        var columns = Self.columns
        if report.findings.allSatisfy({ $0.namespace.isEmpty }) { columns.removeFirst() }
        var cells = report.findings.map { finding in
            columns.map { column in
                let text = PrintableText.of(column.text(finding))
                return text.isEmpty ? "-" : text
            }
        }
        var widths = columns.indices.map { column in
            cells.reduce(columns[column].title.count) { max($0, $1[column].count) }
        }
        fit(&columns, &cells, &widths)
        var lines = [style.bold(line(columns.map(\.title), columns, widths) { _, text in text })]
        for (finding, row) in zip(report.findings, cells) {
            lines.append(line(row, columns, widths) { paint($1, columns[$0].colour, finding) })
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

    /// Leaves columns out, and cuts the last one, until a line fits.
    private func fit(_ columns: inout [Column], _ cells: inout [[String]], _ widths: inout [Int]) {
        guard let width else { return }
        func total() -> Int { widths.reduce(0, +) + 2 * (widths.count - 1) }
        while total() > width {
            guard let index = columns.indices.max(by: { columns[$0].sacrifice < columns[$1].sacrifice }),
                columns[index].sacrifice > 0
            else { return }
            let room = widths[index] - (total() - width)
            if index == columns.count - 1, room >= 16 {
                widths[index] = room
                for row in cells.indices where cells[row][index].count > room {
                    cells[row][index] = cells[row][index].prefix(room - 1) + "…"
                }
                return
            }
            columns.remove(at: index)
            widths.remove(at: index)
            for row in cells.indices { cells[row].remove(at: index) }
        }
    }

    private func line(
        _ cells: [String], _ columns: [Column], _ widths: [Int], paint: (Int, String) -> String
    ) -> String {
        var result = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
            if index > 0 { result += "  " }
            if columns[index].isNumber { result += padding }
            result += paint(index, cell)
            if !columns[index].isNumber, index < cells.count - 1 { result += padding }
        }
        return result
    }

    // MARK: - The summary

    private var summary: String {
        let total = report.findings.count + report.others.count
        guard total > 0 else {
            return "No uWSGI in \(Self.count(report.objectCount, "object")) with Pods."
        }
        guard !report.findings.isEmpty else {
            let verb = report.policy.map { "policy \($0.rawValue) would leave alone" } ?? "have a max-fd"
            return style.green("All \(Self.count(total, "uWSGI container")) \(verb)") + "."
        }
        let count = "\(report.findings.count) of \(Self.count(total, "uWSGI container"))"
        let trouble =
            switch report.policy {
            case nil: "without an effective max-fd"
            case .strict: "would be refused by policy strict"
            case .audit: "would be warned of by policy audit"
            case .mutate: "would be changed or warned of by policy mutate"
            }
        let memory = report.memory
        guard memory.bytes > 0 else { return style.red("\(count) \(trouble)") + "." }
        return style.red("\(count) \(trouble)")
            + ": \(memory.isEstimate ? "at least " : "")\(MemorySize.text(memory.bytes)) of memory at stake "
            + "where the nodes' limit is \(report.nodeLimit)."
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
