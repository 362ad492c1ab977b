import Catalogue
import JSON
import Testing
import UWSGI

/// The catalogue as a file, and what is found in it.
@Suite struct ImageCatalogueTests {
    static func digest(_ digit: Character) -> ImageDigest {
        ImageDigest(hexadecimal: String(repeating: digit, count: 64)) ?? digest("0")
    }

    static func entry(_ digit: Character, references: Set<String> = []) -> CatalogueEntry {
        CatalogueEntry(
            digest: digest(digit), references: references, platform: "linux/amd64", entrypoint: ["/entry"],
            cmd: ["uwsgi"], read: "2026-11-25T12:00:00Z")
    }

    @Test func `A digest is the image itself and a tag only what it meant`() throws {
        var catalogue = ImageCatalogue()
        var entry = Self.entry("a", references: ["docker.io/library/app:1"])
        entry.digests = [Self.digest("b")]
        catalogue.add(entry)
        for name in ["app@\(entry.digest)", "ghcr.io/other@\(Self.digest("b"))", "app:1@\(entry.digest)"] {
            let found = catalogue.configuration(ofImage: name)
            #expect(found.match == .digest && found.configuration?.isExact == true, "\(name)")
        }
        for name in ["app:1", "library/app:1", "docker.io/app:1", "index.docker.io/library/app:1"] {
            let found = catalogue.configuration(ofImage: name)
            #expect(found.match == .tag && found.configuration?.isExact == false, "\(name)")
            #expect(found.configuration?.evidence.contains("2026-11-25T12:00:00Z") == true)
        }
        // A digest that is not known is another image, whatever tag stands before it.
        for name in ["app:1@\(Self.digest("c"))", "app", "app:2", "ghcr.io/app:1", ""] {
            #expect(catalogue.configuration(ofImage: name).match == .unknown, "\(name)")
        }
    }

    @Test func `A tag moves to the image that was read last`() throws {
        var catalogue = ImageCatalogue()
        catalogue.add(Self.entry("a", references: ["docker.io/library/app:1", "docker.io/library/app:2"]))
        catalogue.add(Self.entry("b", references: ["docker.io/library/app:1"]))
        let reference = try #require(ImageReference("app:1"))
        #expect(catalogue.entry(reference)?.digest == Self.digest("b"))
        #expect(catalogue.entry(Self.digest("a"))?.references == ["docker.io/library/app:2"])
        #expect(catalogue.count == 2)
    }

    @Test func `Lines of one image are one image, which is what the last of them says`() throws {
        let digests = ["a", "b", "c"].map { Self.digest($0).description }
        let app = "docker.io/library/app"
        let text = """
            {"digest": "\(digests[0])", "cmd": ["old"], "references": ["\(app):1", "\(app):2"], "digests": ["\(digests[1])"]}
            {"digest": "\(digests[2])", "cmd": ["other"], "references": ["\(app):2"]}
            {"digest": "\(digests[0])", "cmd": ["new"], "references": ["\(app):3"]}
            """
        let read = try ImageCatalogue(reading: Array(text.utf8))
        var added = ImageCatalogue()
        for line in text.split(separator: "\n") {
            try ImageCatalogue(reading: Array(line.utf8)).entries.forEach { added.add($0) }
        }
        for catalogue in [read, added] {
            let commands = [
                "app:1", "app:2", "app:3", "x@\(digests[0])", "x@\(digests[1])", "x@\(digests[2])",
            ].map {
                catalogue.configuration(ofImage: $0).configuration?.command.first
            }
            #expect(commands == ["new", "other", "new", "new", "new", "other"])
            #expect(catalogue.count == 2)
        }
        #expect(read.bytes == added.bytes)
    }

    @Test func `The same images give the same bytes, in any order`() throws {
        let entries = "0123456789abcdef".map { Self.entry($0, references: ["docker.io/library/app:\($0)"]) }
        var one = ImageCatalogue()
        for entry in entries { one.add(entry) }
        var other = ImageCatalogue()
        for entry in entries.reversed() { other.add(entry) }
        #expect(one.bytes == other.bytes)
        #expect(try ImageCatalogue(reading: one.bytes).bytes == one.bytes)
    }

    @Test func `Every member survives writing and reading, whatever stands in it`() throws {
        var entry = Self.entry("a")
        entry.cmd = ["sh", "-c", "a\n\"b\" \u{1B}[31m \u{202E} é"]
        entry.environment = [
            EnvironmentVariable(name: "PATH", value: .literal("/bin")),
            EnvironmentVariable(name: "SECRET", value: .reference),
        ]
        entry.workingDirectory = "/app"
        entry.user = "app"
        entry.files = [.init(path: "/entry", text: "#!/bin/sh\nexec \"$@\"\n")]
        entry.omitted = [.init(path: "/big", reason: "larger than 64 KiB")]
        var catalogue = ImageCatalogue()
        catalogue.add(entry)
        #expect(try ImageCatalogue(reading: catalogue.bytes).entries == [entry])
        #expect(catalogue.bytes.count { $0 == 0x0A } == 1)
    }

    @Test(arguments: [
        ("{}", "line 1: digest"), ("\n\nx", "line 3: not valid JSON"), ("[]", "line 1: not an object"),
        (#"{"digest": "sha256:00"}"#, "line 1: digest"),
        (#"{"digest": "\#(digest("a"))", "cmd": "uwsgi"}"#, "line 1: cmd is not a list"),
        (#"{"digest": "\#(digest("a"))", "cmd": [1]}"#, "line 1: cmd holds"),
        (#"{"digest": "\#(digest("a"))", "files": ["x"]}"#, "line 1: files holds"),
        (#"{"digest": "\#(digest("a"))", "references": ["@"]}"#, "line 1: references holds"),
    ])
    func `What is not a catalogue is named by its line`(_ text: String, _ start: String) throws {
        let error = #expect(throws: CatalogueError.self) { try ImageCatalogue(reading: Array(text.utf8)) }
        #expect(error?.description.hasPrefix(start) == true, "\(String(describing: error))")
    }

    @Test func `Unknown members are ignored`() throws {
        let text = #"{"digest": "\#(Self.digest("a"))", "later": [{}], "cmd": ["uwsgi"]}"#
        #expect(try ImageCatalogue(reading: Array(text.utf8)).entries.first?.cmd == ["uwsgi"])
    }

    @Test func `Only values that the start needs are kept`() {
        var entry = Self.entry("a")
        entry.cmd = ["sh", "-c", "exec uwsgi --http $HOST"]
        entry.files = [.init(path: "/a", text: "echo ${FROM_FILE:-x}")]
        let names = ["PATH", "UWSGI_HTTP", "HOST", "FROM_FILE", "HOSTNAME", "PASSWORD", "FROM"]
        entry.environment = names.map { EnvironmentVariable(name: $0, value: .literal("secret")) }
        entry.dropNeedlessValues()
        let kept = entry.environment.filter { $0.value != .reference }.map(\.name)
        #expect(kept == ["PATH", "UWSGI_HTTP", "HOST", "FROM_FILE"])
    }
}
