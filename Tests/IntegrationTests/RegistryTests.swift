import Foundation
import TestSupport
import Testing

/// `images` and a real registry.
@Suite(.enabled(if: RunningRegistry.isInstalled, "docker-registry, skopeo or umoci is not installed"))
struct RegistryTests {
    /// An image that starts uWSGI by two scripts, in the layout `image`.
    private func makeImage(in folder: TemporaryFolder) throws {
        let script = """
            umoci init --layout image
            umoci new --image image:1
            umoci unpack --rootless --image image:1 bundle
            mkdir -p bundle/rootfs/app
            printf '#!/bin/sh\\n. /app/settings.sh\\nexec "$@"\\n' > bundle/rootfs/app/start.sh
            printf 'export UWSGI_MAX_FD=2048\\n' > bundle/rootfs/app/settings.sh
            umoci repack --image image:1 bundle
            umoci config --image image:1 --config.entrypoint /app/start.sh --config.cmd uwsgi \\
                --config.cmd --http --config.cmd :80
            """
        let made = try Program.run(named: "sh", ["-ec", script], directory: folder.path)
        try #require(made.status == 0, "\(made.error)")
    }

    private func pod(_ image: String, running: String? = nil) -> String {
        let status = running.map {
            #", "status": {"containerStatuses": [{"name": "app", "imageID": "\#($0)"}]}"#
        }
        return #"{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "app"}, "spec": {"containers": "#
            + #"[{"name": "app", "image": "\#(image)"}]}\#(status ?? "")}"#
    }

    @Test func `What runs is read over TLS with a password, into a catalogue that scan goes by`() throws {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let registry = try RunningRegistry()
        let name = "localhost:\(registry.port)/team/app:1.0"
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        try folder.write(pod(name), to: "pod.json")
        func run(_ arguments: [String], login: Bool = true, trust: Bool = true) throws -> Completed {
            let config = try folder.write("{}", to: "none.json")
            return try BuiltExecutable.run(
                arguments + ["--registry-config", login ? registry.folder.path("auth.json") : config]
                    + (trust ? ["--registry-ca", registry.folder.path("ca.crt")] : []),
                directory: folder.path)
        }
        let untrusted = try run(["images", name], trust: false)
        #expect(untrusted.status == 2 && untrusted.error.contains("certificate"), "\(untrusted.error)")
        let refused = try run(["images", name], login: false)
        #expect(
            refused.status == 2 && refused.error.contains("the registry asks for credentials"),
            "\(refused.error)")
        let made = try run(["images", "pod.json", "--catalogue", "c.jsonl"])
        #expect(made.status == 0 && made.error.contains("1 read, 0 known already, 0 failed"), "\(made.error)")
        let explained = try BuiltExecutable.run(
            ["explain", "--image-catalogue", "c.jsonl", "pod.json"], directory: folder.path)
        #expect(
            explained.text.contains("image CMD[0] uwsgi") && explained.text.contains("2048"),
            "\(explained.text)")
        // What is known costs nothing, and to look whether a tag has moved one HEAD and no GET.
        let count = registry.requests.count
        #expect(try run(["images", "pod.json", "--catalogue", "c.jsonl"]).error.contains("0 failed; 1 in"))
        #expect(registry.requests.count == count)
        let refreshed = try run(["images", "pod.json", "--catalogue", "c.jsonl", "--refresh"])
        #expect(refreshed.error.contains("0 read, 1 known already"), "\(refreshed.error)")
        #expect(registry.requests.dropFirst(count).allSatisfy { $0.hasPrefix("HEAD") })
    }

    @Test(arguments: ["scan", "explain"])
    func `Manifests are looked at with what registries say, from files and from a pipe`(command: String)
        throws
    {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let registry = try RunningRegistry(isOpen: true)
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        let pod = pod("localhost:\(registry.port)/team/app:1.0")
        let file = try folder.write(pod, to: "pod.json")
        for input in [[file], ["-"]] {
            let ended = try BuiltExecutable.run(
                [command, "--read-images", "--output", "json"] + input, input: Array(pod.utf8))
            let found = command == "scan" ? #""containers":1"# : "image CMD[0] uwsgi"
            #expect(ended.text.contains(found), "\(ended.error)")
        }
        // What cannot be read is named, and keeps nobody from an answer.
        let missing = pod.replacing("app:1.0", with: "other:1.0")
        let ended = try BuiltExecutable.run([command, "--read-images"], input: Array(missing.utf8))
        #expect(ended.status == 0 && ended.error.contains("note: localhost:\(registry.port)/team/other:1.0"))
    }

    @Test func `What really runs is read, wherever its tag has moved`() throws {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let registry = try RunningRegistry(isOpen: true)
        let name = "localhost:\(registry.port)/team/app:1.0"
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        let first = try JSONTree(try BuiltExecutable.run(["images", name]).output)["digest"]?.string ?? ""
        let changed = try Program.run(
            named: "umoci", ["config", "--image", "image:1", "--config.cmd", "sleep"], directory: folder.path)
        #expect(changed.status == 0)
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        let running = "localhost:\(registry.port)/team/app@\(first)"
        let read = try BuiltExecutable.run(
            ["images", "-"], input: Array(pod(name, running: running).utf8))
        #expect(try JSONTree(read.output)["digest"]?.string == first, "\(read.error)")
    }

    @Test func `A mirror gives what its registry has`() throws {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let registry = try RunningRegistry(isOpen: true)
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        let mirror = try RunningRegistry(
            isOpen: true, settings: "proxy: {remoteurl: \"http://localhost:\(registry.port)\"}")
        let read = try BuiltExecutable.run([
            "images", "registry.test/team/app:1.0", "--registry-mirror",
            "registry.test=http://localhost:\(mirror.port)",
        ])
        let entry = try JSONTree(read.output)
        #expect(entry["references"]?.array?.first?.string == "registry.test/team/app:1.0", "\(read.error)")
        #expect(entry["files"]?.array?.count == 2)
        #expect(mirror.requests.contains("HEAD /v2/team/app/manifests/1.0"))
    }
}
