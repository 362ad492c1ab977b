import Admission
import Basics
import UWSGI

/// What the log says of a Pod that was admitted before its images had been read, and about which another decision would
/// have been made with them.
enum LateLine {
    /// - Parameters:
    ///   - record: what would have been recorded.
    ///   - containers: those about which it differs.
    static func describe(
        _ record: AuditRecord, _ containers: [ContainerVerdict], in line: inout LogLine
    ) {
        func text(_ name: StaticString, _ text: String) {
            if !text.isEmpty { line.add(name, PrintableText.bounded(text)) }
        }
        text("uid", record.uid)
        line.add("policy", record.policy.rawValue)
        text("namespace", record.namespace)
        text("name", record.name)
        text("generateName", record.generateName)
        text("owner", record.owner)
        let shown = containers.prefix(mostContainers)
        line.add("containers", shown.map { name($0.finding.container.name) })
        line.add("images", shown.map { name($0.finding.container.specification.image) })
        line.add(
            "evidence", shown.flatMap { $0.finding.detection.evidence.map { PrintableText.bounded($0) } })
        line.add("maxFd", shown.map(\.finding.detection.maxFD.state.rawValue))
        line.add("action", shown.map(\.action.rawValue))
        line.add("cure", "its images are known now: let the Pod be made again")
    }

    private static let mostContainers = 16

    private static func name(_ text: String) -> String {
        PrintableText.of(text, limit: PrintableText.longestName)
    }
}
