import Admission
import Nodes
import TestSupport
import Testing
import UWSGI

@testable import Manifests

/// Nodes and limits in force, read with the Pods that they are about.
@Suite struct NodeScanTests {
    private static let dangerous = ("Garden Linux 1592.2", "containerd://1.7.19")
    private static let safe = ("Garden Linux 1592.3", "containerd://1.7.19")
    private static let unknown = ("Debian GNU/Linux 12 (bookworm)", "containerd://1.6.20")

    private static func node(_ name: String, _ system: (String, String), pool: String = "") -> String {
        """
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: \(name), labels: {\(pool.isEmpty ? "" : "worker.gardener.cloud/pool: \(pool)")}}
        status: {nodeInfo: {osImage: "\(system.0)", containerRuntimeVersion: "\(system.1)"}}

        """
    }

    private static func pod(_ name: String, on node: String?, container: String = Scanning.uwsgi) -> String {
        Scanning.object("Pod", name, container: container, more: node.map { ", nodeName: \($0)" } ?? "")
    }

    private static func cadvisor(_ limits: [(pod: String, limit: Int)]) -> String {
        limits.map { pod, limit in
            "container_ulimits_soft{container=\"web\",namespace=\"shop\",pod=\"\(pod)\",ulimit=\"max_open_files\"} \(limit)\n"
        }.joined()
    }

    private static func report(
        _ manifests: String, limits: String? = nil, settings: ScanSettings = ScanSettings()
    ) -> ScanReport {
        var scan = Scan(settings: settings)
        if let limits { scan.readLimits(ByteArraySource(Array(limits.utf8)), file: "cadvisor.txt") }
        scan.read(ByteArraySource(Array(manifests.utf8)), file: "a.yaml")
        return scan.report()
    }

    /// The node's limit for uWSGI's one router, in bytes.
    private static let table = 8 * 1_073_741_816

    struct Example: CustomTestStringConvertible {
        let testDescription: String
        var manifests = ""
        var limits: [(pod: String, limit: Int)]?
        /// Of each finding, in the order of their names.
        var shares: [[LimitShare]] = []
        var proven = 0
    }

    private static func share(_ limit: Int, _ source: LimitShare.Source, _ pods: Int = 1) -> LimitShare {
        LimitShare(limit: limit, source: source, pods: pods)
    }

