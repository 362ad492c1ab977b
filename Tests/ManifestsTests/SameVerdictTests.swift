import Admission
import JSON
import TestSupport
import Testing
import UWSGI

@testable import Manifests

/// What scan, explain and the webhook make of one and the same Pod.
@Suite
struct SameVerdictTests {
    /// Every object that the API server sent, and every container of the corpus made into a Pod.
    static func pods() throws -> [(name: String, pod: JSONTree)] {
        var result: [(name: String, pod: JSONTree)] = []
        for name in Fixtures.reviewNames {
            let request = try JSONTree(Fixtures.review(name))["request"]
            let objects = [request?["object"], request?["oldObject"]].compactMap(\.self)
            result += objects.filter { $0.object != nil }.map { (name, $0) }
        }
        for entry in try Fixtures.corpus() {
            let name = try #require(entry["id"]?.string)
            result.append((name, try pod(of: entry)))
        }
        return result
    }

    private static func pod(of entry: JSONTree) throws -> JSONTree {
        var container: [String: JSONTree] = ["name": .string("c")]
        for member in ["image", "command", "args", "env", "envFrom", "volumeMounts"] {
            if let value = entry[member], value != .null { container[member] = value }
        }
        var list = "containers"
        switch entry["containerKind"]?.string {
        case "initContainer", "init": list = "initContainers"
        case "ephemeralContainer", "ephemeral": list = "ephemeralContainers"
        case "sidecar":
            list = "initContainers"
            container["restartPolicy"] = .string("Always")
        default: break
        }
        return .object([
            "apiVersion": .string("v1"), "kind": .string("Pod"),
            "metadata": .object(["name": .string("p"), "namespace": .string("n")]),
            "spec": .object([list: .array([.object(container)])]),
        ])
    }

    /// What there is to agree on about a container: its detection, and what each policy does.
    private struct Opinion: Hashable, CustomStringConvertible {
        var container: String
        var role: String
        var certainty: String
        var evidence: [String]
        var state: String
        var value: String?
        var source: String?
        var actions: [String: String]

        var description: String { "\(container) \(role) \(certainty) \(evidence) \(state) \(actions)" }

        /// From a record of the audit log, or what explain writes in its form.
        init(record: JSONTree, actions: [String: String]) {
            container = record["name"]?.string ?? ""
            role = record["type"]?.string ?? ""
            certainty = record["certainty"]?.string ?? ""
            evidence = record["evidence"]?.array?.compactMap(\.string) ?? []
            state = record["maxFd"]?["state"]?.string ?? ""
            value = record["maxFd"]?["value"]?.string
            source = record["maxFd"]?["source"]?.string
            self.actions = actions
        }
    }

    private func webhook(_ pod: JSONTree) throws -> Set<Opinion> {
        let review = JSONTree.object([
            "apiVersion": .string("admission.k8s.io/v1"), "kind": .string("AdmissionReview"),
            "request": .object([
                "uid": .string("u"), "operation": .string("CREATE"), "namespace": .string("n"),
                "kind": .object(["group": .string(""), "version": .string("v1"), "kind": .string("Pod")]),
                "object": pod,
            ]),
        ])
        var records: [String: JSONTree] = [:]
        var actions: [String: [String: String]] = [:]
        for policy in Policy.allCases {
            let reviewer = AdmissionReviewer(settings: AdmissionSettings())
            let outcome = try review.encoded.withUnsafeBytes { try reviewer.review($0, policy: policy) }
            var line: [UInt8] = []
            outcome.record.write(time: "", durationMicros: 0, to: &line)
            for container in try JSONTree(line)["containers"]?.array ?? [] {
                let name = (container["name"]?.string ?? "") + (container["type"]?.string ?? "")
                records[name] = container
                actions[name, default: [:]][policy.rawValue] = container["action"]?.string
            }
        }
        return Set(records.map { Opinion(record: $0.value, actions: actions[$0.key] ?? [:]) })
    }

    private func policies(_ container: JSONTree) -> [String: String] {
        (container["policies"]?.object ?? [:]).compactMapValues(\.string)
    }

    private func explain(_ pod: JSONTree) throws -> Set<Opinion> {
        let document = try #require(ManifestReader.documents(in: pod.encoded).first)
        let inspection = try PolicyPreview(of: document.value, settings: AdmissionSettings())
        let containers = try JSONTree(ExplanationJSON.rendered(inspection))["containers"]?.array ?? []
        return Set(containers.map { Opinion(record: $0, actions: policies($0)) })
    }

    private func scan(_ bytes: [UInt8]) throws -> (findings: Set<Opinion>, all: Set<Opinion>) {
        var scan = Scan(settings: ScanSettings())
        scan.read(ByteArraySource(bytes, chunkSize: 1000), file: "-")
        let report = scan.report()
        #expect(report.problems.isEmpty)
        func opinions(_ findings: [ScanFinding]) throws -> Set<Opinion> {
            var json = JSONWriter()
            ReportValue.array(findings.map { ScanReportData.value($0) }).write(to: &json)
            let values = try JSONTree(json.bytes).array ?? []
            return Set(
                values.map { Opinion(record: $0["container"] ?? .null, actions: policies($0)) })
        }
        return (try opinions(report.findings), try opinions(report.findings + report.others))
    }

    @Test
    func `On every recorded Pod and every container of the corpus, as JSON and as YAML`() throws {
        let pods = try Self.pods()
        var uwsgi = 0
        var refused = 0
        for (name, pod) in pods {
            // A Pod that has an owner, or is a mirror, is reported under another name; its containers are the same.
            let isMirror = pod["metadata"]?["annotations"]?["kubernetes.io/config.mirror"] != nil
            let scanned = try scan(pod.encoded)
            #expect(try explain(pod) == scanned.all, "\(name)")
            #expect(try scan(Array("# YAML\n".utf8) + pod.encoded).all == scanned.all, "\(name)")
            #expect(scanned.findings == scanned.all.filter { $0.actions["strict"] == "deny" }, "\(name)")
            // Of a workload the webhook only warns, where the others say what will become of its Pods.
            let isPod = pod["kind"]?.string == "Pod"
            if !isMirror, isPod { #expect(try webhook(pod) == scanned.all, "\(name)") }
            uwsgi += scanned.all.count
            refused += scanned.findings.count
        }
        #expect(pods.count > 330)
        #expect(uwsgi > 150 && refused > 100 && refused < uwsgi, "\(uwsgi) with uWSGI, \(refused) refused")
    }
}
