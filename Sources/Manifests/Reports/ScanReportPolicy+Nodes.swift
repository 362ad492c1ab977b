import Nodes

/// Nodes belong to no namespace: their results are a report of the cluster.
extension ScanReportPolicy {
    /// One for all nodes, and more where one would be too large.
    func nodeReports(of report: ScanReport) -> [ReportValue] {
        let results = (report.nodes?.groups ?? []).flatMap { group in
            group.names.filter { KubernetesName.isSubdomain($0) }.map { result(ofNode: $0, group) }
        }
        return Self.parts(of: results).enumerated().map { index, part in
            self.report(part, namespace: "", number: index + 1, isOfCluster: true)
        }
    }

    private func result(ofNode name: String, _ group: NodeGroup) -> Result {
        let assessment = group.assessment
        // A dangerous node is a warning: it does harm only to what runs there.
        let outcome =
            switch assessment.verdict {
            case .dangerous: "warn"
            case .unknown: "skip"
            case .safe: "pass"
            }
        var resource = ReportMembers()
        resource.add("apiVersion", "v1")
        resource.add("kind", "Node")
        resource.add("name", name)
        var properties = ReportMembers()
        properties.add("limit", assessment.limit.map { String($0) })
        properties.add("osImage", PrintableText.of(group.osImage))
        properties.add("runtime", PrintableText.of(group.runtime))
        properties.add("source", assessment.source)
        var result = ReportMembers()
        result.add("source", Self.name)
        result.add("policy", Self.name)
        result.add("rule", "node-limit-\(assessment.verdict.rawValue)")
        result.add("category", "Resource limits")
        if assessment.verdict == .dangerous { result.add("severity", "medium") }
        result.add("result", outcome)
        result.add("scored", true)
        result.add("message", PrintableText.of(group.explanation))
        result.add("resources", .array([resource.value]))
        result.add("properties", properties.value)
        let value = result.value
        return Result(outcome: outcome, value: value, size: value.yaml.utf8.count)
    }
}