    private static let examples: [Example] = [
        Example(
            testDescription: "without nodes the limit is assumed", manifests: pod("a", on: "n1"),
            shares: [[share(1_073_741_816, .assumed)]]),
        Example(
            testDescription: "a node before its Pod", manifests: node("n1", safe) + pod("a", on: "n1"),
            shares: [[share(1_048_576, .node)]]),
        Example(
            testDescription: "a node after its Pod", manifests: pod("a", on: "n1") + node("n1", safe),
            shares: [[share(1_048_576, .node)]]),
        Example(
            testDescription: "a Pod on a node that is not there",
            manifests: node("n1", safe) + pod("a", on: "n2"), shares: [[share(1_073_741_816, .assumed)]]),
        Example(
            testDescription: "a Pod on an unknown node",
            manifests: node("n1", unknown) + node("n2", safe) + pod("a", on: "n1"),
            shares: [[share(1_073_741_816, .assumed)]]),
        Example(
            testDescription: "a Pod without a node meets the worst that is known",
            manifests: node("n1", ("Debian GNU/Linux 13 (trixie)", "containerd://1.7.24")) + node("n2", safe)
                + pod("a", on: nil), shares: [[share(2_147_483_584, .node)]]),
        Example(
            testDescription: "a template meets the assumed limit where a node is unknown",
            manifests: node("n1", unknown) + node("n2", safe) + Scanning.object("Deployment", "a"),
            shares: [[share(1_073_741_816, .assumed)]]),
        Example(
            testDescription: "a template on safe nodes only",
            manifests: Scanning.object("Deployment", "a", more: ", replicas: 3") + node("n2", safe),
            shares: [[share(1_048_576, .node, 3)]]),
        Example(
            testDescription: "what was measured counts before the node",
            manifests: node("n1", dangerous) + pod("a", on: "n1"), limits: [("a", 1_073_741_824)],
            shares: [[share(1_073_741_824, .measured)]]),
        Example(
            testDescription: "a low limit that is not the node's own is proof",
            manifests: node("n1", dangerous) + pod("a", on: "n1"), limits: [("a", 4096)], proven: 1),
        Example(
            testDescription: "a low limit that is the node's own is none",
            manifests: pod("a", on: "n1") + node("n1", safe), limits: [("a", 1_048_576)],
            shares: [[share(1_048_576, .measured)]]),
        Example(
            testDescription: "a low limit is proof where the node is not known",
            manifests: pod("a", on: "n1") + node("n1", unknown), limits: [("a", 1_048_576)], proven: 1),
        Example(
            testDescription: "a limit of another Pod is none", manifests: pod("a", on: "n1"),
            limits: [("b", 64)], shares: [[share(1_073_741_816, .assumed)]]),
        Example(
            testDescription: "a max-fd that ends uWSGI is not proven by its wrapper's limit",
            manifests: pod(
                "a", on: "n1",
                container:
                    "{name: web, command: [uwsgi, --http, ':80'], env: [{name: UWSGI_MAX_FD, value: '1'}]}"),
            limits: [("a", 1024)], shares: [[share(1_073_741_816, .assumed)]]),
        Example(
            testDescription: "a template whose Pods are all proven",
            manifests: Scanning.object("StatefulSet", "a")
                + Scanning.object("Pod", "a-0", owner: "StatefulSet/a")
                + Scanning.object("Pod", "a-1", owner: "StatefulSet/a"),
            limits: [("a-0", 4096), ("a-1", 4096)], proven: 1),
        Example(
            testDescription: "a template of whose Pods one is not proven",
            manifests: Scanning.object("StatefulSet", "a") + node("n1", dangerous)
                + Scanning.object("Pod", "a-0", owner: "StatefulSet/a")
                + Scanning.object("Pod", "a-1", owner: "StatefulSet/a", more: ", nodeName: n1")
                + Scanning.object("Pod", "a-2", owner: "StatefulSet/a"),
            limits: [("a-0", 4096), ("a-2", 1_073_741_800)],
            shares: [[share(1_073_741_816, .node), share(1_073_741_800, .measured)]]),
    ]

    @Test(arguments: examples)
    func `Of each Pod the limit counts that is known best`(example: Example) {
        let report = Self.report(example.manifests, limits: example.limits.map(Self.cadvisor))
        #expect(report.findings.map(\.limits) == example.shares)
        #expect(report.provenCount == example.proven)
        #expect(report.problems.isEmpty && report.contradictions.isEmpty)
        for finding in report.findings where finding.detection.maxFD.state == .unset {
            #expect(finding.memory.bytes == finding.limits.reduce(0) { $0 + 8 * $1.limit * $1.pods })
        }
    }

    @Test func `A policy looks at the specification, whatever was measured`() {
        let report = Self.report(
            Self.pod("a", on: "n1"), limits: Self.cadvisor([("a", 4096)]),
            settings: ScanSettings(policy: .strict))
        #expect(report.findings.map(\.limits) == [[Self.share(4096, .measured)]])
        #expect(report.memory.bytes == 8 * 4096)
    }

