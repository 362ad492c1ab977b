import UWSGI
import Basics

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
                    + "max-fd takes \(MemorySize.text(RouterTable.bytes(limit: runtime.limits.soft))). Set LimitNOFILE=1048576 for the runtime's unit "
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
                    + "they have \(MemorySize.text(resident)) now. Give their containers UWSGI_MAX_FD and restart them."
            )
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
                text(process.limits.hard), MemorySize.text(process.memory.resident),
                MemorySize.text(process.memory.anonymous),
                process.role == .router || process.role == .unknown
                    ? MemorySize.text(process.expectedTable) : "-",
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
            return PrintableText.of(
                "\(name.namespace)/\(name.pod)\(name.container.isEmpty ? "" : "/\(name.container)")",
                limit: PrintableText.longestField)
        }
        return process.container.podUID ?? process.container.containerID.map { String($0.prefix(12)) } ?? "-"
    }

    private static func text(_ limit: Int) -> String { limit == .max ? "unlimited" : String(limit) }

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
