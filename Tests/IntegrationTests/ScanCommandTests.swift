import Foundation
import TestSupport
import Testing

/// The built executable's `scan`, from files to exit codes.
@Suite("scan, as a command", .timeLimit(.minutes(5)))
struct ScanCommandTests {
    private static let bad = """
        # comment
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          template:
            spec:
              containers:
              - name: web
                command: [uwsgi, --http, ":80"]

        """

    /// A folder that goes with the test.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "scan-\(UUID().uuidString)")

        init(_ files: [String: String]) throws {
            for (name, text) in files {
                let file = url.appending(path: name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func text(_ name: String) throws -> String {
            try String(contentsOf: url.appending(path: name), encoding: .utf8)
        }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(
                atPath: url.appending(path: name).path, withDestinationPath: target)
        }
    }

    private struct Result {
        let output: String
        let errors: String
        let status: Int32
    }

    /// Runs the command inside the folder.
    private func scan(_ arguments: [String], in folder: Folder, input: String = "") throws -> Result {
        let ended = try BuiltExecutable.run(
            ["scan"] + arguments, input: Array(input.utf8), directory: folder.url.path)
        return Result(output: ended.text, errors: ended.error, status: ended.status)
    }

    @Test("folders are read with those below, without hidden ones and other files, links once")
    func folders() throws {
        let folder = try Folder([
            "a.yaml": Self.bad, "sub/deep/b.yml": Self.bad, "sub/c.json": #"{"kind":"Service"}"#,
            ".hidden/d.yaml": Self.bad, "sub/.e.yaml": Self.bad, "f.txt": Self.bad, "UPPER.YAML": Self.bad,
        ])
        try folder.link("sub/round", to: "..")
        try folder.link("again.yaml", to: "a.yaml")
        try folder.link("nowhere.yaml", to: "missing")
        let result = try scan(["--output", "json", "."], in: folder)
        let findings = try JSONTree(text: result.output)["findings"]?.array ?? []
        #expect(
            findings.compactMap { $0["file"]?.string } == ["./UPPER.YAML", "./a.yaml", "./sub/deep/b.yml"])
        #expect(findings.allSatisfy { $0["line"]?.number == 8 })
        #expect(result.status == 2)
        #expect(result.errors == "uwsgi-max-fd: ./nowhere.yaml: No such file or directory\n")
    }

    @Test("exit codes tell: nothing, findings, and what could not be read")
    func exitCodes() throws {
        let folder = try Folder([
            "bad.yaml": Self.bad, "none.yaml": "kind: Pod\nspec: {containers: []}\n", "x.yaml": "a: [",
        ])
        for (arguments, status) in [
            (["none.yaml"], 0), (["bad.yaml"], 1), (["bad.yaml", "--fail-on", "never"], 0),
            (["bad.yaml", "--fail-on", "certain"], 1), (["bad.yaml", "--policy", "strict"], 1),
            (["x.yaml", "bad.yaml"], 2), (["missing.yaml"], 2), (["bad.yaml", "--node-limit", "0"], 2),
            (["bad.yaml", "--dry-run"], 2), (["-", "--fix"], 2),
            (["bad.yaml", "--fix", "--output", "json"], 2),
            (["--output", "pdf"], 2), ([], 0), (["-"], 0),
        ] as [([String], Int32)] {
            #expect(try scan(arguments, in: folder).status == status, "\(arguments)")
        }
        let piped = try scan([], in: folder, input: Self.bad)
        #expect(piped.status == 1 && piped.output.contains("standard input:8"))
        let quiet = try scan(["--quiet", "bad.yaml", "x.yaml"], in: folder)
        #expect(
            quiet.output.isEmpty && quiet.errors.hasPrefix("uwsgi-max-fd: x.yaml:2: ") && quiet.status == 2)
    }

    @Test("every output is written", arguments: ["table", "json", "yaml", "sarif", "junit", "patch", "html"])
    func outputs(output: String) throws {
        let folder = try Folder(["bad.yaml": Self.bad])
        let result = try scan(["bad.yaml", "--output", output, "--node-limit", "1048576"], in: folder)
        #expect(result.status == 1 && result.errors.isEmpty)
        let marks = [
            "table": "8 MiB", "json": #""memoryBytes":8388608"#, "yaml": "memoryBytes: 8388608",
            "sarif": #""startLine":8"#, "junit": "<failure type=\"unset\"",
            "patch": "kubectl patch deployment web ",
            "html": "<td data-label=\"Memory\" data-sort=\"8388608\"",
        ]
        #expect(result.output.contains(try #require(marks[output])))
        #expect(!result.output.contains("\u{1B}"), "no colour outside a terminal")
    }

    @Test(
        "--fix changes files in place and keeps their permissions; --dry-run shows the change and makes none")
    func fix() throws {
        let folder = try Folder(["bad.yaml": Self.bad, "fine.yaml": "a: b\n", "j.json": "{\"kind\": \"x\"}"])
        let file = folder.url.appending(path: "bad.yaml")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
        try folder.link("link.yaml", to: "bad.yaml")
        let preview = try scan(["--fix", "--dry-run", "link.yaml"], in: folder)
        #expect(try folder.text("bad.yaml") == Self.bad)
        #expect(preview.status == 1)
        #expect(preview.output.contains("+        - name: UWSGI_MAX_FD\n+          value: \"1048576\"\n"))
        let result = try scan(["--fix", "--max-fd", "4096", "link.yaml", "fine.yaml", "j.json"], in: folder)
        #expect(result.status == 0 && result.output == "link.yaml: 1 container given a max-fd\n")
        #expect(
            try folder.text("bad.yaml")
                == Self.bad + "        env:\n        - name: UWSGI_MAX_FD\n          value: \"4096\"\n")
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        let kind = try FileManager.default.attributesOfItem(
            atPath: folder.url.appending(path: "link.yaml").path)
        #expect(kind[.type] as? FileAttributeType == .typeSymbolicLink)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(names.sorted() == ["bad.yaml", "fine.yaml", "j.json", "link.yaml"])
        let again = try scan(["--fix", "link.yaml"], in: folder)
        #expect(again.status == 0 && again.output.isEmpty)
    }
}
