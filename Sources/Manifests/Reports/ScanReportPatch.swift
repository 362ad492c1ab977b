import Admission
import JSON
import UWSGI

/// A scan's report as a script: for each finding the `kubectl patch` that gives it a max-fd, or why there is none.
public enum ScanReportPatch {
    public static func rendered(_ report: ScanReport) -> String {
        var lines = [
            "# What gives each uWSGI an effective max-fd. Read it, then run it with a shell.",
            "# Changing a template makes its controller replace the Pods; whatever keeps manifests in git will want",
            "# the same change there (scan --fix).",
        ]
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

    private enum Step {
        case run(String)
        /// No patch helps, and why.
        case explain(String)
    }

    private static func command(for finding: ScanFinding) -> Step {
        guard let change = finding.change else {
            return .explain("no variable helps: \(finding.explanation)")
        }
        guard finding.holder.isEmpty else {
            return .explain("its manifest stands in \(finding.holder): set \(text(change)) there")
        }
        let workload = Workload(kind: finding.kind, apiVersion: finding.apiVersion)
        guard workload?.canChange != false else {
            return .explain(
                finding.kind == "Pod"
                    ? "the containers of a running Pod cannot be changed: recreate it with \(text(change))"
                    : "the template of a \(finding.kind) cannot be changed: recreate it with \(text(change))")
        }
        // What is no name could be taken for an option.
        guard isName(finding.name), finding.namespace.isEmpty || isName(finding.namespace) else {
            return .explain("the object has no proper name: set \(text(change)) in its manifest")
        }
        guard isName(finding.kind.lowercased()), workload != nil || finding.isInInput else {
            return .explain("its own object was not in the input: set \(text(change)) in its template")
        }
        var words = ["kubectl", "patch", resource(of: finding, workload), finding.name]
        if !finding.namespace.isEmpty { words += ["--namespace", finding.namespace] }
        let path = workload.map { $0.templatePath.map { "\($0)" } }
        // Only for types of its own does the API server know how lists merge.
        if let path, !change.isAmbiguous {
            words += ["--type", "strategic", "--patch", strategicPatch(change, finding, path: path)]
        } else if finding.isInInput, finding.isPlacedInObject || isInTemplate(finding, path: path) {
            words += ["--type", "json", "--patch", jsonPatch(change, finding)]
        } else {
            return .explain("its own object was not in the input: set \(text(change)) in its template")
        }
        return .run(words.map { quoted($0) }.joined(separator: " "))
    }

    /// Whether the container's place, in an object that came of this one, is the same here: as a ReplicaSet's is in
    /// its Deployment.
    private static func isInTemplate(_ finding: ScanFinding, path: [String]?) -> Bool {
        guard let path else { return false }
        return finding.container.pointer.hasPrefix("/" + path.joined(separator: "/"))
    }

    /// Whether a text can be an object's name: a DNS subdomain (RFC 1123).
    private static func isName(_ text: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = text.utf8.first, isAlphanumeric(first) else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "-.".utf8.contains($0) }
    }

    private static func text(_ change: EnvironmentChange) -> String { "\(change.name)=\(change.value)" }

    // MARK: - What is patched

    /// As kubectl takes it: `deployment`, or `Rollout.v1alpha1.argoproj.io`.
    private static func resource(of finding: ScanFinding, _ workload: Workload?) -> String {
        if workload != nil { return finding.kind.lowercased() }
        let parts = finding.apiVersion.split(separator: "/")
        let words = [finding.kind] + parts.reversed().map { String($0) }
        // A core type is told by its kind alone.
        return parts.count == 2 ? words.joined(separator: ".") : finding.kind
    }

    // MARK: - Patches

    private static func strategicPatch(
        _ change: EnvironmentChange, _ finding: ScanFinding, path: [String]
    ) -> String {
        let list = finding.container.role == .container ? "containers" : "initContainers"
        let container: ReportValue = .object([
            ("name", .string(finding.container.name)),
            ("env", .array([.object([("name", .string(change.name)), ("value", .string(change.value))])])),
        ])
        let patch = (path + ["spec", list]).reversed().reduce(ReportValue.array([container])) { inner, name in
            .object([(name, inner)])
        }
        return json(patch)
    }

    private static func jsonPatch(_ change: EnvironmentChange, _ finding: ScanFinding) -> String {
        let pointer = finding.container.pointer + "/env"
        let variable: ReportValue = .object([
            ("name", .string(change.name)), ("value", .string(change.value)),
        ])
        let (path, value): (String, ReportValue) =
            if let index = change.index {
                ("\(pointer)/\(index)/value", .string(change.value))
            } else if change.hasEnvironment {
                (pointer + "/-", variable)
            } else {
                (pointer, .array([variable]))
            }
        return json(
            .array([.object([("op", .string("add")), ("path", .string(path)), ("value", value)])]))
    }

    private static func json(_ value: ReportValue) -> String {
        var json = JSONWriter()
        value.write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    // MARK: - Shell

    /// One word for a POSIX shell.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_./=".utf8.contains(byte)
            }
        return isPlain ? word : "'" + PrintableText.of(word).replacing("'", with: "'\\''") + "'"
    }

    /// A comment, which foreign text must not end.
    private static func comment(_ text: String) -> String { "# " + PrintableText.of(text) }
}
