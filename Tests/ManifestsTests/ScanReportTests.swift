import Basics
import Admission
import Foundation
import JSON
import TestSupport
import Testing
import UWSGI

@testable import Manifests

/// A report with every state, foreign characters everywhere, folded Pods, and something unreadable.
enum SampleReport {
    static let hostile = "<script>alert(1)</script>&\"'\u{1B}[31m\u{202E}\u{FFFF}"

    static let report = Scanning.report(
        [
            "deploy/ä b.yaml": Scanning.object("Deployment", "web", more: ", replicas: 2")
                + Scanning.object("Deployment", "fine", container: Scanning.cured)
                + container("ineffective", #"[uwsgi, --http, ":80"]"#, "UWSGI_MAX_FD", "0")
                + container("harmful", "[uwsgi]", "UWSGI_MAX_FD", "1.048576e+06")
                + container("incurable", #"[uwsgi, "--max-fd=0"]"#, "A", "b")
                + container("excessive", #"[uwsgi]"#, "UWSGI_MAX_FD", "2000000000")
                + Scanning.object("Rollout", "ro").replacing(
                    "kind:", with: "apiVersion: argoproj.io/v1alpha1\nkind:")
                + Scanning.object("Pod", "p", owner: "ReplicaSet/x-1", labels: "{pod-template-hash: \"1\"}"),
            "hostile.json": """
            {"kind":"Pod","metadata":{"name":\(quoted(hostile)),"namespace":\(quoted(hostile))},"spec":{"containers":[
            {"name":\(quoted(hostile)),"image":\(quoted(hostile)),"command":["uwsgi"]}]}}
            """,
            "broken.yaml": "a: [\n",
        ])

    private static func container(_ name: String, _ command: String, _ variable: String, _ value: String)
        -> String
    {
        Scanning.object(
            "StatefulSet", name,
            container: "{name: web, command: \(command), env: [{name: \(variable), value: \"\(value)\"}]}")
    }

    private static func quoted(_ text: String) -> String { JSONTree.string(text).text }
}

@Suite
struct ScanReportTests {
    private let report = SampleReport.report

    @Test
    func `The sample has what reports have to cope with`() {
        #expect(
            Set(report.findings.map(\.detection.maxFD.state)) == [
                .unset, .ineffective, .harmful, .incurable, .excessive,
            ])
        #expect(report.problems.count == 1 && report.others.count == 1)
    }

    @Test
    func `YAML says what JSON says of nodes and limits too`() throws {
        let report = try RecordedClusterTests.report(limits: "cadvisor.txt")
        let yaml = try #require(ManifestReader.documents(in: ScanReportYAML().render(report)).first)
        #expect(tree(yaml.value) == (try JSONTree(ScanReportJSON().render(report))))
    }

    @Test
    func `YAML says what JSON says`() throws {
        let json = try JSONTree(ScanReportJSON().render(report))
        let yaml = try #require(ManifestReader.documents(in: ScanReportYAML().render(report)).first)
        #expect(tree(yaml.value) == json)
        #expect(json["findings"]?.array?.count == report.findings.count)
        #expect(json["errors"]?[0]?["file"]?.string == "broken.yaml")
        #expect(json["summary"]?["memoryBytes"]?.number == Double(report.memory.bytes))
        let web = json["findings"]?.array?.first { $0["name"]?.string == "web" }
        #expect(web?["container"]?["maxFd"]?["state"]?.string == "unset")
        #expect(web?["pods"]?.number == 2 && web?["line"]?.number == 4)
        #expect(web?["memoryBytes"]?.number == 17_179_869_056)
    }

    private func tree(_ value: JSONValue) -> JSONTree {
        switch value.kind {
        case .null: .null
        case .bool: .bool(value.bool ?? false)
        case .number: .number(Double(value.integer ?? 0))
        case .string: .string(value.string ?? "")
        case .array: .array(value.elements.map { tree($0) })
        case .object: .object(Dictionary(value.members.map { ($0.name, tree($0.value)) }) { $1 })
        }
    }

    @Test
    func `A table fits its terminal, says what it leaves out, and shows nothing that steers it`() throws {
        for width in [60, 80, 100, 120, 200, nil] {
            let text = ScanReportTable(style: TextStyle(isColoured: false), width: width).text(of: report)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
            for title in ["NAMESPACE", "OBJECT", "MAX-FD", "WHERE"] { #expect(lines[0].contains(title)) }
            let table = lines.prefix { !$0.isEmpty && !$0.hasPrefix("(") }
            if let width, width >= 80 { #expect(table.allSatisfy { $0.count <= width }, "\(width)") }
            let named = lines.first { $0.hasPrefix("(") }
            for title in ["CONTAINER", "CERTAINTY", "PODS", "MEMORY", "EVIDENCE"] {
                #expect(
                    lines[0].contains(title) != (named?.contains(title) == true), "\(width ?? 0): \(title)")
            }
            #expect(!text.unicodeScalars.contains("\u{1B}") && !text.unicodeScalars.contains("\u{202E}"))
            #expect(text.contains("8 of 9 uWSGI containers without an effective max-fd"))
        }
        let coloured = ScanReportTable(style: TextStyle(isColoured: true), width: nil).text(of: report)
        #expect(coloured.contains("\u{1B}[31munset"))
    }

    @Test
    func `Names that are too long for the table are cut in the middle, where they differ least`() throws {
        let name = "openedx-production-europe-lms-worker-low-priority"
        let text = Scanning.object("Deployment", name)
        let report = Scanning.report(["deploy/clusters/production/europe-west/openedx/lms-worker.yaml": text])
        let table = ScanReportTable(style: TextStyle(isColoured: false), width: 80).text(of: report)
        let row = String(table.split(separator: "\n")[1])
        #expect(row.count <= 80)
        #expect(
            row.contains("Deploym") && row.contains("priority ") && row.contains(".yaml:4"), "\(row)")
        #expect(row.ranges(of: "…").count == 2)
        let ascii = ScanReportTable(style: TextStyle(isColoured: false, isUnicode: false), width: 80)
            .text(of: report)
        #expect(ascii.utf8.allSatisfy { $0 < 0x80 } && ascii.contains("~") && ascii.contains("at least"))
    }

    @Test
    func `The summary says what was asked, in the singular too`() {
        func summary(_ report: ScanReport) -> String {
            let text = ScanReportTable(style: TextStyle(isColoured: false), width: nil).text(of: report)
            return String(text.split(separator: "\n").last ?? "")
        }
        #expect(summary(Scanning.report("")) == "No uWSGI in 0 objects with Pods.")
        let fine = Scanning.object("Pod", "p", container: Scanning.cured)
        #expect(summary(Scanning.report(fine)) == "The one uWSGI container has a max-fd.")
        let bad = Scanning.object("Pod", "p")
        #expect(
            summary(Scanning.report(bad))
                == "1 of 1 uWSGI container without an effective max-fd: 8 GiB of memory at stake, "
                + "where the nodes' limit is 1073741816.")
        #expect(summary(Scanning.report(bad, policy: .strict)).contains("would be refused by policy strict"))
    }

    @Test
    func `Patches change what they say, and nothing foreign gets into the shell`() throws {
        let script = ScanReportPatch().text(of: report)
        let commands = script.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let web = try #require(commands.first { $0.contains("deployment web ") })
        #expect(
            web
                == "kubectl patch deployment web --namespace shop --type strategic --patch "
                + #"'{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"UWSGI_MAX_FD","value":"1048576"}]}]}}}}'"#
        )
        let rollout = try #require(commands.first { $0.contains("ro ") })
        #expect(
            rollout
                == "kubectl patch Rollout.v1alpha1.argoproj.io ro --namespace shop --type json --patch "
                + #"'[{"op":"add","path":"/spec/template/spec/containers/0/env","value":[{"name":"UWSGI_MAX_FD","value":"1048576"}]}]'"#
        )
        #expect(
            commands.contains { $0.hasPrefix("kubectl patch deployment x ") },
            "an owner that only its Pods name")
        #expect(commands.count == 5, "\(commands)")
        #expect(script.contains("incurable/web: max-fd incurable\n# no variable helps"))
        let hostile = Scanning.report(
            #"{"kind":"Deployment","metadata":{"name":"--kubeconfig=x"},"spec":{"template":{"spec":{"containers":[{"name":"a'b","command":["uwsgi"]}]}}}}"#
        )
        #expect(!ScanReportPatch().text(of: hostile).contains("\nkubectl"))
        #expect(ShellQuoting.shown("a'b c") == #"'a'\''b c'"#)
    }

    @Test
    func `SARIF has a rule and a place for every finding, and paths are URIs`() throws {
        let log = try JSONTree(ScanReportSARIF(version: "1.2.3").render(report))
        let run = try #require(log["runs"]?[0])
        let rules = run["tool"]?["driver"]?["rules"]?.array?.compactMap { $0["id"]?.string } ?? []
        let results = run["results"]?.array ?? []
        #expect(results.count == report.findings.count)
        for result in results {
            let index = try #require(result["ruleIndex"]?.number)
            #expect(rules[Int(index)] == result["ruleId"]?.string)
            let place = result["locations"]?[0]?["physicalLocation"]
            #expect((place?["region"]?["startLine"]?.number ?? 0) >= 1)
            let uri = try #require(place?["artifactLocation"]?["uri"]?.string)
            #expect(URL(string: uri) != nil && (uri == "hostile.json" || uri == "deploy/%C3%A4%20b.yaml"))
        }
        let invocation = run["invocations"]?[0]
        #expect(invocation?["executionSuccessful"]?.bool == false)
        #expect(invocation?["toolExecutionNotifications"]?.array?.count == 1)
        #expect(ScanReportSARIF.uri(of: "/a b") == "file:///a%20b")
    }

    @Test(.enabled(if: ExternalProgram.jsonschema != nil, "no Python with jsonschema"))
    func `SARIF is valid by its published schema`() throws {
        let folder = try TemporaryFolder()
        let schema = try folder.write(Fixtures.file("schemas/sarif-schema-2.1.0.json"), as: "schema.json")
        let judge = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft4Validator.check_schema(schema)
            validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
            errors = [str(error.message)[:300] for error in validator.iter_errors(json.load(open(sys.argv[2])))]
            print("\\n".join(errors)); sys.exit(bool(errors))
            """
        for (name, report) in [
            ("full", report), ("empty", Scanning.report("")), ("stdin", Scanning.report(["-": "a: ["])),
            ("cluster", try RecordedClusterTests.report(limits: "cadvisor.txt")),
        ] {
            let log = try folder.write(
                ScanReportSARIF(version: "1.2.3").render(report), as: "\(name).sarif")
            let result = try ExternalProgram.jsonschema?.run(["-c", judge, schema, log])
            #expect(result?.status == 0, "\(name): \(result?.output ?? "")")
        }
        let wrong = try folder.write(Array(#"{"version":"2.1.0"}"#.utf8), as: "wrong.sarif")
        #expect(
            try ExternalProgram.jsonschema?.run(["-c", judge, schema, wrong]).status == 1,
            "the judge can refuse")
    }

    @Test(.enabled(if: ExternalProgram.xmllint != nil, "no xmllint"))
    func `JUnit is valid by Jenkins' published schema`() throws {
        let folder = try TemporaryFolder()
        let schema = try folder.write(Fixtures.file("schemas/junit-10.xsd"), as: "junit-10.xsd")
        let cluster = try RecordedClusterTests.report(limits: "cadvisor.txt")
        for (name, report) in [("full", report), ("empty", Scanning.report("")), ("cluster", cluster)] {
            let text = try folder.write(ScanReportJUnit().render(report), as: "\(name).xml")
            let result = try ExternalProgram.xmllint?.run(["--noout", "--nonet", "--schema", schema, text])
            #expect(result?.status == 0, "\(name): \(result?.output ?? "")")
        }
        let wrong = try folder.write(Array("<testsuites><x/></testsuites>".utf8), as: "wrong.xml")
        #expect(try ExternalProgram.xmllint?.run(["--noout", "--schema", schema, wrong]).status != 0)
    }

    @Test
    func `JUnit counts what it holds`() {
        let text = ScanReportJUnit().text(of: report)
        func count(_ part: String) -> Int { text.ranges(of: part).count }
        #expect(text.contains("<testsuites name=\"uwsgi-max-fd\" tests=\"10\" failures=\"8\" errors=\"1\">"))
        #expect(count("<testcase ") == 10 && count("<failure ") == 8 && count("<error ") == 1)
        #expect(count("<testsuite ") == 3)
        #expect(!text.contains("<script") && !text.contains("\u{1B}"))
    }

    @Test
    func `Policy reports: one for each namespace, of a size that a cluster stores, always the same`() throws {
        for (kind, version, name) in [
            (ScanReportPolicy.Kind.openReports, "openreports.io/v1alpha1", "Report"),
            (.policyReport, "wgpolicyk8s.io/v1alpha2", "PolicyReport"),
        ] {
            let bytes = ScanReportPolicy(kind: kind).render(report)
            #expect(bytes == ScanReportPolicy(kind: kind).render(report))
            let documents = try ManifestReader.documents(in: bytes).map { tree($0.value) }
            #expect(
                documents.allSatisfy { $0["apiVersion"]?.string == version && $0["kind"]?.string == name })
            #expect(documents.map { $0["metadata"]?["namespace"]?.string } == [nil, "shop"])
            let results = documents.flatMap { $0["results"]?.array ?? [] }
            #expect(results.count == report.findings.count + report.others.count)
            for document in documents {
                for outcome in ["pass", "fail", "warn", "error", "skip"] {
                    let count = document["results"]?.array?.count { $0["result"]?.string == outcome }
                    #expect(document["summary"]?[outcome]?.number == count.map { Double($0) })
                }
            }
            for result in results {
                #expect(["pass", "fail", "warn"].contains(result["result"]?.string))
                #expect([nil, "high", "medium", "low"].contains(result["severity"]?.string))
                #expect(result["policy"]?.string == "uwsgi-max-fd" && result["resources"]?.array?.count == 1)
                #expect(result["properties"]?.object?.values.allSatisfy { $0.string != nil } == true)
            }
        }
    }

    @Test
    func `A namespace with very many findings has several reports`() throws {
        let text = (0..<1200).map { Scanning.object("Pod", "p\($0)") }.joined()
        let bytes = ScanReportPolicy(kind: .openReports).render(Scanning.report(text))
        let documents = try ManifestReader.documents(in: bytes)
        #expect(
            documents.map { $0.value["metadata"]?["name"]?.string }
                == ["uwsgi-max-fd", "uwsgi-max-fd-2", "uwsgi-max-fd-3"])
        #expect(bytes.count / documents.count < 1 << 20)
        let nothing = ScanReportPolicy(kind: .openReports).text(of: Scanning.report(""))
        #expect(nothing == "# No uWSGI in 0 objects with Pods.\n")
    }
}
