import Foundation
import TestSupport
import Testing

/// How the command speaks to a person at a terminal, and to one who mistypes.
@Suite
struct CommandLineTests {
    @Test(arguments: [
        ("scna", "did you mean scan?"), ("explian", "did you mean explain?"),
        ("server", "did you mean serve?"),
        ("cert", "did you mean certs?"), ("xyzzy", "The commands are serve, explain, scan, certs"),
        ("\u{1B}[2J", "is not a command"),
    ])
    func `A command that is not one ends with 2, and the one that was meant is named`(
        word: String, message: String
    ) throws {
        let result = try BuiltExecutable.run([word, "x"])
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.error.contains(message), "\(result.error)")
        #expect(
            result.error.contains("did you mean")
                == (word.count < 8 && !word.hasPrefix("x") && !word.hasPrefix("\u{1B}")))
        #expect(!result.error.contains("\u{1B}") && !result.error.contains("?."))
    }

    @Test
    func `A locale without more than ASCII gets no more, and one that says nothing gets all`() throws {
        let deployment = """
            kind: Deployment
            metadata: {name: ä}
            spec: {template: {spec: {containers: [{name: c, command: [uwsgi, --http, ":80"]}]}}}
            """
        for (variables, isASCII) in [
            (["LC_ALL": "C"], true), (["LC_ALL": "", "LC_CTYPE": "POSIX"], true),
            (["LC_ALL": "C.UTF-8"], false), (["LC_ALL": "", "LC_CTYPE": "", "LANG": ""], false),
        ] {
            for command in ["scan", "explain"] {
                let result = try BuiltExecutable.run(
                    [command], input: Array(deployment.utf8), environment: variables)
                #expect(result.output.allSatisfy { $0 < 0x80 } == isASCII, "\(variables): \(result.text)")
                #expect(result.output.count > 100)
            }
        }
    }

    @Test
    func `certs makes the folder that it is told to write into`() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "certs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: base) }
        let folder = base.appending(path: "a/b").path
        let result = try BuiltExecutable.run(["certs", "a.test", "--directory", folder + "/"])
        #expect(result.status == 0, "\(result.error)")
        #expect(FileManager.default.fileExists(atPath: folder + "/tls.crt"))
    }
}
