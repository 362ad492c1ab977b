import Basics
import Admission
import JSON
import Nodes
import UWSGI

/// A scan's report as a script: for each finding the `kubectl patch` that gives it a max-fd, or why there is none.
public struct ScanReportPatch: ReportFormat {
    public init() {}

    public func render(_ report: ScanReport) -> [UInt8] { Array(Self.rendered(report).utf8) }

    private static func rendered(_ report: ScanReport) -> String {
        var lines = [
            "# What gives each uWSGI an effective max-fd. Read it, then run it with a shell.",
            "# Changing a template makes its controller replace the Pods; whatever keeps manifests in git needs",
            "# the same change there (scan --fix).",
        ]
        for group in report.nodes?.groups(.dangerous) ?? [] {
            lines.append(comment("\(group.headline(of: report.nodes?.count ?? 0)): \(group.explanation)"))
        }
        for finding in report.findings {
            lines.append("")
            lines.append(
                comment("\(finding.qualifiedName): max-fd \(finding.detection.maxFD.state.rawValue)"))
            switch command(for: finding) {
            case .run(let command): lines.append(command)
            case .explain(let reason): lines.append(comment(reason))
            }
        }
        if report.findings.isEmpty { lines.append("# Nothing to change.") }
        return lines.joined(separator: "\n") + "\n"
    }

    enum Step {
        case run(String)
        /// No patch helps, and why.
        case explain(String)
    }

    static func command(for finding: ScanFinding) -> Step {
        guard let change = finding.change else {
            return .explain("no variable helps: \(finding.explanation)")
        }
        guard finding.holder.isEmpty else {
            return .explain("its manifest is in \(finding.holder): set \(text(change)) there")
        }
        let workload = Workload(kind: finding.kind, apiVersion: finding.apiVersion)
        guard workload?.canChange != false else {
            return .explain(
                finding.kind == "Pod"
                    ? "the containers of a running Pod cannot be changed: recreate it with \(text(change))"
                    : "the template of a \(finding.kind) cannot be changed: recreate it with \(text(change))")
        }
        // What is not a name could be taken for an option.
        guard DNSName.isSubdomain(finding.name),
            finding.namespace.isEmpty || DNSName.isLabel(finding.namespace)
        else {
            return .explain("the object has no proper name: set \(text(change)) in its manifest")
        }
        guard DNSName.isSubdomain(finding.kind.lowercased()), workload != nil || finding.isInInput
        else {
            return .explain("its own object was not in the input: set \(text(change)) in its template")
        }
        var words = ["kubectl", "patch", resource(of: finding, workload), finding.name]
        if !finding.namespace.isEmpty { words += ["--namespace", finding.namespace] }
        // Only for types of its own does the API server know how lists merge.
        if let workload, !change.isAmbiguous {
            words += ["--type", "strategic", "--patch", change.strategicPatch(of: workload)]
        } else if finding.isInInput, finding.isPlacedInObject || isInTemplate(finding, workload) {
            words += ["--type", "json", "--patch", jsonPatch(change)]
        } else {
            return .explain("its own object was not in the input: set \(text(change)) in its template")
        }
        return .run(words.map { ShellQuoting.shown($0) }.joined(separator: " "))
    }

    /// Whether the container's place, in an object that came of this one, is the same here: as a ReplicaSet's is in
    /// its Deployment.
    private static func isInTemplate(_ finding: ScanFinding, _ workload: Workload?) -> Bool {
        guard let workload else { return false }
        return finding.container.pointer.hasPrefix(workload.templatePath.reduce("") { $0 + "/\($1)" })
    }

    private static func text(_ change: EnvironmentChange) -> String { "\(change.name)=\(change.value)" }

    // MARK: - What is patched

    /// As kubectl takes it: `deployment`, or `Rollout.v1alpha1.argoproj.io`.
    private static func resource(of finding: ScanFinding, _ workload: Workload?) -> String {
        if workload != nil { return finding.kind.lowercased() }
        let parts = finding.apiVersion.split(separator: "/")
        let words = [finding.kind] + parts.reversed().map { String($0) }
        // A core type is known by its kind alone.
        return parts.count == 2 ? words.joined(separator: ".") : finding.kind
    }

    static func jsonPatch(_ change: EnvironmentChange) -> String {
        var json = JSONWriter()
        [change.operation].write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// A comment, which foreign text must not end.
    private static func comment(_ text: String) -> String { "# " + PrintableText.of(text) }
}
