import Admission
import Basics
import JSON
import Testing
import UWSGI

@testable import Manifests

/// Of a Secret nothing is told but max-fd's number and the kinds of router.
@Suite struct SecretJoinTests {
    /// Stands in keys, values, paths, options and names of a Secret.
    private static let canary = "kanarienvogel"

    private static let inputs: [(name: String, text: String, number: Int?)] = {
        let c = canary
        let script = """
            #!/bin/sh
            export \(c.uppercased())=\(c)
            . /start/\(c).sh
            exec uwsgi --http :80 --\(c) \(c) --async 5000 --max-fd 2048\(c)
            """
        let mounted = { (kind: String) in
            MountedFilesTests.input(volume: kind)
                + MountedFilesTests.object(
                    ["run.sh": script, "\(c).sh": "echo \(c)", c: c], kind: "Secret", member: "stringData")
        }
        let variables = { (more: String) in
            MountedFilesTests.input(command: "[uwsgi, --http, \":80\"]", more: more)
                + MountedFilesTests.object(
                    [
                        "UWSGI_MAX_FD": "2048\(c)", "UWSGI_HTTP": c, "UWSGI_SET": "max-fd=\(c)",
                        c.uppercased(): c,
                    ], kind: "Secret", member: "stringData")
        }
        return [
            ("a script", mounted("secret: {secretName: start}"), 2048),
            (
                "a script in a projected volume", mounted("projected: {sources: [{secret: {name: start}}]}"),
                2048
            ),
            ("all keys as variables", variables("envFrom: [{secretRef: {name: start}}]"), nil),
            (
                "one key as a variable",
                variables(
                    "env: [{name: UWSGI_MAX_FD, valueFrom: {secretKeyRef: {name: start, key: UWSGI_MAX_FD}}}]"
                ), 2048
            ),
        ]
    }()

    private static var formats: [any ReportFormat] {
        [
            ScanReportJSON(), ScanReportYAML(), ScanReportSARIF(version: "1"), ScanReportJUnit(),
            ScanReportPatch(),
            ScanReportPage(
                origin: ReportOrigin(
                    version: "1", date: "today", sources: ["a"], command: "uwsgi-max-fd scan")),
            ScanReportPolicy(kind: .openReports), ScanReportPolicy(kind: .policyReport),
            ScanReportTable(style: TextStyle(isColoured: false, isUnicode: true), width: nil),
        ]
    }

    @Test(arguments: inputs.indices)
    func `Nothing of a Secret is in any report`(_ index: Int) throws {
        let (name, text, number) = Self.inputs[index]
        let report = Scanning.report(text)
        let finding = try #require(report.findings.first ?? report.others.first, "\(name)")
        if let number { #expect(finding.detection.maxFD.number == number, "\(name)") }
        // Those that have a max-fd are shown by no report, so all are taken for findings here.
        let all = ScanReport(
            findings: report.findings + report.others, others: report.others,
            contradictions: report.contradictions, nodes: report.nodes, problems: report.problems,
            notes: report.notes, objectCount: 1, nodeLimit: report.nodeLimit, policy: nil)
        for format in Self.formats {
            let output = String(decoding: format.render(all), as: UTF8.self).lowercased()
            #expect(!output.contains(Self.canary), "\(name), \(format): \(output)")
        }
        #expect(!"\(finding)".lowercased().contains(Self.canary), "\(name): \(finding)")
        let explained = try Explanation.all(in: Array(text.utf8), settings: AdmissionSettings()).explanations
        for preview in explained.map(\.preview) {
            var explanation = ExplanationText(preview, style: TextStyle(isColoured: false, isUnicode: true))
            let output =
                explanation.rendered() + String(decoding: ExplanationJSON.rendered(preview), as: UTF8.self)
            #expect(!output.lowercased().contains(Self.canary), "\(name): \(output)")
            #expect(!"\(preview)".lowercased().contains(Self.canary), "\(name)")
        }
    }

    @Test func `A file that only a Secret names is not named`() throws {
        let text =
            MountedFilesTests.input(volume: "secret: {secretName: start}")
            + MountedFilesTests.object(
                ["run.sh": ". /start/\(Self.canary); exec uwsgi --http :80"], kind: "Secret",
                member: "stringData")
        let finding = try #require(Scanning.report(text).findings.first)
        #expect(finding.detection.evidence == ["Secret/start:run.sh"])
        #expect(finding.unreadFiles.isEmpty && finding.detection.unreadPaths.isEmpty)
        #expect(finding.detection.details.routers == ["--http"])
    }

    @Test(arguments: [
        ("Zm9v", "foo"), ("Zm8=", "fo"), ("Zg==", "f"), ("", ""), ("Zm\n9v\r\n", "foo"), ("Zg", nil),
        ("Zg=", nil),
        ("Z", nil), ("Zm9v=", nil), ("Zm 9v", nil), ("Zg==Zg==", nil),
    ])
    func `Base 64 is read as Go reads it`(_ text: String, _ expected: String?) {
        #expect(Base64.decode(text.utf8) == expected.map { Array($0.utf8) })
    }
}
