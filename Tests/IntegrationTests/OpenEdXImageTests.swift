import TestSupport
import Testing

/// Open edX as it was recorded, whose command stands only in its image, and its configuration in a ConfigMap.
@Suite struct OpenEdXImageTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)

    /// What the image of Open edX starts, as the corpus has it.
    private func catalogue(in folder: TemporaryFolder) throws -> String {
        let example = try #require(try Fixtures.corpus().first { $0["id"]?.string == "tutor-cms" })
        let command = try #require(example["imageCmd"])
        let line = JSONTree.object([
            "digest": .string(Self.digest), "cmd": command, "read": .string("2026-11-25T12:00:00Z"),
        ])
        return try folder.write(line.text + "\n", to: "catalogue.jsonl")
    }

    private func pod() throws -> String {
        let review = try Fixtures.review("openedx-lms.pod")
        let text = try #require(try JSONTree(review)["request"]?["object"]).text
        return text.replacing("overhangio/openedx:22.0.3", with: "overhangio/openedx:22.0.3@\(Self.digest)")
    }

    private func configMap(_ more: String) -> String {
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: openedx-uwsgi-config, namespace: shop}
        data:
          uwsgi.ini: |
            [uwsgi]
            http = 0.0.0.0:8000
            \(more)
        """
    }

    @Test(arguments: [("max-fd = 4096", "set", "4096"), ("master = true", "unset", nil)])
    func `By its digest it is certain, and its max-fd what its ini says`(
        _ line: String, _ state: String, _ value: String?
    ) throws {
        let folder = try TemporaryFolder()
        let path = try catalogue(in: folder)
        let explained = try BuiltExecutable.run(
            ["explain", "--image-catalogue", path, "--output", "json"],
            input: Array((configMap(line) + "\n---\n" + pod()).utf8))
        let container = try #require(try JSONTree(explained.output)["containers"]?[0], "\(explained.error)")
        #expect(container["certainty"]?.string == "certain")
        #expect(
            container["evidence"]?.array?.compactMap(\.string) == [
                "image CMD[0] uwsgi", "ConfigMap/openedx-uwsgi-config:uwsgi.ini",
                "image sha256:abababababab read 2026-11-25T12:00:00Z (catalogue)",
            ])
        let maxFD = container["maxFd"]
        #expect(maxFD?["state"]?.string == state && maxFD?["value"]?.string == value, "\(explained.text)")
        if value != nil { #expect(maxFD?["source"]?.string == "ConfigMap/openedx-uwsgi-config:uwsgi.ini:3") }
    }
}
