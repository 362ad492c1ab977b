import Foundation
import TestSupport
import Testing

/// The command `images`, on images that real tools have made.
@Suite(
    .enabled(
        if: Program.exists("skopeo") && Program.exists("umoci"), "skopeo or umoci is not installed"))
struct ImagesCommandTests {
    private static let name = "registry.example.org/team/app:1.0"

    private static let pod = """
        {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "app"}, "spec": {"containers": [
          {"name": "app", "image": "registry.example.org/team/app:1.0"},
          {"name": "other", "image": "registry.example.org/team/other:1.0"}]}}
        """

    /// An image that starts uWSGI by a script, of two layers, as an OCI layout in the folder `layout`.
    private func makeImage(in folder: TemporaryFolder) throws {
        let script = """
            set -e
            umoci init --layout image
            umoci new --image image:1
            umoci unpack --rootless --image image:1 bundle
            mkdir -p bundle/rootfs/srv/app bundle/rootfs/opt
            printf '#!/bin/sh\\n. /app/settings.sh\\nexec "$@"\\n' > bundle/rootfs/srv/app/start.sh
            printf 'old\\n' > bundle/rootfs/srv/app/settings.sh
            ln -s srv/app bundle/rootfs/app
            umoci repack --image image:1 --refresh-bundle bundle
            printf 'export UWSGI_MAX_FD=2048\\n' > bundle/rootfs/srv/app/settings.sh
            umoci repack --image image:1 bundle
            umoci config --image image:1 --config.entrypoint /app/start.sh --config.cmd uwsgi \\
                --config.cmd --http --config.cmd :80
            skopeo copy --quiet oci:image:1 oci:layout:\(Self.name)
            skopeo copy --quiet oci:image:1 oci-archive:oci.tar:\(Self.name)
            skopeo copy --quiet oci:image:1 docker-archive:docker.tar:\(Self.name)
            """
        let made = try Program.run(named: "sh", ["-c", script], directory: folder.path)
        try #require(made.status == 0, "\(made.error)")
    }

    @Test func `A layout and both archives give the same start, and scan sees more with it than before`()
        throws
    {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        try folder.write(Self.pod, to: "pod.json")
        func run(_ arguments: [String]) throws -> Completed {
            try BuiltExecutable.run(arguments, directory: folder.path)
        }
        for source in ["oci:layout", "oci-archive:oci.tar", "docker-archive:docker.tar"] {
            let read = try run(["images", source])
            let entry = try JSONTree(read.output)
            let files = entry["files"]?.array?.map { $0["path"]?.string }
            #expect(
                read.status == 0 && files == ["/app/settings.sh", "/app/start.sh"], "\(source): \(read.error)"
            )
            #expect(entry["references"]?.array?.first?.string == Self.name)
            #expect(entry["files"]?.array?.first?["text"]?.string == "export UWSGI_MAX_FD=2048\n")
        }
        #expect(try run(["images", "pod.json", "--missing"]).text.split(separator: "\n").count == 2)
        let made = try run([
            "images", "oci:layout", "pod.json", "--offline", "--catalogue", "catalogue.jsonl",
        ])
        #expect(made.status == 0 && made.error.contains("1 read"), "\(made.error)")
        #expect(made.error.contains("registry.example.org/team/other:1.0"))
        let bytes = try Data(contentsOf: folder.url.appending(path: "catalogue.jsonl"))
        #expect(
            try run(["images", "oci:layout", "--catalogue", "catalogue.jsonl"]).error.contains(
                "1 known already"))
        #expect(try Data(contentsOf: folder.url.appending(path: "catalogue.jsonl")) == bytes)
        #expect(try run(["scan", "pod.json"]).text.contains("No uWSGI"))
        let explained = try run(["explain", "--image-catalogue", "catalogue.jsonl", "pod.json"])
        #expect(
            explained.text.contains("image CMD[0] uwsgi") && explained.text.contains("2048"),
            "\(explained.text)")
        let shown = try run(["images", "show", Self.name, "--catalogue", "catalogue.jsonl"])
        #expect(shown.text.contains("max-fd set 2048"), "\(shown.text)")
    }

    @Test func `What cannot be read is named, and the rest is kept`() throws {
        let folder = try TemporaryFolder()
        try makeImage(in: folder)
        let ended = try BuiltExecutable.run(
            ["images", "oci:layout", "oci:nowhere", "docker://Not:an:image", "--catalogue", "c.jsonl"],
            directory: folder.path)
        #expect(ended.status == 2 && ended.error.contains("1 read"), "\(ended.error)")
        #expect(ended.error.contains("nowhere/index.json: No such file or directory"))
        #expect(ended.error.contains("docker://Not:an:image: not an image's reference"))
        #expect(FileManager.default.fileExists(atPath: folder.path("c.jsonl")))
    }

    @Test func `A catalogue that is none is named by its line`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("{}\n", to: "c.jsonl")
        for arguments in [["images", "-", "--catalogue", file], ["scan", "--image-catalogue", file, "-"]] {
            let ended = try BuiltExecutable.run(arguments, input: Array(Self.pod.utf8))
            #expect(ended.status == 2 && ended.error.contains("c.jsonl: line 1: digest"), "\(ended.error)")
        }
    }
}