    @Test func `A limit in force that contradicts the specification is named, once for all Pods`() throws {
        let hidden = """
            {name: web, command: [uwsgi, --http, ':80'], env: [{name: UWSGI_MAX_FD, valueFrom: {configMapKeyRef: {}}}]}
            """
        let manifests =
            Scanning.object("Pod", "a-0", container: Scanning.cured, owner: "StatefulSet/a")
            + Scanning.object("Pod", "a-1", container: Scanning.cured, owner: "StatefulSet/a")
            + Scanning.object("Pod", "b", container: hidden)
            + Scanning.object("Pod", "c", container: Scanning.cured)
        let limits = Self.cadvisor([
            ("a-0", 1_073_741_816), ("a-1", 2_000_000), ("b", 1_073_741_816), ("c", 4096),
        ])
        let report = Self.report(manifests, limits: limits)
        #expect(report.findings.isEmpty)
        let lines = report.contradictions.map(\.line)
        #expect(report.contradictions.map(\.pods) == [1, 2])
        #expect(lines[0].hasPrefix("shop/Pod/b/web: max-fd comes by reference"))
        #expect(
            lines[1].hasPrefix(
                "shop/StatefulSet/a/web: max-fd is set (env UWSGI_MAX_FD), but the limit in force is 1073741816 in 2 Pods"
            ))
        let table = ScanReportTable(style: TextStyle(isColoured: false), width: nil).text(of: report)
        #expect(table.contains(lines[1]))
        let json = try JSONTree(ScanReportJSON().render(report))
        #expect(json["contradictions"]?[1]?["limit"]?.number == 1_073_741_816)
        let sarif = try JSONTree(ScanReportSARIF(version: "1").render(report))
        let results = sarif["runs"]?[0]?["results"]?.array ?? []
        #expect(results.count == 2 && results.allSatisfy { $0["level"]?.string == "note" })
        let policy = ScanReportPolicy(kind: .openReports).text(of: report)
        #expect(policy.ranges(of: "result: warn").count == 2)
        #expect(ScanReportJUnit().text(of: report).ranges(of: "<skipped").count == 2)
    }

    // MARK: - What is said of nodes

    private static let cluster =
        (1...3).map { node("a\($0)", dangerous, pool: "worker-a") }.joined()
        + (1...8).map { node("b\($0)", safe, pool: "worker-b") }.joined() + node("c1", unknown)

    @Test func `The first lines say which nodes are dangerous, why, and what to do`() {
        let report = Self.report(Self.pod("a", on: "a2") + Self.cluster + Self.node("a1", Self.dangerous))
        let lines = ScanReportTable(style: TextStyle(isColoured: false), width: nil).text(of: report).split(
            separator: "\n")
        #expect(
            lines.prefix(5) == [
                "3 of 12 nodes hand out 1073741816 (Garden Linux 1592.2, containerd 1.7.19): pool worker-a",
                "  containerd has LimitNOFILE=infinity, and systemd 256 raises fs.nr_open to 2^30; use Garden Linux 1592.3 or later",
                "1 of 12 nodes hands out an unknown limit (Debian GNU/Linux 12 (bookworm), containerd 1.6.20): node c1",
                "  containerd's own unit says infinity in 1.2.5, 1.2.7 and from 1.5 to 1.7.33, and what that is depends on the distribution's systemd and its drop-ins",
                "8 of 12 nodes are safe",
            ])
        #expect(lines.last?.hasSuffix("8 GiB of memory at stake, by what the nodes hand out.") == true)
        #expect(report.memory.bytes == Self.table)
    }

    @Test func `Nodes alone are an answer, and no finding`() throws {
        var scan = Scan(settings: ScanSettings())
        let contents = scan.read(ByteArraySource(Array(Self.cluster.utf8)), file: "-")
        #expect(!contents.isNothing)
        let report = scan.report()
        #expect(report.findings.isEmpty && report.problems.isEmpty && report.notes.isEmpty)
        #expect(report.nodes?.count == 12 && report.nodes?.count(.dangerous) == 3)
        let page = ScanReportPage(origin: ReportOrigin(version: "1", date: "", sources: ["-"], command: ""))
            .text(of: report)
        #expect(page.contains("3 of 12 nodes are dangerous.") && !page.contains("Nothing was looked at"))
        #expect(page.contains("class=\"bar dangerous\" style=\"width:25.0%\""))
    }

    @Test func `Nodes of other APIs are not nodes`() {
        let other = Self.cluster.replacing("apiVersion: v1", with: "apiVersion: example.org/v1")
        #expect(Self.report(other).nodes == nil)
    }

    @Test func `Every output names the nodes`() throws {
        let report = Self.report(Self.cluster)
        let json = try JSONTree(ScanReportJSON().render(report))
        #expect(json["nodes"]?["count"]?.number == 12 && json["nodes"]?["unknown"]?.number == 1)
        let group = json["nodes"]?["groups"]?[0]
        #expect(group?["verdict"]?.string == "dangerous" && group?["limit"]?.number == 1_073_741_816)
        #expect(group?["names"]?.array?.map(\.string) == ["a1", "a2", "a3"])
        #expect(group?["pools"]?["worker-a"]?.number == 3)
        #expect(group?["cure"]?.string == "use Garden Linux 1592.3 or later")
        let yaml = ScanReportYAML().text(of: report)
        #expect(yaml.contains("nodes:\n  count: 12\n  dangerous: 3\n"))
        let sarif = try JSONTree(ScanReportSARIF(version: "1").render(report))["runs"]?[0]
        #expect(
            sarif?["results"]?.array?.map { $0["ruleId"]?.string } == [
                "node-limit-dangerous", "node-limit-unknown",
            ])
        for result in sarif?["results"]?.array ?? [] {
            let index = Int(result["ruleIndex"]?.number ?? -1)
            #expect(sarif?["tool"]?["driver"]?["rules"]?[index]?["id"]?.string == result["ruleId"]?.string)
        }
        let policy = ScanReportPolicy(kind: .openReports).text(of: report)
        #expect(policy.contains("kind: ClusterReport\n"))
        #expect(policy.ranges(of: "result: warn").count == 3 && policy.ranges(of: "result: pass").count == 8)
        #expect(
            ScanReportPolicy(kind: .policyReport).text(of: report).contains("kind: ClusterPolicyReport\n"))
        #expect(ScanReportJUnit().text(of: report).contains("3 of 12 nodes hand out 1073741816"))
        #expect(ScanReportPatch().text(of: report).contains("# 3 of 12 nodes hand out 1073741816"))
    }

    @Test func `What nodes say of themselves cannot steer a terminal or a page`() {
        let hostile = SampleReport.hostile
        let name = JSONTree.string(hostile).text
        let report = Scanning.report([
            "n.json": """
            {"kind":"Node","metadata":{"name":\(name),"labels":{"pool":\(name)}},"status":{"nodeInfo":
            {"osImage":\(name),"containerRuntimeVersion":\(name)}}}
            """
        ])
        #expect(report.nodes?.count == 1)
        let formats: [any ReportFormat] = [
            ScanReportTable(style: TextStyle(isColoured: false), width: nil), ScanReportJSON(),
            ScanReportYAML(),
            ScanReportSARIF(version: "1"), ScanReportJUnit(), ScanReportPatch(),
            ScanReportPolicy(kind: .openReports),
            ScanReportPage(origin: ReportOrigin(version: "", date: "", sources: [], command: "")),
        ]
        for format in formats {
            let text = format.text(of: report)
            #expect(!text.unicodeScalars.contains("\u{1B}") && !text.unicodeScalars.contains("\u{202E}"))
            if format is ScanReportPage { #expect(!text.contains("<script>alert")) }
        }
    }

    @Test func `A file without a limit is a mistake, unless that is allowed`() {
        let report = Self.report(Self.pod("a", on: nil), limits: "up 1\n")
        #expect(report.problems.map(\.file) == ["cadvisor.txt"])
        #expect(report.problems.first?.reason.contains("container_ulimits_soft") == true)
        let allowed = Self.report("", limits: "up 1\n", settings: ScanSettings(allowsEmpty: true))
        #expect(allowed.problems.isEmpty)
    }

    @Test func `Each placement is looked up once, however many Pods and nodes there are`() {
        for count in [1000, 2000, 4000] {
            var lookups = 0
            let resolution = LimitResolution(assumed: 1, ceiling: 1, unplaced: nil) { number in
                lookups += 1
                return number
            }
            var placements: [Placement: Int] = [:]
            for number in 0..<count { placements[Placement(node: number, measured: nil)] = 50 }
            #expect(placements.keys.allSatisfy { !resolution.provesMaxFD($0) })
            #expect(resolution.shares(placements).count == count)
            #expect(lookups == count)
        }
    }

    @Test func `A scan keeps one number for a node, however many Pods it has`() {
        var inventory = NodeInventory()
        for _ in 0..<1000 { #expect(inventory.number(of: "n1") == 0) }
        #expect(inventory.number(of: "n2") == 1)
        inventory.note(
            NodeDescription(name: "n2", osImage: "", containerRuntime: ""),
            at: SourcePlace(file: "a", line: 1))
        #expect(inventory.limit(ofNode: 0) == nil && inventory.limit(ofNode: 1) == nil)
        #expect(inventory.overview?.count == 1 && inventory.highestLimit == nil)
    }
}
