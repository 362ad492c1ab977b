import Foundation
import TestSupport
import Testing

/// Work grows as the input does, and not as its square: what one part refers to is looked up, and not searched for
/// among all.
@Suite struct WorkTests {
    private static func joined(_ count: Int, by separator: String = ",", _ part: (Int) -> String) -> String {
        (0..<count).map(part).joined(separator: separator)
    }

    private static func configMap(_ name: String, _ data: String) -> String {
        #"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "\#(name)"}, "data": {\#(data)}}"#
    }

    private static let ini = #""a.ini": "[uwsgi]\nhttp = :80\n""#

    /// Everything that a Pod may have many of, many times, and a ConfigMap for each container.
    private static func broad(_ count: Int) -> String {
        let containers = joined(count) {
            #"{"name": "c\#($0)", "image": "x", "command": ["uwsgi", "--ini", "/e/a.ini"], "#
                + #""envFrom": [{"configMapRef": {"name": "m\#($0)"}}], "#
                + #""env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "m\#($0)", "key": "b"}}}], "#
                + #""volumeMounts": [{"name": "v\#($0)", "mountPath": "/e"}]}"#
        }
        let volumes = joined(count) { #"{"name": "v\#($0)", "configMap": {"name": "m\#($0)"}}"# }
        let annotations = joined(count) { #""example.com/\#($0)": "x""# }
        let owners = joined(count) { #"{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "o\#($0)"}"# }
        let named = joined(count / 4) { "c\($0)" }
        let pod =
            #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "ownerReferences": [\#(owners)], "#
            + #""annotations": {"uwsgi-max-fd/containers": "\#(named)", \#(annotations)}}, "#
            + #""spec": {"volumes": [\#(volumes)], "containers": [\#(containers)]}}"#
        return pod + "\n---\n" + joined(count, by: "\n---\n") { configMap("m\($0)", ini) }
    }

    /// Containers of which each has its own key of one ConfigMap.
    private static func shared(_ count: Int) -> String {
        let containers = joined(count) {
            #"{"name": "c\#($0)", "image": "x", "command": ["uwsgi", "--ini", "/e/\#($0).ini"], "#
                + #""volumeMounts": [{"name": "v", "mountPath": "/e"}]}"#
        }
        return #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": "#
            + #"{"volumes": [{"name": "v", "configMap": {"name": "m"}}], "containers": [\#(containers)]}}"#
            + "\n---\n" + configMap("m", joined(count) { #""\#($0).ini": "[uwsgi]\nhttp = :80\n""# })
    }

    /// Containers of which each has its own ConfigMap, and the ConfigMaps a second time.
    private static func copies(_ count: Int) -> String {
        let maps = "\n---\n" + joined(count, by: "\n---\n") { configMap("m\($0)", ini) }
        return broad(count) + maps
    }

    /// Containers that each read a whole ConfigMap: as a folder of configurations, or as variables.
    private static func whole(_ count: Int, _ member: String) -> String {
        let containers = joined(count) {
            #"{"name": "c\#($0)", "image": "x", "command": ["uwsgi", "--emperor", "/e"], \#(member)}"#
        }
        return #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": "#
            + #"{"volumes": [{"name": "v", "configMap": {"name": "m"}}], "containers": [\#(containers)]}}"#
            + "\n---\n" + configMap("m", joined(count) { #""A\#($0).ini": "[uwsgi]\nhttp = :80\n""# })
    }

    private static let mount = #""volumeMounts": [{"name": "v", "mountPath": "/e"}]"#
    private static let source = #""envFrom": [{"configMapRef": {"name": "m"}}]"#

    /// Items of a List with an anchor each, which those behind them might refer to.
    private static func anchors(_ count: Int) -> String {
        "kind: List\nitems:\n" + joined(count, by: "") { "- &a\($0) x\n" }
    }

    /// Different ConfigMaps of one name.
    private static func namesakes(_ count: Int) -> String {
        joined(count, by: "\n---\n") { configMap("m", #""a": "\#($0)""#) }
    }

    private static func plain(_ count: Int) -> String {
        let containers = joined(count) { #"{"name": "c\#($0)", "image": "x", "command": ["uwsgi"]}"# }
        return #"{"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [\#(containers)]}}"#
    }

    /// The same as YAML in block style, which `--fix` changes.
    private static func block(_ count: Int) -> String {
        let containers = joined(count, by: "") {
            "  - name: c\($0)\n    image: x\n    command: [uwsgi]\n    env:\n    - name: A\n      value: b\n"
        }
        let annotations = joined(count, by: "") { "    example.com/\($0): x\n" }
        return
            "kind: Pod\nmetadata:\n  name: a\n  annotations:\n\(annotations)spec:\n  containers:\n\(containers)"
    }

    private static let inputs: [(name: String, text: @Sendable () -> String, command: String)] = [
        ("containers", { plain(16_000) }, "explain"),
        ("containers", { plain(16_000) }, "explain --output json"),
        ("containers", { plain(16_000) }, "scan --fail-on never"),
        ("everything", { broad(4_000) }, "explain"),
        ("everything", { broad(4_000) }, "scan --fail-on never"),
        ("keys of a ConfigMap", { shared(8_000) }, "scan --fail-on never"),
        ("ConfigMaps of one name", { namesakes(40_000) }, "scan --allow-empty"),
        ("containers that read a whole ConfigMap", { whole(1_500, mount) }, "scan --fail-on never"),
        ("containers with a whole ConfigMap's variables", { whole(5_000, source) }, "scan --fail-on never"),
        ("anchors of a List", { anchors(80_000) }, "scan --allow-empty"),
        ("changes", { block(8_000) }, "scan --fail-on never --fix"),
        ("changes of a ConfigMap in JSON", { shared(8_000) }, "scan --fail-on never --fix --fix-in config"),
        ("changes of copies", { copies(2_000) }, "scan --fail-on never --fix --fix-in config"),
    ]

    /// A few seconds of processor time are enough, and minutes where each part is searched for among all (RLIMIT_CPU,
    /// setrlimit(2)).
    @Test(arguments: inputs.indices)
    func `Work grows as the input does`(_ index: Int) throws {
        let (name, text, command) = Self.inputs[index]
        let folder = try ScanCommandTests.Folder(["many.yaml": text()])
        let result = try ShellScript("ulimit -t 40; \"$0\" \(command) many.yaml >/dev/null", in: folder.url)
        #expect(result.status == 0, "\(name), \(command): \(result.errors)")
    }

    /// An image has a line for each tag, as where a build has read the same image once more.
    @Test func `A catalogue is read line by line, however many are of one image`() throws {
        let digest = String(repeating: "a", count: 64)
        let catalogue = Self.joined(3_000, by: "\n") {
            #"{"digest": "sha256:\#(digest)", "references": ["example.org/app:\#($0)"], "entrypoint": ["uwsgi"]}"#
        }
        let pod =
            #"{"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": "#
            + #"[{"name": "c", "image": "example.org/app:7"}]}}"#
        let folder = try ScanCommandTests.Folder(["catalogue.jsonl": catalogue, "pod.json": pod])
        let result = try ShellScript(
            "ulimit -t 40; \"$0\" scan --image-catalogue catalogue.jsonl pod.json", in: folder.url)
        #expect(result.status == 1 && result.output.contains("1 of 1 uWSGI container"), "\(result.errors)")
    }
}
