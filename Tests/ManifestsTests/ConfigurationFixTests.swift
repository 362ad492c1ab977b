import JSON
import Testing
import UWSGI

@testable import Manifests

/// One changed line of an ini.
@Suite struct INIEditTests {
    @Test(arguments: [
        ("[uwsgi]\nhttp = :80\n", "[uwsgi]\nmax-fd = 4096\nhttp = :80\n"),
        ("# first\n  [uwsgi]\n  http = :80", "# first\n  [uwsgi]\n  max-fd = 4096\n  http = :80"),
        ("[other]\nhttp = :80\n", nil), ("", nil),
    ])
    func `An option is added behind the section's line`(_ text: String, _ expected: String?) {
        #expect(INIEdit(of: text, addingMaxFD: 4096)?.text == expected)
    }

    @Test(arguments: [
        ("[uwsgi]\nmax-fd = 0\n", 2, "[uwsgi]\nmax-fd = 4096\n"), ("max-fd=0", 1, "max-fd=4096"),
        ("  max-fd  =\t0 ", 1, "  max-fd  =\t4096"), ("set = max-fd=0", 1, nil), ("max-fd = 0", 2, nil),
        ("max-fd", 1, nil),
    ])
    func `A value is replaced where it stands`(_ text: String, _ line: Int, _ expected: String?) {
        #expect(INIEdit(of: text, replacingAt: line, maxFD: 4096)?.text == expected)
    }

    @Test(arguments: [
        (
            "data:\n  a: |\n    [uwsgi]\n    # kept\n\n    http = :80\n  b: c\n",
            "data:\n  a: |\n    [uwsgi]\n    max-fd = 4096\n    # kept\n\n    http = :80\n  b: c\n"
        ),
        ("data:\n  a: |-\n   [uwsgi]", "data:\n  a: |-\n   [uwsgi]\n   max-fd = 4096"),
        (
            "data:\r\n  a: |2\r\n      [uwsgi]\r\n",
            "data:\r\n  a: |2\r\n      [uwsgi]\r\n      max-fd = 4096\r\n"
        ),
        ("data:\n  a: >\n    [uwsgi]\n", nil), ("data: {a: \"[uwsgi]\\n\"}", nil),
        ("x: &x\n  a: |\n    [uwsgi]\ndata: *x", nil), ("data:\n  a: &t |\n    [uwsgi]\nb: *t", nil),
    ])
    func `Only the lines of a block that have to change do`(_ text: String, _ expected: String?) throws {
        var edit = try YAMLEdit(Array(text.utf8), bytesToRead: .max)
        let old = try #require(try Self.scalar(text))
        let ini = try #require(INIEdit(of: old, addingMaxFD: 4096))
        let refused = edit.apply([.line(ini, scalar: "/data/a")])
        #expect(refused.isEmpty == (expected != nil), "\(refused)")
        #expect(String(decoding: edit.lines.bytes, as: UTF8.self) == expected ?? text)
    }

    private static func scalar(_ text: String) throws -> String? {
        try ManifestReader.documents(in: Array(text.utf8)).first?.value["data"]?["a"]?.string
    }
}

/// `--fix` over several files.
@Suite struct ConfigurationFixTests {
    private func fix(_ texts: [String: String], in place: ManifestFix.Place) -> [String: ManifestFix] {
        var scan = Scan(settings: ScanSettings())
        let files = texts.sorted { $0.key < $1.key }
        for (file, text) in files { scan.read(ByteArraySource(Array(text.utf8)), file: file) }
        var configuration = ConfigurationFix(scan)
        if place == .config {
            for (file, text) in files { configuration.read(Array(text.utf8), file: file) }
        }
        return texts.reduce(into: [:]) { result, text in
            result[text.key] = ManifestFix(Array(text.value.utf8), file: text.key, in: place, configuration)
        }
    }

    @Test func `What another file gives a max-fd is left as it is`() {
        let pod = MountedFilesTests.input(
            command: "[uwsgi]", more: "envFrom: [{configMapRef: {name: start}}]")
        let map = MountedFilesTests.object(["UWSGI_MAX_FD": "4096"])
        #expect(fix(["a": pod, "b": map], in: .env)["a"]?.changeCount == 0)
        #expect(fix(["a": pod], in: .env)["a"]?.changeCount == 1)
    }

    @Test func `A script is not a configuration to put a max-fd into`() {
        let pod = MountedFilesTests.input()
        let map = MountedFilesTests.object(["run.sh": "exec uwsgi --http :80"])
        let fixes = fix(["a": pod, "b": map], in: .config)
        #expect(fixes.values.allSatisfy { $0.changeCount == 0 && $0.fixed == $0.original })
        #expect(
            fixes["a"]?.refusals.map(\.reason) == [
                "Deployment web, container web left as it is: no ConfigMap of the input holds a configuration with a "
                    + "section [uwsgi] for it (see --fix-in env)"
            ])
    }

    /// Two that were the same, of which one is changed, would be two of which nobody knows the right one.
    @Test(arguments: [["a", "a"], ["a", "b"], ["b", "c"]])
    func `A ConfigMap that is there twice is changed wherever it stands`(_ files: [String]) {
        let map = """
            ---
            kind: ConfigMap
            apiVersion: v1
            metadata: {name: start, namespace: shop}
            data:
              app.ini: |
                [uwsgi]
                http = :80

            """
        var texts = ["a": MountedFilesTests.input(command: "[uwsgi, --ini, /start/app.ini]")]
        for file in files { texts[file, default: ""] += map }
        let fixes = fix(texts, in: .config)
        #expect(fixes.values.map(\.changeCount).reduce(0, +) == 2)
        #expect(fixes.values.allSatisfy { $0.refusals.isEmpty })
        var scan = Scan(settings: ScanSettings())
        for (file, fix) in fixes.sorted(by: { $0.key < $1.key }) {
            scan.read(ByteArraySource(fix.fixed), file: file)
        }
        let report = scan.report()
        #expect(report.findings.isEmpty && report.others.map(\.detection.maxFD.state) == [.set])
    }
}
