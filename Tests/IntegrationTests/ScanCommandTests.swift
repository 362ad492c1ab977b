import Foundation
import TestSupport
import Testing

/// The built executable's `scan`, from files to exit codes.
@Suite(.timeLimit(.minutes(5)))
struct ScanCommandTests {
    static let bad = """
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
    final class Folder {
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

    struct Result {
        let output: String
        let errors: String
        let status: Int32
    }

    /// Runs the command inside the folder.
    func scan(_ arguments: [String], in folder: Folder, input: String = "") throws -> Result {
        let ended = try BuiltExecutable.run(
            ["scan"] + arguments, input: Array(input.utf8), directory: folder.url.path)
        return Result(output: ended.text, errors: ended.error, status: ended.status)
    }

    @Test
    func `Folders are read with those below, without hidden ones and other files, links once`() throws {
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

    @Test
    func `Exit codes tell: nothing, findings, and what could not be read`() throws {
        let folder = try Folder([
            "bad.yaml": Self.bad, "none.yaml": "kind: Pod\nspec: {containers: []}\n", "x.yaml": "a: [",
        ])
        for (arguments, status) in [
            (["none.yaml"], 0), (["bad.yaml"], 1), (["bad.yaml", "--fail-on", "never"], 0),
            (["bad.yaml", "--fail-on", "certain"], 1), (["bad.yaml", "--policy", "strict"], 1),
            (["x.yaml", "bad.yaml"], 2), (["missing.yaml"], 2), (["bad.yaml", "--node-limit", "0"], 2),
            (["bad.yaml", "--dry-run"], 2), (["-", "--fix"], 2), (["bad.yaml", "--fix-in", "config"], 2),
            (["bad.yaml", "--fix", "--output", "json"], 2),
            (["--output", "pdf"], 2), ([], 2), (["-"], 2), (["--allow-empty"], 0),
        ] as [([String], Int32)] {
            #expect(try scan(arguments, in: folder).status == status, "\(arguments)")
        }
        let piped = try scan([], in: folder, input: Self.bad)
        #expect(piped.status == 1 && piped.output.contains("standard input:8"))
        let quiet = try scan(["--quiet", "bad.yaml", "x.yaml"], in: folder)
        #expect(
            quiet.output.isEmpty && quiet.errors.hasPrefix("uwsgi-max-fd: x.yaml:2: ") && quiet.status == 2)
    }

    @Test(arguments: [
        (
            "", ["-"],
            "standard input: empty: there is nothing to look at; did the command before the pipe fail?"
        ),
        (
            "No resources found\n", [],
            "standard input:1: a text and not an object: \"No resources found\""
        ),
        ("", ["empty.yaml"], "empty.yaml: empty: there is nothing to look at; name files"),
        ("", ["values.yaml"], "values.yaml:1: no Kubernetes object: what begins here has no kind"),
        ("", ["none"], "none: no manifest in it: no *.yaml, *.yml or *.json"),
        ("", ["values"], "values: no Kubernetes object in its 2 *.yaml"),
        ("", ["values", "bad.yaml"], "values: no Kubernetes object in its 2 *.yaml"),
    ])
    func `A scan of nothing ends with 2 and says where, why and what to do, unless it is meant`(
        input: String, arguments: [String], message: String
    ) throws {
        let folder = try Folder([
            "empty.yaml": "# nothing\n", "values.yaml": "replicas: 3\n", "none/readme.txt": "x",
            "values/a.yaml": "replicas: 3\n", "values/b.json": "{}", "bad.yaml": Self.bad,
        ])
        let result = try scan(arguments, in: folder, input: input)
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("uwsgi-max-fd: \(message)"), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
        let meant = try scan(arguments + ["--allow-empty"], in: folder, input: input)
        #expect(meant.errors.isEmpty && meant.status == (arguments.contains("bad.yaml") ? 1 : 0))
        let answer = try scan([], in: folder, input: #"{"kind":"List","items":[]}"#)
        #expect(answer.status == 0 && answer.errors.isEmpty)
    }

    @Test
    func `Nodes and limits in force come with the manifests, and compressed from standard input`() throws {
        let objects = String(decoding: try Fixtures.file("cluster/objects.json"), as: UTF8.self)
        let cadvisor = String(decoding: try Fixtures.file("cluster/cadvisor.txt"), as: UTF8.self)
        let folder = try Folder(["objects.json": objects, "cadvisor.txt": cadvisor, "none.txt": "up 1\n"])
        let piped = try scan(["--limits", "cadvisor.txt"], in: folder, input: objects)
        #expect(
            piped.output.hasPrefix(
                "2 of 4 nodes hand out 1073741816 (Garden Linux 1592.2, containerd 1.7.19): pool worker-a\n"))
        #expect(piped.output.contains("2 of 5 uWSGI containers without an effective max-fd: 48 GiB"))
        #expect(piped.status == 1 && piped.errors.isEmpty)
        let gzip = try Program.run(named: "gzip", ["--stdout"], input: Array(cadvisor.utf8)).output
        let swapped = try BuiltExecutable.run(
            ["scan", "objects.json", "--limits", "-"], input: gzip, directory: folder.url.path)
        #expect(swapped.status == 1 && swapped.text.contains("48 GiB"))
        for (arguments, reason) in [
            (["objects.json", "--limits", "missing.txt"], "missing.txt: No such file or directory"),
            (["objects.json", "--limits", "none.txt"], "none.txt: no container_ulimits_soft"),
            (["--limits", "-"], "standard input can only be read once"),
        ] {
            let result = try scan(arguments, in: folder)
            #expect(result.status == 2 && result.errors.contains(reason), "\(result.errors)")
        }
        let nodes = objects.split(separator: "\n").filter { $0.contains("\"kind\":\"Node\"") }
        let alone = try scan(
            [], in: folder,
            input: nodes.map { $0.hasSuffix(",") ? $0.dropLast() : $0 }.joined(separator: "\n"))
        #expect(alone.status == 0 && alone.output.contains("No object with Pods was looked at."))
    }

    @Test
    func `A Helm chart is one line that says how to render it, and its templates are left out`() throws {
        let folder = try Folder([
            "deploy/chart/Chart.yaml": "name: x\n", "deploy/chart/values.yaml": "a: b\n",
            "deploy/chart/templates/a.yaml": "a: {{ .Values.a }}\n", "deploy/bad.yaml": Self.bad,
        ])
        let result = try scan(["deploy"], in: folder)
        #expect(result.status == 2 && result.output.contains("deploy/bad.yaml:8"))
        #expect(
            result.errors
                == "uwsgi-max-fd: deploy/chart: a Helm chart: render it first (helm template deploy/chart "
                + "| uwsgi-max-fd scan -)\n")
    }

    @Test(arguments: [
        "table", "json", "yaml", "sarif", "junit", "patch", "html", "openreports",
        "policyreport",
    ])
    func `Every output is written`(output: String) throws {
        let folder = try Folder(["bad.yaml": Self.bad])
        let result = try scan(["bad.yaml", "--output", output, "--node-limit", "1048576"], in: folder)
        #expect(result.status == 1 && result.errors.isEmpty)
        let marks = [
            "table": "8 MiB", "json": #""memoryBytes":8388608"#, "yaml": "memoryBytes: 8388608",
            "sarif": #""startLine":8"#, "junit": "<failure type=\"unset\"",
            "patch": "kubectl patch deployment web ",
            "openreports": "rule: max-fd-unset", "policyreport": "apiVersion: wgpolicyk8s.io/v1alpha2",
            "html": "<td data-label=\"Memory\" data-sort=\"8388608\"",
        ]
        #expect(result.output.contains(try #require(marks[output])))
        #expect(!result.output.contains("\u{1B}"), "no colour outside a terminal")
    }

    @Test
    func
        `--fix changes files in place and keeps their permissions; --dry-run shows the change and makes none`()
        throws
    {
        let folder = try Folder([
            "bad.yaml": Self.bad, "fine.yaml": "kind: Service\n", "j.json": "{\"kind\": \"x\"}",
        ])
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

    @Test
    func
        `--fix leaves alone what another file gives a max-fd, and --fix-in config says why it changes nothing`()
        throws
    {
        let source = Self.bad + "        envFrom: [{configMapRef: {name: limits}}]\n"
        let map =
            "kind: ConfigMap\nmetadata: {name: limits, namespace: shop}\ndata: {UWSGI_MAX_FD: \"4096\"}\n"
        let folder = try Folder(["bad.yaml": source, "map.yaml": map])
        let joined = try scan(["--fix", "bad.yaml", "map.yaml"], in: folder)
        #expect(joined.status == 0 && joined.output.isEmpty, "\(joined.output) \(joined.errors)")
        #expect(try folder.text("bad.yaml") == source)
        let alone = try scan(["--fix", "--fix-in", "config", "bad.yaml"], in: folder)
        #expect(
            alone.status == 1 && alone.errors.contains("left as it is: no ConfigMap of the input"),
            "\(alone.errors)")
        #expect(try folder.text("bad.yaml") == source)
    }

    @Test(arguments: [
        ("fifo", "mkfifo fifo", "not a regular file"),
        ("/dev/null", ":", "not a regular file"),
        ("hard.yaml", "ln bad.yaml hard.yaml", "has 2 names (hard links)"),
        ("link.yaml", "ln bad.yaml hard.yaml; ln -s hard.yaml link.yaml", "has 2 names (hard links)"),
        ("bad.yaml", "chmod 0444 bad.yaml", "is read-only"),
        ("dangling.yaml", "ln -s missing dangling.yaml", "No such file"),
    ])
    func `--fix leaves what is more than a file with one name and a text, and says why`(
        path: String, preparation: String, reason: String
    ) throws {
        let folder = try Folder(["bad.yaml": Self.bad])
        let prepared = try ShellScript(preparation, in: folder.url)
        #expect(prepared.status == 0, "\(prepared.errors)")
        for arguments in [["--fix", path], ["--fix", "--dry-run", path]] {
            let result = try scan(arguments, in: folder)
            #expect(result.status == 2 && result.errors.contains("\(path): \(reason)"), "\(result.errors)")
        }
        let after = try ShellScript("stat -c %F%h%a \(path)", in: folder.url)
        #expect(try folder.text("bad.yaml") == Self.bad)
        #expect(after.output.hasPrefix("fifo") == (path == "fifo"))
    }

    @Test(arguments: [
        // Lines that divide the read buffer.
        (
            "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 50000000 | \"$0\" scan -",
            2
        ),
        // A List that is larger than a document may be, item by item.
        (
            "{ printf 'apiVersion: v1\\nitems:\\n'; yes \"$(cat item.yaml)\" | head -n 15000; echo 'kind: List'; } "
                + "| \"$0\" scan -", 0
        ),
        // Merges and aliases that multiply.
        ("\"$0\" scan merges.yaml", 2),
    ])
    func `Memory stays bounded, whatever the input`(script: String, status: Int32) throws {
        let folder = try Folder([
            "item.yaml":
                "- kind: Pod\n  metadata: {annotations: {a: \"\(String(repeating: "a", count: 8000))\"}}\n"
                + "  spec:\n    containers:\n    - {name: c, image: nginx, command: [nginx]}\n",
            "merges.yaml": "a: &a {" + (0..<1000).map { "k\($0): 1" }.joined(separator: ",") + "}\nb: {<<: ["
                + String(repeating: "*a,", count: 75_000) + "*a]}\n",
        ])
        // RLIMIT_DATA counts what a process may write to (setrlimit(2)): beyond it an allocation fails, and the process.
        let result = try ShellScript("ulimit -d 131072; \(script)", in: folder.url)
        #expect(result.status == status, "\(result.errors)")
    }
}
