import Admission
import TestSupport
import Testing
import UWSGI

@testable import Manifests

/// Containers whose uWSGI reads its configuration from a ConfigMap or a Secret.
@Suite struct ConfigurationJoinTests {
    /// As Tutor renders it: the image's own command reads the file. Source: overhangio/tutor,
    /// `tutor/templates/k8s/deployments.yml`, `tutor/templates/apps/openedx/uwsgi.ini`.
    private static func tutor(_ options: String) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: lms, namespace: openedx}
        spec:
          replicas: 1
          template:
            spec:
              containers:
                - name: lms
                  image: docker.io/overhangio/openedx:21.0.0
                  env:
                    - {name: SERVICE_VARIANT, value: lms}
                    - {name: UWSGI_WORKERS, value: "2"}
                  volumeMounts:
                    - mountPath: /openedx/uwsgi.ini
                      name: uwsgi-config
                      subPath: uwsgi.ini
              volumes:
                - name: uwsgi-config
                  configMap:
                    name: openedx-uwsgi-config
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: openedx-uwsgi-config, namespace: openedx}
        data:
          uwsgi.ini: |
            [uwsgi]
            static-map = /static=/openedx/staticfiles/
            http = 0.0.0.0:8000
        \(options.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
            master = true

        """
    }

    /// What the policies do stays: the webhook sees no ConfigMap.
    @Test func `An AdmissionReview is explained with the ConfigMaps beside it`() throws {
        let documents = Self.tutor("max-fd = 10000").split(separator: "---\n", maxSplits: 1)
        let object = try #require(documents.first)
        let review = """
            apiVersion: admission.k8s.io/v1
            kind: AdmissionReview
            request:
              uid: "1"
              operation: CREATE
              namespace: openedx
              kind: {group: apps, version: v1, kind: Deployment}
              object:
            \(object.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))

            """
        for text in ["\(review)---\n\(documents[1])", "\(documents[1])---\n\(review)"] {
            let all = try Explanation.all(in: Array(text.utf8), settings: AdmissionSettings()).explanations
            let preview = try #require(all.first?.preview)
            let finding = try #require(preview.findings.first)
            #expect(all.count == 1 && all.first?.pod != nil && finding.unreadFiles.isEmpty)
            #expect(finding.detection.maxFD.state == .set && finding.detection.maxFD.number == 10000)
            #expect(preview.verdict(.strict, on: finding)?.action == .deny)
        }
    }

    @Test func `Tutor's lms is told by its ini, with file and line`() throws {
        let bare = try #require(Scanning.report(Self.tutor("")).findings.first)
        #expect(bare.detection.maxFD.state == .unset)
        #expect(bare.detection.details.routers == ["--http"] && bare.memory.bytes > 0)
        #expect(bare.detection.evidence.contains("ConfigMap/openedx-uwsgi-config:uwsgi.ini"))
        let limited = Scanning.report(Self.tutor("max-fd = 10000"))
        #expect(limited.findings.isEmpty)
        let other = try #require(limited.others.first)
        #expect(other.detection.maxFD.number == 10000)
        #expect(other.detection.maxFD.source == "ConfigMap/openedx-uwsgi-config:uwsgi.ini:4")
        let harmful = try #require(Scanning.report(Self.tutor("max-fd = 8")).findings.first)
        #expect(harmful.detection.maxFD.source == "ConfigMap/openedx-uwsgi-config:uwsgi.ini:4")
        #expect(harmful.explanation.contains("ConfigMap/openedx-uwsgi-config:uwsgi.ini:4"))
    }

    @Test func `A configuration that is not in the input is named`() throws {
        let text = Self.tutor("")
        let pod = String(text[..<(try #require(text.firstRange(of: "---"))).lowerBound])
        let finding = try #require(Scanning.report(pod).findings.first)
        #expect(finding.unreadFiles.map(\.path) == ["/openedx/uwsgi.ini"])
        #expect(finding.unreadFiles.map(\.reason) == ["ConfigMap/openedx-uwsgi-config is not in the input"])
    }

    @Test func `Of a Secret's ini only max-fd and the routers are told`() throws {
        let text = Self.tutor("max-fd = 32kanarienvogel\nasync = 4711\nset = a=kanarienvogel")
            .replacing("configMap:\n            name:", with: "secret:\n            secretName:")
            .replacing("kind: ConfigMap", with: "kind: Secret").replacing("\ndata:", with: "\nstringData:")
        let finding = try #require(Scanning.report(text).findings.first)
        #expect(finding.detection.maxFD.value == "32" && finding.detection.maxFD.number == 32)
        #expect(finding.detection.maxFD.source == "Secret/openedx-uwsgi-config:uwsgi.ini:4")
        #expect(!"\(finding)".contains("kanarienvogel") && !"\(finding)".contains("4711"))
    }

    // MARK: - The corpus

    /// A Pod with the case's container, and its files as a ConfigMap: a key for each, at its place.
    private static func manifest(_ one: JSONTree) -> [UInt8] {
        let files = (one["files"]?.object ?? [:]).sorted { $0.key < $1.key }
        var container: [String: JSONTree] = ["name": .string("web")]
        for name in ["image", "command", "args", "env", "envFrom"] where one[name] != .null {
            container[name] = one[name]
        }
        container["volumeMounts"] = .array(
            files.enumerated().map { index, file in
                .object([
                    "name": .string("v"), "mountPath": .string(file.key), "subPath": .string("k\(index)"),
                ])
            })
        let data = files.enumerated().map { ("k\($0)", $1.value) }
        let metadata: (String) -> JSONTree = { .object(["name": .string($0), "namespace": .string("n")]) }
        let volume: JSONTree = .object([
            "name": .string("v"), "configMap": .object(["name": .string("files")]),
        ])
        let pod: JSONTree = .object([
            "kind": .string("Pod"), "apiVersion": .string("v1"), "metadata": metadata("p"),
            "spec": .object(["containers": .array([.object(container)]), "volumes": .array([volume])]),
        ])
        let map: JSONTree = .object([
            "kind": .string("ConfigMap"), "apiVersion": .string("v1"), "metadata": metadata("files"),
            "data": .object(Dictionary(data) { first, _ in first }),
        ])
        return JSONTree.object(["kind": .string("List"), "items": .array([pod, map])]).encoded
    }

    private static let cases: [JSONTree] = ((try? Fixtures.corpus()) ?? []).filter {
        $0["evidence"]?.string == "configmap" && $0["files"]?.object != nil
    }

    @Test(arguments: cases)
    func `Every case of the corpus that ConfigMaps settle is right`(_ one: JSONTree) {
        var scan = Scan(settings: ScanSettings())
        scan.read(ByteArraySource(Self.manifest(one)), file: "a")
        let report = scan.report()
        let found = report.findings.first ?? report.others.first
        let name = one["id"]?.string ?? ""
        #expect((found != nil) == one["runsUwsgi"]?.bool, "\(name)")
        guard let found else { return }
        #expect((found.detection.maxFD.state == .set) == one["maxFdSet"]?.bool, "\(name): \(found.detection)")
        #expect(found.detection.maxFD.number.map(Double.init) == one["effectiveMaxFd"]?.number, "\(name)")
    }

    // MARK: - Mending

    private func fixed(_ text: String) -> ManifestFix {
        var scan = Scan(settings: ScanSettings())
        scan.read(ByteArraySource(Array(text.utf8)), file: "a")
        var configuration = ConfigurationFix(scan)
        configuration.read(Array(text.utf8), file: "a")
        return ManifestFix(Array(text.utf8), file: "a", in: .config, configuration)
    }

    @Test func `A max-fd is put into the ConfigMap's ini`() {
        let text = Self.tutor("")
        let fix = fixed(text)
        let section = "    [uwsgi]\n"
        #expect(fix.changeCount == 1 && fix.refusals.isEmpty, "\(fix.refusals)")
        #expect(
            String(decoding: fix.fixed, as: UTF8.self)
                == text.replacing(section, with: section + "    max-fd = 1048576\n"))
        let after = Scanning.report(String(decoding: fix.fixed, as: UTF8.self))
        #expect(after.findings.isEmpty && after.others.count == 1)
    }

    @Test func `A max-fd without effect is replaced where it stands`() {
        let text = Self.tutor("max-fd = 0")
        let fix = fixed(text)
        #expect(fix.changeCount == 1, "\(fix.refusals)")
        #expect(
            String(decoding: fix.fixed, as: UTF8.self)
                == text.replacing("max-fd = 0", with: "max-fd = 1048576"))
    }

    @Test(arguments: [
        (
            Self.tutor("").replacing("UWSGI_WORKERS, value: \"2\"", with: "UWSGI_MAX_FD, value: \"-5\""),
            "would not be the one in force"
        ),
        (Self.tutor("").replacing("[uwsgi]", with: "[other]"), "no ConfigMap of the input"),
        (Self.tutor("").replacing("uwsgi.ini: |", with: "uwsgi.ini: >"), "left as it is"),
    ])
    func `What cannot be mended safely is left alone and named`(_ text: String, _ reason: String) {
        let fix = fixed(text)
        #expect(fix.fixed == fix.original)
        #expect(fix.refusals.contains { $0.reason.contains(reason) }, "\(fix.refusals)")
    }
}
