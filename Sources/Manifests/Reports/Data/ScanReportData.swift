import Admission
import UWSGI

/// What a scan's report says to programs: the audit record's names for what was found.
enum ScanReportData {
    static func value(_ report: ScanReport) -> ReportValue {
        var members = ReportMembers()
        members.add("summary", summary(report))
        if let nodes = report.nodes { members.add("nodes", value(nodes)) }
        members.add("findings", .array(report.findings.map { value($0) }))
        if !report.contradictions.isEmpty {
            members.add("contradictions", .array(report.contradictions.map { value($0) }))
        }
        if !report.problems.isEmpty { members.add("errors", .array(report.problems.map { value($0) })) }
        if !report.notes.isEmpty { members.add("notLookedAt", .array(report.notes.map { value($0) })) }
        return members.value
    }

    private static func summary(_ report: ScanReport) -> ReportValue {
        var members = ReportMembers()
        members.add("objects", report.objectCount)
        members.add("containers", report.findings.count + report.others.count)
        members.add("findings", report.findings.count)
        if report.provenCount > 0 { members.add("proven", report.provenCount) }
        add(report.memory, to: &members)
        members.add("nodeLimit", report.nodeLimit)
        members.add("policy", report.policy?.rawValue)
        return members.value
    }

    static func value(_ finding: ScanFinding) -> ReportValue {
        var members = ReportMembers()
        members.add("namespace", finding.namespace)
        members.add("kind", finding.kind)
        members.add("name", finding.name)
        members.add("container", container(finding))
        members.add("message", finding.explanation)
        var policies = ReportMembers()
        for policy in Policy.allCases {
            policies.add(policy.rawValue, finding.actions[policy]?.rawValue)
        }
        members.add("policies", policies.value)
        members.add("pods", finding.pods)
        members.add("podsAreEstimated", finding.podsAreEstimated)
        if !finding.folded.isEmpty {
            var folded = ReportMembers()
            for (kind, count) in finding.folded { folded.add(kind, count) }
            members.add("folded", folded.value)
        }
        members.add("limits", .array(finding.limits.map { value($0) }))
        add(finding.memory, to: &members)
        members.add("file", finding.place.file)
        members.add("line", finding.place.line)
        return members.value
    }

    /// What is at stake for certain, and what in addition if there is a router that cannot be seen.
    static func add(_ memory: MemoryAtStake, to members: inout ReportMembers) {
        members.add("memoryBytes", memory.bytes)
        members.add("memoryIsEstimate", memory.isEstimate)
        if memory.bytesIfRouter > 0 { members.add("memoryBytesIfRouter", memory.bytesIfRouter) }
    }

    private static func container(_ finding: ScanFinding) -> ReportValue {
        let detection = finding.detection
        var members = ReportMembers()
        members.add("name", finding.container.name)
        members.add("type", finding.container.role.rawValue)
        members.add("image", finding.container.image)
        members.add("certainty", finding.certainty.rawValue)
        members.add("evidence", detection.evidence)
        var maxFD = ReportMembers()
        maxFD.add("state", detection.maxFD.state.rawValue)
        maxFD.add("value", detection.maxFD.value)
        maxFD.add("source", detection.maxFD.source)
        members.add("maxFd", maxFD.value)
        members.add("hasRouter", finding.hasRouter)
        members.add("routers", detection.details.routers)
        members.add("routerProcesses", detection.details.routerProcesses)
        members.add("hazards", detection.details.hazards)
        if !finding.unreadFiles.isEmpty {
            members.add(
                "notRead",
                .array(
                    finding.unreadFiles.map { file in
                        var members = ReportMembers()
                        members.add("path", file.path)
                        members.add("reason", file.reason)
                        return members.value
                    }))
        }
        return members.value
    }

    private static func value(_ share: LimitShare) -> ReportValue {
        var members = ReportMembers()
        members.add("limit", share.limit)
        members.add("source", share.source.rawValue)
        members.add("pods", share.pods)
        return members.value
    }

    private static func value(_ contradiction: ScanContradiction) -> ReportValue {
        var members = ReportMembers()
        members.add("namespace", contradiction.namespace)
        members.add("kind", contradiction.kind)
        members.add("name", contradiction.name)
        members.add("container", contradiction.container)
        members.add("message", contradiction.message)
        members.add("limit", contradiction.limit)
        members.add("pods", contradiction.pods)
        members.add("file", contradiction.place.file)
        members.add("line", contradiction.place.line)
        return members.value
    }

    private static func value(_ problem: ScanProblem) -> ReportValue {
        var members = ReportMembers()
        members.add("file", problem.file)
        members.add("line", problem.line)
        members.add("reason", problem.reason)
        return members.value
    }
}
