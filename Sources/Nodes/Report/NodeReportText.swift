/// A survey for a person at a terminal.
public enum NodeReportText {
    public static func rendered(_ survey: NodeSurvey, names: PodNames) -> String {
        var lines: [String] = []
        for (source, limit) in NodeReportMetrics.limits(survey) {
            let mark =
                limit > DangerousLimit.threshold && source != "file_max" && source != "kubelet"
                ? "  over 2^24" : ""
            lines.append("\(source.padded(to: 16)) \(text(limit))\(mark)")
        }
        let uwsgi = survey.uwsgi
        if !uwsgi.isEmpty {
            lines.append("")
            lines += table(uwsgi, names)
        }
        if survey.uwsgiCount > uwsgi.count {
            lines.append("and \(survey.uwsgiCount - uwsgi.count) processes of uWSGI more")
        }
        lines.append("")
        lines += summary(survey, uwsgi)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func summary(_ survey: NodeSurvey, _ uwsgi: [UWSGIProcess]) -> [String] {
        var lines: [String] = []
        let dangerous = survey.runtimes.filter(\.isDangerous)
        if let runtime = dangerous.max(by: { $0.limits.soft < $1.limits.soft }) {
            lines.append(
                "This node hands out \(text(runtime.limits.soft)) file descriptors (\(runtime.name)): a uWSGI router without "
                    + "max-fd takes \(size(8.multiplied(by: runtime.limits.soft))). Set LimitNOFILE=1048576 for the runtime's unit "
                    + "and restart it.")
        }
        let harmful = uwsgi.filter { $0.state == .danger }
        if harmful.isEmpty {
            lines.append(
                survey.uwsgiCount == 0
                    ? "No uWSGI among \(survey.processes) processes."
                    : "\(survey.uwsgiCount) processes of uWSGI among \(survey.processes); none in danger.")
        } else {
            let resident = harmful.reduce(0) { $0.addingSaturated($1.memory.resident) }
            lines.append(
                "\(harmful.count) of \(survey.uwsgiCount) processes of uWSGI may hold a table of more than 2^24 descriptors; "
                    + "they have \(size(resident)) now. Give their containers UWSGI_MAX_FD and restart them.")
        }
        if survey.othersOverThreshold > 0 {
            lines.append(
                "\(survey.othersOverThreshold) other processes have a limit of more than 2^24: a lower limit on the node helps them too."
            )
        }
        return lines
    }

    private static func table(_ processes: [UWSGIProcess], _ names: PodNames) -> [String] {
        var rows = [["PID", "ROLE", "STATE", "SOFT", "HARD", "RSS", "ANON", "TABLE", "AGE", "POD"]]
        for process in processes {
            rows.append([
                String(process.pid), process.role.rawValue, process.state.rawValue, text(process.limits.soft),
                text(process.limits.hard), size(process.memory.resident), size(process.memory.anonymous),
                process.role == .router || process.role == .unknown ? size(process.expectedTable) : "-",
                age(process.age), place(process, names),
            ])
        }
        let widths = rows[0].indices.map { column in rows.reduce(0) { max($0, $1[column].count) } }
        return rows.map { row in
            row.indices.map { column in
                (1...2).contains(column) || column == row.count - 1
                    ? row[column].padded(to: column == row.count - 1 ? 0 : widths[column])
                    : row[column].paddedLeft(to: widths[column])
            }.joined(separator: "  ")
        }
    }

    private static func place(_ process: UWSGIProcess, _ names: PodNames) -> String {
        if let name = names.name(of: process.container) {
            return printable(
                "\(name.namespace)/\(name.pod)\(name.container.isEmpty ? "" : "/\(name.container)")")
        }
        return process.container.podUID ?? process.container.containerID.map { String($0.prefix(12)) } ?? "-"
    }

    /// Names come from a file: only what a name may hold is shown.
    private static func printable(_ text: String) -> String {
        String(
            decoding: text.utf8.prefix(512).map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") },
            as: UTF8.self)
    }

    private static func text(_ limit: Int) -> String { limit == .max ? "unlimited" : String(limit) }

    /// Rounded to a tenth of the largest unit that fits.
    static func size(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var unit = 0
        var divisor = 1
        while unit + 1 < units.count, bytes / divisor >= 1024 {
            divisor *= 1024
            unit += 1
        }
        let tenths = (bytes / divisor) * 10 + (bytes % divisor) / max(divisor / 10, 1)
        return tenths % 10 == 0 || tenths >= 1000
            ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    private static func age(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds)s"
        case ..<7200: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3600)h"
        default: "\(seconds / 86400)d"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }
    fileprivate func paddedLeft(to width: Int) -> String {
        String(repeating: " ", count: max(width - count, 0)) + self
    }
}

extension Int {
    fileprivate func multiplied(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    fileprivate func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
