import Basics
import Admission
import JSON
import UWSGI

/// A review as one readable line for a terminal: `--log-format text`.
struct ReviewLine {
    let record: AuditRecord

    /// The line, line feed included. Whatever comes from a request is quoted and escaped as in JSON.
    func bytes(time: String, durationMicros: Int) -> [UInt8] {
        let level = record.decision == .error ? "ERROR" : "INFO"
        var line = Array("\(time) \(level) \(record.policy.rawValue) \(record.decision.rawValue)".utf8)
        if !record.kind.isEmpty {
            line.append(contentsOf: " \(quoted(record.kind)) \(quoted(subject))".utf8)
        }
        if record.isDryRun { line.append(contentsOf: " dry-run".utf8) }
        for container in record.verdict.containers {
            let state = container.finding.detection.maxFD.state.rawValue
            let value = container.value.map { " \(quoted($0))" } ?? ""
            line.append(
                contentsOf:
                    "; \(quoted(container.finding.container.name)): \(state), \(container.action.rawValue)\(value)"
                    .utf8)
        }
        if !record.verdict.reason.isEmpty {
            line.append(contentsOf: "; \(quoted(record.verdict.reason))".utf8)
        }
        line.append(contentsOf: " (\(durationMicros) \u{B5}s)\n".utf8)
        return line
    }

    private var subject: String {
        let name = record.name.isEmpty ? record.generateName + "*" : record.name
        return record.namespace.isEmpty ? name : "\(record.namespace)/\(name)"
    }

    private func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.string(PrintableText.bounded(text))
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
