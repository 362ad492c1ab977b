import UWSGI

/// A scan's report for a cluster, as objects that `kubectl apply` takes: the policy reports that Policy Reporter and
/// others show beside those of the cluster's policy engines.
///
/// There is one for each namespace, and more where one would be too large; what it says of a container does not depend
/// on when it was made, so that nothing changes in the cluster as long as nothing has changed.
public struct ScanReportPolicy: ReportFormat {
    /// The API whose objects are written. Both have the same fields.
    public enum Kind: Sendable {
        /// OpenReports, `openreports.io/v1alpha1`.
        case openReports
        /// The report of Kubernetes' policy working group that OpenReports goes on from, `wgpolicyk8s.io/v1alpha2`.
        case policyReport
    }

    private let kind: Kind

    /// The most results of one report, and the most bytes of their text: the API server's store takes 1.5 MiB (etcd,
    /// `--max-request-bytes`).
    private static let mostResults = 500
    private static let mostBytes = 700_000

    static let name = "uwsgi-max-fd"

    public init(kind: Kind) {
        self.kind = kind
    }

    public func render(_ report: ScanReport) -> [UInt8] {
        let documents = (nodeReports(of: report) + reports(of: report)).map { "---\n" + $0.yaml }
        guard !documents.isEmpty else {
            return Array("# No uWSGI in \(report.objectCount) objects with Pods.\n".utf8)
        }
        return Array(documents.joined().utf8)
    }

    // MARK: - Reports

    /// What became of one container.
    struct Result {
        let outcome: String
        let value: ReportValue
        /// How long its text is.
        let size: Int
    }

    private func reports(of report: ScanReport) -> [ReportValue] {
        let findings = report.findings.map { ($0, false) } + report.others.map { ($0, true) }
        let contradictions = Dictionary(report.contradictions.map { ($0.qualifiedName, $0.message) }) {
            first, _ in first
        }
        // What is not a name cannot be a namespace of the cluster.
        let groups = Dictionary(grouping: findings) { finding, _ in
            KubernetesName.isLabel(finding.namespace) ? finding.namespace : ""
        }
        return groups.sorted { $0.key < $1.key }.flatMap { namespace, findings in
            let results = findings.map { finding, passes in
                result(of: finding, passes: passes, contradiction: contradictions[finding.qualifiedName])
            }
            return Self.parts(of: results).enumerated().map { index, part in
                self.report(part, namespace: namespace, number: index + 1)
            }
        }
    }

    static func parts(of results: [Result]) -> [[Result]] {
        var parts: [[Result]] = []
        var size = 0
        for result in results {
            if parts.isEmpty || parts[parts.count - 1].count >= mostResults || size + result.size > mostBytes
            {
                parts.append([])
                size = 0
            }
            parts[parts.count - 1].append(result)
            size += result.size
        }
        return parts
    }

    func report(
        _ results: [Result], namespace: String, number: Int, isOfCluster: Bool = false
    ) -> ReportValue {
        var labels = ReportMembers()
        labels.add("app.kubernetes.io/managed-by", Self.name)
        var metadata = ReportMembers()
        metadata.add("name", number == 1 ? Self.name : "\(Self.name)-\(number)")
        metadata.add("namespace", namespace)
        metadata.add("labels", labels.value)
        var summary = ReportMembers()
        for outcome in ["pass", "fail", "warn", "error", "skip"] {
            summary.add(outcome, results.count { $0.outcome == outcome })
        }
        var report = ReportMembers()
        report.add(
            "apiVersion", kind == .openReports ? "openreports.io/v1alpha1" : "wgpolicyk8s.io/v1alpha2")
        let name = kind == .openReports ? "Report" : "PolicyReport"
        report.add("kind", isOfCluster ? "Cluster\(name)" : name)
        report.add("metadata", metadata.value)
        if kind == .openReports { report.add("source", Self.name) }
        report.add("summary", summary.value)
        report.add("results", .array(results.map(\.value)))
        return report.value
    }

    // MARK: - Results

    private func result(of finding: ScanFinding, passes: Bool, contradiction: String?) -> Result {
        // What is only likely is a warning, as in the other reports.
        let outcome =
            passes ? contradiction == nil ? "pass" : "warn" : finding.certainty == .likely ? "warn" : "fail"
        var result = ReportMembers()
        result.add("source", Self.name)
        result.add("policy", Self.name)
        result.add("rule", "max-fd-\(finding.detection.maxFD.state.rawValue)")
        result.add("category", "Resource limits")
        if !passes { result.add("severity", severity(of: finding)) }
        result.add("result", outcome)
        result.add("scored", true)
        let proof = finding.provenPods > 0 ? ", and a low limit is in force" : ""
        let state = contradiction ?? "max-fd \(finding.detection.maxFD.state.rawValue)\(proof)"
        result.add("message", passes ? PrintableText.of(state) : message(finding))
        result.add("resources", .array([resource(finding)]))
        result.add("properties", properties(of: finding, passes: passes))
        let value = result.value
        return Result(outcome: outcome, value: value, size: value.yaml.utf8.count)
    }

    private func message(_ finding: ScanFinding) -> String {
        let stake = finding.memory.sentence(hasRouter: finding.hasRouter).map { " \($0)" } ?? ""
        return PrintableText.of("\(finding.explanation).\(stake)")
    }

    private func severity(of finding: ScanFinding) -> String {
        if finding.hasRouter == false { return "low" }
        return finding.memory.bytes > 0 && finding.certainty != .likely ? "high" : "medium"
    }

    private func resource(_ finding: ScanFinding) -> ReportValue {
        var resource = ReportMembers()
        resource.add("apiVersion", finding.apiVersion)
        resource.add("kind", finding.kind)
        resource.add("name", finding.name)
        resource.add("namespace", finding.namespace)
        return resource.value
    }

    /// All values are strings, by the schema.
    private func properties(of finding: ScanFinding, passes: Bool) -> ReportValue {
        var properties = ReportMembers()
        properties.add("container", finding.container.name)
        properties.add("certainty", finding.certainty.rawValue)
        if !passes {
            properties.add("memory", finding.memory.text(hasRouter: finding.hasRouter))
            properties.add("limits", finding.limitsText)
            properties.add("pods", (finding.podsAreEstimated ? "≥" : "") + String(finding.pods))
        }
        return properties.value
    }
}
