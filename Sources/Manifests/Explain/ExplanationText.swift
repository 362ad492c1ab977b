import Basics
import Admission
import JSON
import UWSGI

/// Explains an inspection to a person.
public struct ExplanationText {
    private let inspection: PolicyPreview
    private let style: TextStyle
    private var lines: [String] = []

    public init(_ inspection: PolicyPreview, style: TextStyle) {
        self.inspection = inspection
        self.style = style
    }

    /// The whole text, with a line feed at its end.
    public mutating func rendered() -> String {
        lines = [style.bold(title)]
        if let reason = inspection.skipReason {
            lines.append("No policy looks at it: \(reason).")
        }
        for finding in inspection.findings {
            lines.append("")
            describe(finding)
        }
        describePatch()
        describeNotes()
        return style.plain(lines.joined(separator: "\n") + "\n")
    }

    private var title: String {
        let name = inspection.name.isEmpty ? "\(inspection.generateName)*" : inspection.name
        let place = inspection.namespace.isEmpty ? name : "\(inspection.namespace)/\(name)"
        let owner = inspection.owner.isEmpty ? "" : ", made by \(inspection.owner)"
        return PrintableText.of("\(inspection.kind) \(place)\(owner)")
    }

    private mutating func describe(_ finding: ExaminedContainer) {
        let container = finding.container
        let role = container.role == .container ? "container" : "\(container.role.rawValue) container"
        let image = container.specification.image.isEmpty ? "no image" : container.specification.image
        lines.append(
            style.bold("\(role) \(PrintableText.of(container.name))") + "  "
                + style.dim(PrintableText.of(image)))
        let detection = finding.detection
        guard let certainty = detection.certainty else {
            row("runs", "no uWSGI that can be seen")
            return
        }
        row("runs", "uWSGI, \(certainty.rawValue)")
        for evidence in detection.evidence { row("", style.dim("· \(PrintableText.of(evidence))")) }
        if finding.asksForExemption { row("author", "says by annotation that it does not run uWSGI") }
        row("max-fd", maxFD(detection.maxFD))
        row("routers", routers(detection.details))
        describeMemory(detection)
        for file in finding.unreadFiles {
            row("not read", PrintableText.of("\(file.path): \(file.reason)"))
        }
        for hazard in detection.details.hazards { row("hazard", style.yellow(PrintableText.of(hazard))) }
        for policy in Policy.allCases {
            if let verdict = inspection.verdict(policy, on: finding) {
                row(policy.rawValue, consequence(of: verdict))
            } else if finding.asksForExemption {
                row(policy.rawValue, "leave it alone, as its author's annotation asks")
            }
        }
    }

    private mutating func row(_ label: String, _ text: String) {
        let padding = String(repeating: " ", count: max(0, 9 - label.count))
        lines.append("  \(label)\(padding)\(text)")
    }

    private func maxFD(_ maxFD: MaxFD) -> String {
        let value = PrintableText.of(maxFD.value ?? "")
        let source = PrintableText.of(maxFD.source ?? "")
        let number = maxFD.number.map { String($0) } ?? "no number"
        switch maxFD.state {
        case .unset:
            return style.red("unset") + ": none is visible, so uWSGI takes the node's limit"
        case .ineffective:
            return style.red("ineffective") + ": \(source)=\"\(value)\" counts as none"
        case .harmful:
            return style.red("harmful") + ": uWSGI reads \(source)=\"\(value)\" as \(number)"
        case .incurable where maxFD.value == nil:
            return style.red("incurable") + ": none is visible, and the variables do not reach uWSGI"
        case .incurable:
            return style.red("incurable") + ": \"\(value)\" at \(source), which no variable overrides"
        case .excessive:
            return style.yellow("excessive") + ": \(number) by \(source)"
        case .hidden:
            return style.yellow("hidden") + ": by reference at \(source), so its value cannot be seen"
        case .set:
            return style.green("set") + ": \(number) by \(source)"
        }
    }

    private func routers(_ details: Details) -> String {
        let options = details.routers.map { PrintableText.of($0) }.joined(separator: ", ")
        switch details.routerProcesses {
        case nil: return options.isEmpty ? "not visible" : "\(options), and maybe more that cannot be seen"
        case 0: return "none"
        case 1: return "1 process (\(options))"
        case .some(let count): return "\(count) processes (\(options))"
        }
    }

    /// What the routers' tables take.
    private mutating func describeMemory(_ detection: Detection) {
        let details = detection.details
        guard details.routerProcesses != 0 else {
            row("memory", "no table that grows with the limit, as there is no router")
            describeTime(detection)
            return
        }
        let processes = max(details.routerProcesses ?? 1, 1)
        let isSeen = details.routerProcesses != nil || !details.routers.isEmpty
        let condition = isSeen ? "" : "if it has a router, which cannot be seen: "
        let each = details.routerProcesses == nil ? " for each router process" : ""
        if detection.maxFD.state == .set || detection.maxFD.state == .excessive,
            let number = detection.maxFD.number
        {
            row(
                "memory",
                condition + MemorySize.text(RouterTable.bytes(limit: number, processes: processes)) + each)
            return
        }
        let limits = [("2^20", 1 << 20), ("2^30", 1 << 30), ("unlimited", 1 << 31)]
        let amounts = limits.map {
            "\(MemorySize.text(RouterTable.bytes(limit: $0.1, processes: processes))) at \($0.0)"
        }
        row("memory", condition + amounts.joined(separator: ", ") + each)
    }

    /// What a missing max-fd costs where no router takes memory: each descriptor that there may be is closed, or
    /// looked at, one by one. Sources: uWSGI `core/io.c`, `uwsgi_close_all_fds`; `core/utils.c`, `uwsgi_run_command`;
    /// `core/master_utils.c`, `uwsgi_reload`.
    private mutating func describeTime(_ detection: Detection) {
        guard detection.maxFD.state != .set, detection.maxFD.state != .excessive else { return }
        row(
            "time",
            "at 2^30 every reload takes minutes, and so does each start of a cron job, an attached daemon or a vassal"
        )
    }

    private func consequence(of verdict: ContainerVerdict) -> String {
        let value = verdict.value ?? ""
        return switch verdict.action {
        case .add: style.green("add") + " \(PublicNames.variable)=\(value)"
        case .replace:
            style.green("replace")
                + " the value of \(PrintableText.of(verdict.finding.detection.maxFD.source ?? "")) by \(value)"
        case .keep: "keep as it is"
        case .deny: style.red("deny")
        case .warn: style.yellow("warn")
        case .allow: "allow"
        }
    }

    private mutating func describePatch() {
        guard let patch = inspection.verdict(.mutate)?.patch, !patch.isEmpty else { return }
        var json = JSONWriter()
        patch.write(to: &json)
        lines += ["", style.bold("patch") + "  " + String(decoding: json.bytes, as: UTF8.self)]
    }

    private mutating func describeNotes() {
        if let denial = inspection.verdict(.strict)?.denial {
            lines += ["", style.bold("denial") + "  " + denial]
        }
        let warnings = Policy.allCases.flatMap { policy in
            (inspection.verdict(policy)?.warnings ?? []).map { "\(policy.rawValue)  \($0)" }
        }
        if !warnings.isEmpty { lines.append("") }
        for warning in warnings { lines.append(style.bold("warning") + "  " + warning) }
    }
}
