import JSON
import TestSupport
import Testing

@testable import Manifests

/// The part of OpenAPI that the schemas of the reports' custom resources are made of.
private indirect enum Schema: Sendable {
    case string
    case oneOf([String])
    case integer
    case boolean
    /// `additionalProperties: {type: string}`.
    case strings
    case list(Schema)
    case object([String: Schema], required: Set<String> = [])

    /// What a value has that the schema does not allow, as `path: what`. A field that the schema does not have is a
    /// fault too: the API server drops it in silence.
    func faults(_ value: JSONValue, at path: String = "") -> [String] {
        switch self {
        case .string: value.kind == .string ? [] : ["\(path): not a string"]
        case .oneOf(let texts):
            value.string.map { texts.contains($0) } == true ? [] : ["\(path): not one of \(texts)"]
        case .integer: value.integer != nil ? [] : ["\(path): not an integer"]
        case .boolean: value.kind == .bool ? [] : ["\(path): not true or false"]
        case .strings:
            value.kind == .object
                ? value.members.flatMap { Schema.string.faults($0.value, at: "\(path).\($0.name)") }
                : ["\(path): not an object"]
        case .list(let schema):
            value.kind == .array
                ? value.elements.enumerated().flatMap { schema.faults($1, at: "\(path)[\($0)]") }
                : ["\(path): not a list"]
        case .object(let fields, let required): faults(value, fields, required, at: path)
        }
    }

    private func faults(
        _ value: JSONValue, _ fields: [String: Schema], _ required: Set<String>, at path: String
    ) -> [String] {
        guard value.kind == .object else { return ["\(path): not an object"] }
        let names = value.members.map(\.name)
        return required.subtracting(names).map { "\(path).\($0): missing" }
            + value.members.flatMap { member in
                let place = "\(path).\(member.name)"
                return fields[member.name].map { $0.faults(member.value, at: place) } ?? ["\(place): unknown"]
            }
    }
}

/// The reports for policy engines, held against what the schemas of their custom resources say.
///
/// Both schemas, as of 2026-11-25: `config/crd/openreports.io_reports.yaml` of github.com/openreports/reports-api at
/// 769d978, and `policy-report/crd/v1alpha2/wgpolicyk8s.io_policyreports.yaml` of
/// github.com/kubernetes-sigs/wg-policy-prototypes at 25056e1, version v1alpha2. Those of the whole cluster's reports say
/// the same of these fields. `make test-cluster` has an API server judge them.
@Suite
struct PolicyReportSchemaTests {
    private static let reference = Schema.object([
        "apiVersion": .string, "fieldPath": .string, "kind": .string, "name": .string, "namespace": .string,
        "resourceVersion": .string, "uid": .string,
    ])

    private static let result = Schema.object(
        [
            "category": .string, "message": .string, "policy": .string, "properties": .strings,
            "resources": .list(reference), "result": .oneOf(["pass", "fail", "warn", "error", "skip"]),
            "rule": .string, "scored": .boolean,
            "severity": .oneOf(["critical", "high", "low", "medium", "info"]), "source": .string,
            "timestamp": .object(["nanos": .integer, "seconds": .integer], required: ["nanos", "seconds"]),
        ],
        required: ["policy"])

    /// What every object has; the schemas leave it to the API server.
    private static let metadata = Schema.object(
        ["name": .string, "namespace": .string, "labels": .strings], required: ["name"])

    private static func schema(_ kind: ScanReportPolicy.Kind, isOfCluster: Bool) -> Schema {
        let summary = ["error", "fail", "pass", "skip", "warn"].map { ($0, Schema.integer) }
        let name = kind == .openReports ? "Report" : "PolicyReport"
        var fields: [String: Schema] = [
            "apiVersion": .oneOf(
                [kind == .openReports ? "openreports.io/v1alpha1" : "wgpolicyk8s.io/v1alpha2"]),
            "kind": .oneOf([isOfCluster ? "Cluster\(name)" : name]),
            "metadata": metadata, "results": .list(result), "scope": reference,
            "summary": .object(Dictionary(uniqueKeysWithValues: summary)),
        ]
        if kind == .openReports { fields["source"] = .string }
        return .object(fields, required: ["apiVersion", "kind", "metadata"])
    }

    private static func faults(_ report: ScanReport, _ kind: ScanReportPolicy.Kind) throws -> [String] {
        let documents = try ManifestReader.documents(in: ScanReportPolicy(kind: kind).render(report))
        #expect(!documents.isEmpty)
        return documents.flatMap { document in
            let isOfCluster = document.value["kind"]?.string?.hasPrefix("Cluster") == true
            return schema(kind, isOfCluster: isOfCluster).faults(document.value)
        }
    }

    @Test(arguments: [ScanReportPolicy.Kind.openReports, .policyReport])
    func `Reports keep to the published schemas`(kind: ScanReportPolicy.Kind) throws {
        // Every state of max-fd, and names that are not names.
        #expect(try Self.faults(SampleReport.report, kind) == [])
        // Nodes of every kind, with and without limits in force.
        #expect(try Self.faults(RecordedClusterTests.report(), kind) == [])
        for limits in ["cadvisor.txt", "query.json"] {
            #expect(try Self.faults(RecordedClusterTests.report(limits: limits), kind) == [])
        }
    }

    @Test
    func `What keeps to no schema is found`() throws {
        let text = """
            {"apiVersion": "openreports.io/v1alpha1", "kind": "Report", "metadata": {"namespace": "shop"},
             "source": "a", "summary": {"pass": 1.5}, "scope": [],
             "results": [{"rule": 1, "scored": "true", "result": "passed", "properties": {"pods": 3},
                          "resources": {}, "host": "a"}]}
            """
        let value = try #require(ManifestReader.documents(in: Array(text.utf8)).first).value
        #expect(
            Set(Self.schema(.openReports, isOfCluster: false).faults(value)) == [
                ".metadata.name: missing", ".summary.pass: not an integer", ".scope: not an object",
                ".results[0].policy: missing", ".results[0].rule: not a string",
                ".results[0].scored: not true or false",
                #".results[0].result: not one of ["pass", "fail", "warn", "error", "skip"]"#,
                ".results[0].properties.pods: not a string", ".results[0].resources: not a list",
                ".results[0].host: unknown",
            ])
    }
}
