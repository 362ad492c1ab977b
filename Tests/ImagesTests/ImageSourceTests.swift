import Catalogue
import Images
import TestSupport
import Testing
import UWSGI

/// Where images are: layouts, archives, and configurations that other programs print.
@Suite struct ImageSourceTests {
    private static let amd64 = ImagePlatform(os: "linux", architecture: "amd64")

    private func index(_ layout: TestLayout, _ manifests: [String], more: String = "") throws -> String {
        let text = #"{"schemaVersion": 2, "manifests": [\#(manifests.joined(separator: ","))]}"#
        return try layout.add(Array(text.utf8), type: "application/vnd.oci.image.index.v1+json", more: more)
    }

    @Test func `Of an index the platform's image is read, and attestations are passed over`() throws {
        let layout = TestLayout()
        let attestation = try layout.addImage(
            #"{"Cmd": ["attestation"]}"#, layers: [], architecture: "unknown",
            more: #", "annotations": {"vnd.docker.reference.type": "attestation-manifest"}"#)
        let arm = try layout.addImage(#"{"Cmd": ["arm"]}"#, layers: [], architecture: "arm64")
        let amd = try layout.addImage(#"{"Cmd": ["amd"]}"#, layers: [])
        layout.setIndex([try index(layout, [attestation, arm, amd])])
        let images = try OCILayout(layout).images(for: Self.amd64)
        let image = try #require(images.first)
        let entry = try ImageReader().read(image, time: "")
        #expect(images.count == 1 && entry.cmd == ["amd"])
        // That of the index and that of the configuration.
        #expect(entry.digests.count == 2)
        let other = try OCILayout(layout).images(for: ImagePlatform(os: "linux", architecture: "arm64"))
        #expect(try ImageReader().read(try #require(other.first), time: "").cmd == ["arm"])
        let error = #expect(throws: ImageError.self) {
            try OCILayout(layout).images(for: ImagePlatform(os: "linux", architecture: "s390x"))
        }
        #expect(error?.description.contains("linux/arm64, linux/amd64") == true)
    }

    @Test func `Images are chosen by their name`() throws {
        let layout = TestLayout()
        func image(_ name: String) throws -> String {
            try layout.addImage(
                #"{"Cmd": ["\#(name)"]}"#, layers: [],
                more: #", "annotations": {"org.opencontainers.image.ref.name": "\#(name)"}"#)
        }
        layout.setIndex([try image("1.0"), try image("docker.io/library/app:2.0")])
        #expect(try OCILayout(layout).images(for: Self.amd64).count == 2)
        let one = try #require(try OCILayout(layout, name: "1.0").images(for: Self.amd64).first)
        #expect(one.references.isEmpty)
        let two = try #require(
            try OCILayout(layout, name: "docker.io/library/app:2.0").images(for: Self.amd64).first)
        #expect(two.references == ["docker.io/library/app:2.0"])
        let error = #expect(throws: ImageError.self) {
            try OCILayout(layout, name: "3.0").images(for: Self.amd64)
        }
        #expect(error?.description.contains("there are 1.0, docker.io/library/app:2.0") == true)
    }

    @Test func `Indexes inside indexes end`() throws {
        let layout = TestLayout()
        var descriptor = try layout.addImage(#"{"Cmd": ["x"]}"#, layers: [])
        for _ in 0..<6 {
            let platform = #", "platform": {"os": "linux", "architecture": "amd64"}"#
            descriptor = try index(layout, [descriptor], more: platform)
        }
        layout.setIndex([descriptor])
        #expect(throws: ImageError.self) { try OCILayout(layout).images(for: Self.amd64) }
    }

    @Test(arguments: [
        #"{"schemaVersion": 1}"#, "{}", "[]", "x", #"{"config": {}, "layers": []}"#,
        #"{"config": {"digest": "sha256:1", "size": 1}, "layers": []}"#,
    ])
    func `What is not a manifest is an error`(_ text: String) throws {
        let layout = TestLayout()
        layout.setIndex([try layout.add(Array(text.utf8), type: "application/vnd.oci.image.manifest.v1+json")]
        )
        #expect(throws: ImageError.self) { try OCILayout(layout).images(for: Self.amd64) }
    }

    @Test func `A manifest with another digest is refused`() throws {
        let layout = TestLayout()
        layout.setIndex([try layout.addImage(#"{"Cmd": ["uwsgi"]}"#, layers: [])])
        for path in layout.files.keys where path.hasPrefix("blobs/") {
            let damaged = TestLayout(copying: layout)
            damaged.damage(path)
            #expect(throws: ImageError.self, "\(path)") { try OCILayout(damaged).images(for: Self.amd64) }
        }
    }

    @Test func `What other programs print of a configuration is read`() throws {
        let config =
            #"{"architecture": "amd64", "os": "linux", "config": {"Cmd": ["uwsgi"]}, "rootfs": {"diff_ids": []}}"#
        let bytes = Array(config.utf8)
        #expect(ConfigurationText.mayBe(bytes))
        let image = try #require(try ConfigurationText(bytes).images(for: Self.amd64).first)
        #expect(image.digest.description == (try TestLayout.digest(bytes)))
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let id = "sha256:" + String(repeating: "b", count: 64)
        let inspected = """
            [{"Id": "\(id)", "RepoTags": ["app:1"], "RepoDigests": ["app@\(digest)"], "Os": "linux",
              "Architecture": "amd64", "Config": {"Entrypoint": ["/start.sh"], "Cmd": null}, "RootFS": {"Layers": []}}]
            """
        #expect(ConfigurationText.mayBe(Array(inspected.utf8)))
        let other = try #require(try ConfigurationText(Array(inspected.utf8)).images(for: Self.amd64).first)
        let entry = try ImageReader().read(other, time: "")
        #expect(entry.digest.description == id && entry.digests.map(\.description) == [digest])
        #expect(entry.references == ["docker.io/library/app:1"])
        #expect(entry.omitted == [.init(path: "/start.sh", reason: "only the configuration was read")])
        for text in ["{}", "[]", #"[{"Id": "x", "RootFS": {}}]"#, #"{"rootfs": {}}"#] {
            #expect(throws: ImageError.self) {
                try ConfigurationText(Array(text.utf8)).images(for: Self.amd64)
            }
        }
        #expect(!ConfigurationText.mayBe(Array(#"{"kind": "Pod"}"#.utf8)))
    }
}
