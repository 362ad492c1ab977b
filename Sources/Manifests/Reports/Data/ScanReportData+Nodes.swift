import Nodes

extension ScanReportData {
    /// What a scan's report says of nodes.
    static func value(_ nodes: NodeOverview) -> ReportValue {
        var members = ReportMembers()
        members.add("count", nodes.count)
        for verdict in NodeAssessment.Verdict.allCases {
            members.add(verdict.rawValue, nodes.count(verdict))
        }
        members.add("groups", .array(nodes.groups.map { value($0) }))
        return members.value
    }

    private static func value(_ group: NodeGroup) -> ReportValue {
        var members = ReportMembers()
        members.add("verdict", group.assessment.verdict.rawValue)
        members.add("limit", group.assessment.limit)
        members.add("osImage", group.osImage)
        members.add("runtime", group.runtime)
        members.add("count", group.names.count)
        if !group.pools.isEmpty {
            var pools = ReportMembers()
            for (name, count) in group.pools.sorted(by: { $0.key < $1.key }) { pools.add(name, count) }
            members.add("pools", pools.value)
        }
        members.add("names", group.names)
        members.add("reason", group.assessment.reason)
        members.add("cure", group.assessment.cure)
        members.add("source", group.assessment.source)
        return members.value
    }
}
