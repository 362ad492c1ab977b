import Admission
import Testing
import UWSGI

@testable import Manifests

/// Containers whose start stands in files that ConfigMaps mount.
@Suite struct MountedFilesTests {
    static let script = "#!/bin/sh\nexec uwsgi --http :80 --max-fd 2048\n"

    /// A Deployment with one container that runs a script, and what else is in the input.
    static func input(
        command: String = "[/start/run.sh]", mount: String = "{name: start, mountPath: /start}",
        volume: String = "configMap: {name: start}", more: String = ""
    ) -> String {
        """
        kind: Deployment
        apiVersion: apps/v1
        metadata: {name: web, namespace: shop}
        spec:
          replicas: 1
          template:
            spec:
              containers:
              - name: web
                image: site:1
                command: \(command)
                volumeMounts: [\(mount)]
                \(more)
              volumes:
              - name: other
                emptyDir: {}
              - name: start
                \(volume)

        """
    }

    static func object(
        _ keys: [String: String], kind: String = "ConfigMap", name: String = "start",
        namespace: String = "shop",
        member: String = "data"
    ) -> String {
        let data = keys.sorted { $0.key < $1.key }.map { "  \($0.key): \"\(escaped($0.value))\"\n" }
        return """
            ---
            kind: \(kind)
            apiVersion: v1
            metadata: {name: \(name), namespace: \(namespace)}
            \(member):
            \(data.joined())
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// What was found in the one container, in a few words: `set 2048`, `none`.
    static func outcome(_ text: String) -> String {
        let report = Scanning.report(text)
        guard let one = report.findings.first ?? report.others.first else { return "none" }
        let number = one.detection.maxFD.number.map { " \($0)" } ?? ""
        return one.detection.maxFD.state.rawValue + number
    }

    static let mounts: [(name: String, text: String, outcome: String)] = [
        ("a whole ConfigMap", input() + object(["run.sh": script]), "set 2048"),
        ("before the Pod", object(["run.sh": script]) + "---\n" + input(), "set 2048"),
        ("another key", input() + object(["other.sh": script]), "none"),
        ("another namespace", input() + object(["run.sh": script], namespace: "other"), "none"),
        (
            "an object without a namespace",
            input() + object(["run.sh": script]).replacing(", namespace: shop", with: ""), "set 2048"
        ),
        ("not in the input", input(), "none"),
        (
            "a file",
            input(mount: "{name: start, mountPath: /start/run.sh, subPath: boot}") + object(["boot": script]),
            "set 2048"
        ),
        (
            "a file of another name",
            input(mount: "{name: start, mountPath: /start/run.sh, subPath: boot}")
                + object(["run.sh": script]),
            "none"
        ),
        (
            "a place that depends on variables",
            input(mount: "{name: start, mountPath: /start/run.sh, subPathExpr: $(A)}")
                + object(["run.sh": script]), "none"
        ),
        (
            "items",
            input(volume: "configMap: {name: start, items: [{key: a, path: run.sh}]}")
                + object(["a": script]),
            "set 2048"
        ),
        (
            "items below a folder",
            input(
                mount: "{name: start, mountPath: /start, subPath: bin}",
                volume: "configMap: {name: start, items: [{key: a, path: bin/run.sh}]}")
                + object(["a": script]),
            "set 2048"
        ),
        (
            "a key that is not among the items",
            input(volume: "configMap: {name: start, items: [{key: a, path: b}]}")
                + object(["run.sh": script]), "none"
        ),
        (
            "a volume inside another",
            input(mount: "{name: other, mountPath: /}, {name: start, mountPath: /start/}")
                + object(["run.sh": script]),
            "set 2048"
        ),
        (
            "behind another volume",
            input(mount: "{name: start, mountPath: /}, {name: other, mountPath: /start}")
                + object(["run.sh": script]), "none"
        ),
        (
            "binary data",
            input() + object(["run.sh": "ZXhlYyB1d3NnaSAtLW1heC1mZCA5OTk="], member: "binaryData"),
            "set 999"
        ),
        ("binary data that is not text", input() + object(["run.sh": "/w=="], member: "binaryData"), "none"),
        (
            "a projected volume",
            input(
                volume:
                    "projected: {sources: [{serviceAccountToken: {path: token}}, {configMap: {name: start}}]}"
            )
                + object(["run.sh": script]), "set 2048"
        ),
        (
            "a projected volume, of whose objects the later wins",
            input(volume: "projected: {sources: [{configMap: {name: start}}, {configMap: {name: late}}]}")
                + object(["run.sh": "exec uwsgi --max-fd 128"]) + object(["run.sh": script], name: "late"),
            "set 2048"
        ),
        (
            "a projected volume, of whose objects the later is not there",
            input(volume: "projected: {sources: [{configMap: {name: start}}, {configMap: {name: late}}]}")
                + object(["run.sh": script]), "none"
        ),
        (
            "a script that reads another", input() + object(["run.sh": ". /start/lib.sh", "lib.sh": script]),
            "set 2048"
        ),
        (
            "an optional ConfigMap",
            input(volume: "configMap: {name: start, optional: true, defaultMode: 0555}")
                + object(["run.sh": script]), "set 2048"
        ),
        (
            "a Secret",
            input(volume: "secret: {secretName: start}")
                + object(["run.sh": script], kind: "Secret", member: "stringData"), "set 2048"
        ),
        (
            "a Secret of a ConfigMap's name",
            input() + object(["run.sh": script], kind: "Secret", member: "stringData"), "none"
        ),
        ("the same twice", input() + object(["run.sh": script]) + object(["run.sh": script]), "set 2048"),
        (
            "two that differ", input() + object(["run.sh": script]) + object(["run.sh": script + "\n"]),
            "none"
        ),
    ]

    @Test(arguments: mounts.indices)
    func `A script is found where it is mounted`(_ index: Int) {
        let (name, text, outcome) = Self.mounts[index]
        #expect(Self.outcome(text) == outcome, "\(name)")
    }

    @Test func `A List and JSON are joined as well`() {
        let items = """
            {"kind": "List", "items": [
            {"kind": "Pod", "metadata": {"name": "a", "namespace": "n"}, "spec": {
            "containers": [{"name": "c", "image": "i", "command": ["/s/run"], "volumeMounts": [{"name": "v", "mountPath": "/s"}]}],
            "volumes": [{"name": "v", "configMap": {"name": "m"}}]}},
            {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m", "namespace": "n"},
             "data": {"run": "exec uwsgi --max-fd 4096"}}]}
            """
        #expect(Self.outcome(items) == "set 4096")
    }

    static let environments: [(name: String, text: String, outcome: String)] = [
        ("a ConfigMap's keys", "envFrom: [{configMapRef: {name: start}}]", "set 4096"),
        (
            "a ConfigMap's keys with a prefix", "envFrom: [{prefix: UWSGI_, configMapRef: {name: short}}]",
            "set 512"
        ),
        ("a prefix that leads elsewhere", "envFrom: [{prefix: A_, configMapRef: {name: start}}]", "unset"),
        ("none that can be seen", "envFrom: [{configMapRef: {name: missing}}]", "unset"),
        (
            "one that another may replace",
            "envFrom: [{configMapRef: {name: start}}, {secretRef: {name: missing}}]", "hidden"
        ),
        (
            "one that another with a prefix cannot replace",
            "envFrom: [{configMapRef: {name: start}}, {prefix: A_, secretRef: {name: missing}}]", "set 4096"
        ),
        (
            "one key",
            "env: [{name: UWSGI_MAX_FD, valueFrom: {configMapKeyRef: {name: short, key: MAX_FD}}}]", "set 512"
        ),
        (
            "a key that is not there",
            "env: [{name: UWSGI_MAX_FD, valueFrom: {configMapKeyRef: {name: short, key: X, optional: true}}}]",
            "hidden"
        ),
        (
            "a variable wins over a source",
            "envFrom: [{configMapRef: {name: start}}]\n        env: [{name: UWSGI_MAX_FD, value: \"0\"}]",
            "ineffective 0"
        ),
        ("a value that is taken as it stands", "envFrom: [{configMapRef: {name: dollar}}]", "ineffective 0"),
        ("a Secret's number", "envFrom: [{secretRef: {name: secret}}]", "set 256"),
        (
            "a Secret's key",
            "env: [{name: UWSGI_MAX_FD, valueFrom: {secretKeyRef: {name: secret, key: UWSGI_MAX_FD}}}]",
            "set 256"
        ),
    ]

    @Test(arguments: environments.indices)
    func `Variables come from ConfigMaps and Secrets`(_ index: Int) {
        let (name, more, outcome) = Self.environments[index]
        let text =
            Self.input(command: "[uwsgi, --http, \":80\"]", more: more)
            + Self.object(["UWSGI_MAX_FD": "4096"])
            + Self.object(["MAX_FD": "512"], name: "short")
            + Self.object(["UWSGI_MAX_FD": "$(N)9"], name: "dollar")
            + Self.object(["UWSGI_MAX_FD": "256"], kind: "Secret", name: "secret", member: "stringData")
        #expect(Self.outcome(text) == outcome, "\(name)")
    }

    @Test func `What is mounted and cannot be read is named, and why`() throws {
        let start = Self.input(command: "[sh, -c, \"/start/pre.sh; exec uwsgi\"]")
        let finding = try #require(Scanning.report(start).findings.first)
        #expect(finding.unreadFiles.map(\.path) == ["/start/pre.sh"])
        #expect(finding.unreadFiles.map(\.reason) == ["ConfigMap/start is not in the input"])
        #expect(
            finding.explanation.contains(
                "/start/pre.sh could not be read: ConfigMap/start is not in the input"))
        let other = start.replacing("{name: start, mountPath", with: "{name: other, mountPath")
        #expect(
            try #require(Scanning.report(other).findings.first).unreadFiles.map(\.reason) == [
                "it is in emptyDir"
            ])
        let complete = Scanning.report(start + Self.object(["pre.sh": "true"]))
        #expect(try #require(complete.findings.first).unreadFiles.isEmpty)
    }

    @Test func `A cure is one that the object takes`() throws {
        let reference = "env: [{name: UWSGI_MAX_FD, valueFrom: {configMapKeyRef: {name: start, key: count}}}]"
        let referred = Self.input(command: "[uwsgi]", more: reference) + Self.object(["count": "0"])
        // Beside valueFrom there can be no value.
        #expect(try #require(Scanning.report(referred).findings.first).change == nil)
        let source = Self.input(command: "[uwsgi]", more: "envFrom: [{configMapRef: {name: start}}]")
        let sourced = try #require(
            Scanning.report(source + Self.object(["UWSGI_MAX_FD": "0"])).findings.first)
        #expect(sourced.change?.index == nil && sourced.change?.name == "UWSGI_MAX_FD")
        #expect(sourced.detection.maxFD.source == "env UWSGI_MAX_FD of ConfigMap/start")
    }

    @Test func `What a policy would do does not depend on what the webhook cannot see`() {
        let text =
            Self.input(command: "[uwsgi]", more: "envFrom: [{configMapRef: {name: start}}]")
            + Self.object(["UWSGI_MAX_FD": "4096"])
        #expect(Scanning.report(text).findings.isEmpty)
        #expect(Scanning.report(text, policy: .strict).findings.count == 1)
    }
}
