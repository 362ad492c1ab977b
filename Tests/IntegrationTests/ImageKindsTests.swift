import Foundation
import OpenSSLTLS
import TestSupport
import Testing

/// Images of every kind that is known, made by real tools, in a real registry.
@Suite(
    .enabled(if: RunningRegistry.isInstalled, "docker-registry, skopeo, umoci or openssl is not installed"))
struct ImageKindsTests {
    private func make(_ kind: ImageKind, in folder: TemporaryFolder) throws {
        let made = try Program.run(named: "sh", ["-ec", kind.script], directory: folder.path)
        try #require(made.status == 0, "\(made.error)")
    }

    private func pod(_ image: String) -> [UInt8] {
        Array(
            (#"{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "app"}, "spec": {"containers": "#
                + #"[{"name": "app", "image": "\#(image)"}]}}"#).utf8)
    }

    /// Reads it from its registry, and looks at what a Pod of it starts.
    private func check(_ kind: ImageKind, _ name: String, limit: String = "unlimited") throws {
        // The kernel gives no more memory than that: getrlimit(2), RLIMIT_DATA, in KiB.
        let limited = ["-c", "ulimit -d \(limit); exec \"$0\" \"$@\"", BuiltExecutable.path]
        let read = try Program.run(named: "bash", limited + ["images", name])
        try #require(read.status == 0, "\(read.error)")
        let files = try JSONTree(read.output)["files"]?.array ?? []
        #expect(files.map { $0["path"]?.string } == kind.files)
        #expect(files.contains { $0["text"]?.string?.contains("2048") == true })
        let explained = try Program.run(
            named: "bash", limited + ["explain", "--read-images", "--output", "json"], input: pod(name))
        let maxFD = try JSONTree(explained.output)["containers"]?[0]?["maxFd"]
        #expect(maxFD?["state"]?.string == kind.state, "\(explained.text) \(explained.error)")
    }

    @Test(arguments: ImageKind.all)
    func `Images of every kind are read`(_ kind: ImageKind) throws {
        let folder = try TemporaryFolder()
        try make(kind, in: folder)
        let registry = try RunningRegistry(.none)
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0", kind.copying)
        try check(kind, "localhost:\(registry.port)/team/app:1.0")
    }

    @Test func `A layer of 300 MB passes through little memory`() throws {
        let folder = try TemporaryFolder()
        try make(ImageKind.large, in: folder)
        let registry = try RunningRegistry(.none)
        try registry.push("oci:\(folder.path("image")):1", as: "team/app:1.0")
        try check(ImageKind.large, "localhost:\(registry.port)/team/app:1.0", limit: "100000")
    }

    /// As BuildKit makes it: of two platforms, with a manifest beside each that is not an image.
    @Test func `Of an index with attestations the platform's image is read`() throws {
        let folder = try TemporaryFolder()
        let kind = try #require(ImageKind.all.first)
        try make(kind, in: folder)
        let index = folder.path("image/index.json")
        let amd = try #require(
            try JSONTree(text: String(contentsOfFile: index, encoding: .utf8))["manifests"]?[0])
        let other = try Program.run(
            named: "umoci",
            [
                "config", "--image", "image:1", "--tag", "2", "--architecture", "arm64", "--config.cmd",
                "sleep",
            ],
            directory: folder.path)
        #expect(other.status == 0)
        let all = try JSONTree(text: String(contentsOfFile: index, encoding: .utf8))["manifests"]?.array ?? []
        let arm = try #require(all.first { $0["digest"] != amd["digest"] })
        let manifests = try [(arm, "arm64"), (amd, "amd64")].flatMap { descriptor, architecture in
            [try attestation(of: descriptor, in: folder), platform(descriptor, "linux", architecture)]
        }
        let list = try blob(
            .object(["schemaVersion": .number(2), "manifests": .array(manifests)]),
            "application/vnd.oci.image.index.v1+json", in: folder)
        try folder.write(
            JSONTree.object(["schemaVersion": .number(2), "manifests": .array([list])]).text,
            to: "image/index.json")
        let registry = try RunningRegistry(.none)
        try registry.push("oci:\(folder.path("image"))", as: "team/app:1.0")
        let name = "localhost:\(registry.port)/team/app:1.0"
        try check(kind, name)
        let read = try BuiltExecutable.run(["images", name, "--platform", "linux/arm64"])
        #expect(try JSONTree(read.output)["cmd"] == .array([.string("sleep")]), "\(read.error)")
        let none = try BuiltExecutable.run(["images", name, "--platform", "linux/s390x"])
        #expect(none.status == 2 && none.error.contains("linux/arm64, linux/amd64"), "\(none.error)")
    }

    private func platform(_ descriptor: JSONTree, _ system: String, _ architecture: String) -> JSONTree {
        var descriptor = descriptor
        descriptor["annotations"] = nil
        descriptor["platform"] = .object(["os": .string(system), "architecture": .string(architecture)])
        return descriptor
    }

    /// A statement about an image. Source: moby/buildkit, `docs/attestations/attestation-storage.md`.
    private func attestation(of image: JSONTree, in folder: TemporaryFolder) throws -> JSONTree {
        let statement = JSONTree.object(["_type": .string("https://in-toto.io/Statement/v0.1")])
        let layer = try blob(statement, "application/vnd.in-toto+json", in: folder)
        let configuration = try blob(
            .object([
                "architecture": .string("unknown"), "os": .string("unknown"),
                "rootfs": .object(["type": .string("layers"), "diff_ids": .array([layer["digest"] ?? .null])]
                ),
            ]), "application/vnd.oci.image.config.v1+json", in: folder)
        let manifest = try blob(
            .object(["schemaVersion": .number(2), "config": configuration, "layers": .array([layer])]),
            "application/vnd.oci.image.manifest.v1+json", in: folder)
        var descriptor = platform(manifest, "unknown", "unknown")
        descriptor["annotations"] = .object([
            "vnd.docker.reference.digest": image["digest"] ?? .null,
            "vnd.docker.reference.type": .string("attestation-manifest"),
        ])
        return descriptor
    }

    /// Puts a document into the layout, and gives its descriptor.
    private func blob(_ document: JSONTree, _ type: String, in folder: TemporaryFolder) throws -> JSONTree {
        let bytes = document.encoded
        let digest = try SHA256.digest(of: bytes).map { String(format: "%02x", $0) }.joined()
        try folder.write(bytes, as: "image/blobs/sha256/\(digest)")
        return .object([
            "mediaType": .string(type), "digest": .string("sha256:\(digest)"),
            "size": .number(Double(bytes.count)),
        ])
    }
}
