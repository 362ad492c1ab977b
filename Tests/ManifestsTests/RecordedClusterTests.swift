import Nodes
import TestSupport
import Testing

@testable import Manifests

/// A small cluster's Nodes, Pods and limits in force (`Tests/Fixtures/cluster`), to the byte.
@Suite struct RecordedClusterTests {
    private static let huge = 1_073_741_816

    static func report(limits: String? = nil, isCompressed: Bool = false) throws -> ScanReport {
        var scan = Scan(settings: ScanSettings())
        if let limits {
            var bytes = try Fixtures.file("cluster/\(limits)")
            if isCompressed { bytes = try Program.run(named: "gzip", ["--stdout"], input: bytes).output }
            scan.readLimits(ByteArraySource(bytes, chunkSize: 500), file: limits)
        }
        scan.read(
            ByteArraySource(try Fixtures.file("cluster/objects.json"), chunkSize: 700), file: "objects.json")
        let report = scan.report()
        #expect(report.problems.isEmpty && report.notes.isEmpty)
        return report
    }

    private func bytes(_ report: ScanReport) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: report.findings.map { ($0.qualifiedName, $0.memory.bytes) })
    }

    @Test func `Nodes say what is at stake on each of them`() throws {
        let report = try Self.report()
        #expect(
            bytes(report) == [
                // Two on dangerous nodes, one on a safe one.
                "openedx/Deployment/lms/lms": 8 * (2 * Self.huge + 1_048_576),
                // Two routers each; one Pod waits for a node, and one node is unknown.
                "openedx/StatefulSet/cms/cms": 8 * 2 * 2 * Self.huge,
                "openedx/StatefulSet/forum/forum": 0,
                "shop/StatefulSet/api/api": 0,
            ])
        #expect(report.memory.bytes == 8 * (6 * Self.huge + 1_048_576))
        // The forum's routers cannot be seen.
        #expect(report.memory.bytesIfRouter == 8 * Self.huge)
        #expect(report.others.map(\.qualifiedName) == ["shop/StatefulSet/web/web"])
        #expect(
            report.nodes?.count == 4 && report.nodes?.count(.dangerous) == 2
                && report.nodes?.count(.unknown) == 1)
    }

    @Test(arguments: [
        ("cadvisor.txt", false), ("cadvisor.txt", true), ("query.json", false), ("query.json", true),
    ])
    func `Limits in force prove, measure and contradict`(file: String, isCompressed: Bool) throws {
        let report = try Self.report(limits: file, isCompressed: isCompressed)
        #expect(
            bytes(report) == [
                "openedx/Deployment/lms/lms": 8 * (2 * Self.huge + 1_048_576),
                "openedx/StatefulSet/cms/cms": 8 * 2 * 2 * Self.huge,
            ])
        #expect(
            report.findings.map { $0.limits.map { "\($0.source) \($0.pods)" } } == [
                ["measured 1", "node 1", "measured 1"], ["measured 1", "assumed 1"],
            ])
        #expect(report.memory.bytesIfRouter == 0)
        // 10000 in the forum's own configuration; on the unknown node the limit is low, whatever set it.
        #expect(
            report.others.filter { $0.provenPods > 0 }.map(\.qualifiedName).sorted() == [
                "openedx/StatefulSet/forum/forum", "shop/StatefulSet/api/api",
            ])
        #expect(report.contradictions.map(\.qualifiedName) == ["shop/StatefulSet/web/web"])
        #expect(report.contradictions.map(\.limit) == [Self.huge])
    }
}
