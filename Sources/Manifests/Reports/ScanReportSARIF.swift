import Admission
import Basics
import JSON
import UWSGI

/// A scan's report for code review: the Static Analysis Results Interchange Format, version 2.1.0 (OASIS).
public struct ScanReportSARIF: ReportFormat {
    /// The program's own.
    private let version: String

    public init(version: String) {
        self.version = version
    }

    private static let schema =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

    public func render(_ report: ScanReport) -> [UInt8] {
        var log = ReportMembers()
        log.add("$schema", Self.schema)
        log.add("version", "2.1.0")
        log.add("runs", .array([Self.run(report, version: version)]))
        var json = JSONWriter()
        log.value.write(to: &json)
        json.endLine()
        return json.bytes
    }

    private static func run(_ report: ScanReport, version: String) -> ReportValue {
        var driver = ReportMembers()
        driver.add("name", "uwsgi-max-fd")
        driver.add("semanticVersion", version)
        let further = furtherRules(of: report)
        driver.add("rules", .array(rules.map { rule($0) } + further.map { rule($0) }))
        var tool = ReportMembers()
        tool.add("driver", driver.value)
        var run = ReportMembers()
        run.add("tool", tool.value)
        run.add("invocations", .array([invocation(report)]))
        let notes = further.enumerated().flatMap { index, rule in
            rule.results.map { result($0, rule, index: rules.count + index) }
        }
        run.add("results", .array(report.findings.map { result($0) } + notes))
        return run.value
    }

    // MARK: - Rules

    /// The states that are findings, each a rule.
    private static let rules: [MaxFD.State] = [.unset, .ineffective, .harmful, .incurable, .excessive]

    private static func identifier(_ state: MaxFD.State) -> String { "max-fd-\(state.rawValue)" }

    private static func title(_ state: MaxFD.State) -> String {
        switch state {
        case .unset: "uWSGI without max-fd takes the node's limit"
        case .ineffective: "uWSGI ignores this max-fd"
        case .harmful: "uWSGI cannot serve with this max-fd"
        case .incurable: "uWSGI has no effective max-fd, and no variable can give it one"
        case .excessive: "uWSGI's max-fd is over the ceiling"
        case .hidden: "uWSGI's max-fd cannot be seen"
        case .set: "uWSGI has a max-fd"
        }
    }

    private static func rule(_ state: MaxFD.State) -> ReportValue {
        let explanation = """
            uWSGI's routers take eight bytes for every file descriptor that a process may have. Where a node sets \
            no limit, that is gigabytes, and the kernel kills the Pod. Set UWSGI_MAX_FD, or max-fd in uWSGI's own \
            configuration.
            """
        var configuration = ReportMembers()
        configuration.add("level", level(state))
        var rule = ReportMembers()
        rule.add("id", identifier(state))
        rule.add("shortDescription", message(title(state)))
        rule.add("fullDescription", message(explanation))
        rule.add("help", message(explanation))
        rule.add("defaultConfiguration", configuration.value)
        return rule.value
    }

    private static func level(_ state: MaxFD.State) -> String { state == .excessive ? "warning" : "error" }

    // MARK: - Results

    private static func result(_ finding: ScanFinding) -> ReportValue {
        let state = finding.detection.maxFD.state
        var result = ReportMembers()
        result.add("ruleId", identifier(state))
        result.add("ruleIndex", rules.firstIndex(of: state))
        result.add("level", level(of: finding))
        result.add("message", message(text(finding)))
        result.add("locations", .array([location(finding)]))
        var fingerprint = ReportMembers()
        fingerprint.add("uwsgiContainer/v1", finding.qualifiedName)
        result.add("partialFingerprints", fingerprint.value)
        var properties = ReportMembers()
        properties.add("certainty", finding.certainty.rawValue)
        properties.add("pods", finding.pods)
        ScanReportData.add(finding.memory, to: &properties)
        properties.add("hasRouter", finding.hasRouter)
        result.add("properties", properties.value)
        return result.value
    }

    /// What is only likely, and what costs processor time but no memory, does not stop a merge.
    private static func level(of finding: ScanFinding) -> String {
        if finding.hasRouter == false { return "note" }
        return finding.certainty == .likely ? "warning" : level(finding.detection.maxFD.state)
    }

    private static func text(_ finding: ScanFinding) -> String {
        let stake = finding.memory.sentence(hasRouter: finding.hasRouter).map { " \($0)" } ?? ""
        let limits = finding.limitsText.map { " Limit: \($0)." } ?? ""
        return "\(finding.kind) \(finding.name), \(finding.explanation).\(stake)\(limits)"
    }

    private static func location(_ finding: ScanFinding) -> ReportValue {
        var logical = ReportMembers()
        logical.add("fullyQualifiedName", finding.qualifiedName)
        logical.add("name", finding.container.name)
        logical.add("kind", "resource")
        var location = ReportMembers()
        if let place = physicalLocation(file: finding.place.file, line: finding.place.line) {
            location.add("physicalLocation", place)
        }
        location.add("logicalLocations", .array([logical.value]))
        return location.value
    }

    /// Where in a file; `nil` for standard input, which is none.
    static func physicalLocation(file: String, line: Int?) -> ReportValue? {
        guard file != "-" else { return nil }
        var artifact = ReportMembers()
        artifact.add("uri", uri(of: file))
        var place = ReportMembers()
        place.add("artifactLocation", artifact.value)
        if let line {
            var region = ReportMembers()
            region.add("startLine", line)
            place.add("region", region.value)
        }
        return place.value
    }

    /// A path as a URI reference (RFC 3986): relative paths stay so, for reviewers take them to begin at the
    /// repository's top.
    static func uri(of path: String) -> String {
        var relative = path[...]
        while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
        return (relative.hasPrefix("/") ? "file://" : "") + relative.percentEncoded(keeping: "/")
    }

    // MARK: - The run itself

    private static func invocation(_ report: ScanReport) -> ReportValue {
        var invocation = ReportMembers()
        invocation.add("executionSuccessful", report.problems.isEmpty)
        let notifications =
            report.problems.map { notification($0, level: "error") }
            + report.notes.map { notification($0, level: "note") }
        if !notifications.isEmpty { invocation.add("toolExecutionNotifications", .array(notifications)) }
        return invocation.value
    }

    private static func notification(_ problem: ScanProblem, level: String) -> ReportValue {
        var notification = ReportMembers()
        notification.add("level", level)
        notification.add("message", message(problem.reason))
        if let place = physicalLocation(file: problem.file, line: problem.line) {
            var location = ReportMembers()
            location.add("physicalLocation", place)
            notification.add("locations", .array([location.value]))
        }
        return notification.value
    }

    static func message(_ text: String) -> ReportValue {
        var message = ReportMembers()
        message.add("text", text)
        return message.value
    }
}

extension ScanFinding {
    /// `namespace/kind/name/container`, without the namespace where there is none.
    var qualifiedName: String {
        (namespace.isEmpty ? "" : namespace + "/") + "\(kind)/\(name)/\(container.name)"
    }
}
