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
            printf '#!/bin/sh\\nexec uwsgi --http :80\\n' > bundle/rootfs/app/other.sh
            umoci repack --image image:1 bundle
            umoci config --image image:1 --config.entrypoint /app/start.sh --config.cmd uwsgi \\
                --config.cmd --http --config.cmd :80
            """
        let made = try Program.run(named: "sh", ["-ec", script], directory: folder.path)
        try #require(made.status == 0, "\(made.error)")
    }

    private func pod(_ image: String, command: String? = nil, running: String? = nil) -> String {
        let words = command.map { #", "command": ["\#($0)"]"# } ?? ""
        let status = running.map {
            #", "status": {"containerStatuses": [{"name": "app", "imageID": "\#($0)"}]}"#
        }
        return #"{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "app"}, "spec": {"containers": "#
            + #"[{"name": "app", "image": "\#(image)"\#(words)}]}\#(status ?? "")}"#
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
        let registry = try RunningRegistry(.none)
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

    @Test func `A known image is read again for a file that another container names, once`() throws {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let registry = try RunningRegistry(.none)
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        let name = "localhost:\(registry.port)/team/app:1.0"
        let catalogue = ["--catalogue", folder.path("c.jsonl")]
        func run(_ command: String?, _ more: [String] = []) throws -> Completed {
            try BuiltExecutable.run(
                ["images", "-"] + catalogue + more, input: Array(pod(name, command: command).utf8))
        }
        #expect(try run(nil).error.contains("1 read, 0 known already"))
        #expect(try run("/app/start.sh", ["--missing"]).text.isEmpty)
        for path in ["/app/other.sh", "/app/missing.sh"] {
            #expect(try run(path, ["--missing"]).text == name + "\n")
            #expect(try run(path, ["--offline"]).error.contains("1 more run"))
            #expect(try run(path).error.contains("1 read, 0 known already"))
            let count = registry.requests.count
            #expect(try run(path).error.contains("0 read, 0 known already, 0 failed; 1 in the catalogue"))
            #expect(registry.requests.count == count)
        }
        // Nothing of what was known is lost, and what the container starts is known now.
        let scanned = try BuiltExecutable.run(
            ["scan", "--image-catalogue", folder.path("c.jsonl"), "--output", "json"],
            input: Array(pod(name, command: "/app/other.sh").utf8))
        #expect(scanned.text.contains("command[0] uwsgi") && scanned.status == 1, "\(scanned.text)")
        let entry = try JSONTree(text: String(contentsOfFile: folder.path("c.jsonl"), encoding: .utf8))
        #expect(
            entry["files"]?.array?.map { $0["path"]?.string } == [
                "/app/other.sh", "/app/settings.sh", "/app/start.sh",
            ])
        #expect(entry["omitted"]?.array?.map { $0["path"]?.string } == ["/app/missing.sh"])
    }

    @Test func `What really runs is read, wherever its tag has moved`() throws {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let registry = try RunningRegistry(.none)
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

    @Test func `A token is asked for with the password, to read one repository and no more`() throws {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let registry = try RunningRegistry(.token)
        let tokens = try #require(registry.tokens)
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        func read(_ name: String, login: Bool) throws -> Completed {
            let config = login ? registry.folder.path("auth.json") : try folder.write("{}", to: "none.json")
            return try BuiltExecutable.run([
                "images", "localhost:\(registry.port)/\(name)", "--registry-config", config, "--registry-ca",
                registry.folder.path("ca.crt"),
            ])
        }
        let before = tokens.requests.count
        let entry = try JSONTree(try read("team/app:1.0", login: true).output)
        #expect(entry["files"]?.array?.count == 2)
        // One token for the tag, the manifest, the configuration and the layers.
        let asked = tokens.requests.dropFirst(before)
        #expect(asked.map(\.scope) == ["repository:team/app:pull"] && asked.allSatisfy(\.hasCredentials))
        // A token that allows nothing is not an answer yet, and is not asked for again and again.
        let refused = try read("team/app:1.0", login: false)
        #expect(
            refused.status == 2 && refused.error.contains("the registry asks for credentials"),
            "\(refused.error)")
        #expect(tokens.requests.count == before + 2)
        let missing = try read("team/other:1.0", login: true)
        #expect(missing.status == 2 && missing.error.contains("not found"), "\(missing.error)")
    }

    @Test(arguments: [
        (RunningRegistry.Authentication.none, RunningRegistry.Authentication.none), (.password, .none),
        (.token, .none), (.none, .token), (.token, .token),
    ])
    func `A mirror gives what its registry has`(
        mirror authentication: RunningRegistry.Authentication, registry origin: RunningRegistry.Authentication
    ) throws {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let registry = try RunningRegistry(origin)
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        let mirror = try RunningRegistry(authentication, mirroring: registry)
        let count = registry.requests.count
        var arguments = [
            "images", "registry.test/team/app:1.0", "--registry-config", mirror.folder.path("auth.json"),
            "--registry-mirror", "registry.test=\(mirror.url)",
        ]
        if authentication != .none { arguments += ["--registry-ca", mirror.folder.path("ca.crt")] }
        let read = try BuiltExecutable.run(arguments)
        try #require(read.status == 0, "\(read.error)")
        let entry = try JSONTree(read.output)
        #expect(entry["references"]?.array?.first?.string == "registry.test/team/app:1.0", "\(read.error)")
        #expect(entry["files"]?.array?.count == 2)
        #expect(mirror.requests.contains("HEAD /v2/team/app/manifests/1.0"))
        // What the mirror did not have comes from the registry, through it.
        #expect(registry.requests.count > count)
    }
}
