import Catalogue
import Images
import Testing
import UWSGI

/// Images read from their layers: what wins, what is kept, and what is refused.
@Suite struct ImageReaderTests {
    private static let start = #"{"Entrypoint": ["/start.sh"]}"#

    private func files(_ layers: [[[UInt8]]]) throws -> [String: String] { try files(Self.start, layers) }

    private func files(_ config: String, _ layers: [[[UInt8]]]) throws -> [String: String] {
        let entry = try TestLayout.entry(config, layers.map(TarBytes.archive))
        return Dictionary(uniqueKeysWithValues: entry.files.map { ($0.path, $0.text) })
    }

    @Test func `The configuration is kept, and of the files what the start names`() throws {
        let config = """
            {"Entrypoint": ["/entry.sh"], "Cmd": ["uwsgi", "--max-fd", "$FD"], "Env": ["PATH=/bin", "FD=100", "KEY=s"],
             "WorkingDir": "/app", "User": "app"}
            """
        let layer = TarBytes.archive([
            TarBytes.file("entry.sh", "#!/bin/sh\n. /app/env.sh\nexec \"$@\"\n"),
            TarBytes.file("app/env.sh", "export X=1\n"), TarBytes.file("other.sh", "exec uwsgi"),
        ])
        let entry = try TestLayout.entry(config, [layer])
        #expect(entry.entrypoint == ["/entry.sh"] && entry.cmd == ["uwsgi", "--max-fd", "$FD"])
        #expect(entry.platform == "linux/amd64" && entry.workingDirectory == "/app" && entry.user == "app")
        #expect(entry.files.map(\.path) == ["/app/env.sh", "/entry.sh"])
        #expect(
            entry.environment == [
                EnvironmentVariable(name: "PATH", value: .literal("/bin")),
                EnvironmentVariable(name: "FD", value: .literal("100")),
                EnvironmentVariable(name: "KEY", value: .reference),
            ])
    }

    @Test func `A later layer wins, and whiteouts take away`() throws {
        let one = TarBytes.file("start.sh", "one")
        #expect(try files([[one], [TarBytes.file("start.sh", "two")]]) == ["/start.sh": "two"])
        #expect(try files([[one], [TarBytes.file(".wh.start.sh", "")]]).isEmpty)
        #expect(try files([[one], [TarBytes.file(".wh..wh..opq", "")]]).isEmpty)
        // Within a layer a whiteout takes away only what lower layers hold, whatever the order.
        let both = [TarBytes.file("start.sh", "two"), TarBytes.file(".wh.start.sh", "")]
        #expect(try files([[one], both]) == ["/start.sh": "two"])
        #expect(try files([[one], both.reversed()]) == ["/start.sh": "two"])
        #expect(try files([[one], [TarBytes.folder("start.sh")]]).isEmpty)
    }

    @Test func `Whiteouts of folders take away what is below`() throws {
        let config = #"{"Entrypoint": ["/a/b/start.sh"]}"#
        let one = TarBytes.file("a/b/start.sh", "one")
        #expect(try files(config, [[one]]) == ["/a/b/start.sh": "one"])
        #expect(try files(config, [[one], [TarBytes.file(".wh.a", "")]]).isEmpty)
        #expect(try files(config, [[one], [TarBytes.file("a/.wh..wh..opq", "")]]).isEmpty)
        #expect(try files(config, [[one], [TarBytes.file("a/.wh.c", "")]]).count == 1)
        // A file in the place of a folder, and a folder that is there already.
        #expect(try files(config, [[one], [TarBytes.file("a", "")]]).isEmpty)
        #expect(try files(config, [[one], [TarBytes.folder("a/")]]).count == 1)
        let opaqueWithNew = [TarBytes.file("a/b/start.sh", "two"), TarBytes.file("a/.wh..wh..opq", "")]
        #expect(try files(config, [[one], opaqueWithNew]) == ["/a/b/start.sh": "two"])
    }

    @Test func `Links are followed inside the image`() throws {
        let text = TarBytes.file("srv/app/real.sh", "exec uwsgi")
        for target in ["/srv/app/real.sh", "srv/app/real.sh", "../../srv/./app/real.sh"] {
            #expect(
                try files([[TarBytes.link("start.sh", to: target), text]]) == ["/start.sh": "exec uwsgi"])
        }
        // A folder on the way, and a link in a later layer.
        let config = #"{"Entrypoint": ["/app/real.sh"]}"#
        let folder = TarBytes.link("app", to: "srv/app")
        #expect(try files(config, [[text], [folder]]) == ["/app/real.sh": "exec uwsgi"])
        let hard = TarBytes.entry("start.sh", type: "1", target: "srv/app/real.sh")
        #expect(try files([[text, hard]]) == ["/start.sh": "exec uwsgi"])
        // In the place of the link, something else.
        #expect(try files(config, [[text, folder], [TarBytes.folder("app")]]).isEmpty)
    }

    @Test func `Links in circles end`() throws {
        let entry = try TestLayout.entry(
            Self.start,
            [TarBytes.archive([TarBytes.link("start.sh", to: "b"), TarBytes.link("b", to: "start.sh")])])
        #expect(entry.omitted.map(\.reason) == ["symbolic links that lead in circles"])
    }

    @Test func `What is not kept is named with its reason`() throws {
        func reason(_ entry: [UInt8]) throws -> String? {
            try TestLayout.entry(Self.start, [TarBytes.archive([entry])]).omitted.first?.reason
        }
        #expect(try reason(TarBytes.entry("start.sh", content: [0x7F, 0x45, 0])) == "a program, not a text")
        let big = [UInt8](repeating: 0x20, count: 65_537)
        #expect(try reason(TarBytes.entry("start.sh", content: big)) == "larger than 64 KiB")
        #expect(try reason(TarBytes.entry("start.sh", content: Array(big.dropLast()))) == nil)
        #expect(try reason(TarBytes.entry("start.sh", type: "6")) == "not a regular file")
        #expect(try reason(TarBytes.file("x", "")) == "not in the image")
        // Bytes that are not UTF-8 become longer when they are replaced: the bound holds for what is kept.
        let latin = [UInt8](repeating: 0xE9, count: 40_000)
        #expect(try reason(TarBytes.entry("start.sh", content: latin)) == "larger than 64 KiB")
    }

    @Test func `A script that is not UTF-8 is read`() throws {
        let script = Array("#!/bin/sh\n# d".utf8) + [0xE9, 0x0A] + Array("exec uwsgi\n".utf8)
        let found = try files([[TarBytes.entry("start.sh", content: script)]])
        #expect(found["/start.sh"]?.hasSuffix("\nexec uwsgi\n") == true)
    }

    @Test(arguments: ["gzip", "zstd"])
    func `Compressed layers are read`(_ program: String) throws {
        let padding = TarBytes.entry("usr/lib/x", content: (0..<500_000).map { UInt8($0 * $0 % 251) })
        let layer = TarBytes.archive([padding, TarBytes.file("start.sh", "exec uwsgi")])
        let entry = try TestLayout.entry(Self.start, [try compressed(layer, by: program)])
        #expect(entry.files.first?.text == "exec uwsgi")
    }

    @Test(arguments: ["gzip", "zstd"])
    func `A bomb ends in an error`(_ program: String) throws {
        // 512 MiB of zeros as one file's content.
        let header = TarBytes.entry("zeros", size: 512 << 20)
        let bomb = try compressed(header + [UInt8](repeating: 0, count: 512 << 20), by: program)
        let error = #expect(throws: ImageError.self) { try TestLayout.entry(Self.start, [bomb]) }
        #expect(
            error?.description.contains("its content has more than") == true, "\(String(describing: error))")
    }

    @Test(arguments: ["gzip", "zstd", "none"])
    func `A layer that is damaged or cut off is an error`(_ program: String) throws {
        let archive = TarBytes.archive([
            TarBytes.file("start.sh", String(repeating: "exec uwsgi\n", count: 99))
        ])
        let layer = program == "none" ? archive : try compressed(archive, by: program)
        for bytes in [Array(layer.prefix(layer.count / 2)), Array(layer.dropLast(600))] where !bytes.isEmpty {
            let layout = TestLayout()
            layout.setIndex([try layout.addImage(Self.start, layers: [bytes])])
            if program != "none" {
                #expect(throws: ImageError.self) { try layout.entry() }
            }
        }
        let layout = TestLayout()
        layout.setIndex([try layout.addImage(Self.start, layers: [layer])])
        layout.damage("blobs/sha256/" + (try TestLayout.digest(layer)).dropFirst(7))
        #expect(throws: ImageError.self) { try layout.entry() }
    }

    @Test func `A layer with another digest is refused even where it can be read`() throws {
        let layer = TarBytes.archive([TarBytes.file("start.sh", "exec uwsgi")])
        let layout = TestLayout()
        layout.setIndex([try layout.addImage(Self.start, layers: [layer])])
        // The last byte stands behind the archive's end.
        let path = "blobs/sha256/" + (try TestLayout.digest(layer)).dropFirst(7)
        layout.replace(path, with: layer + [1])
        let error = #expect(throws: ImageError.self) { try layout.entry() }
        #expect(error?.description.contains("the content's digest is") == true)
    }

    @Test func `What a script names is read in the next round, until nothing is left`() throws {
        let layer = TarBytes.archive(
            (0..<6).map { TarBytes.file("s\($0).sh", ". /s\($0 + 1).sh\n") } + [
                TarBytes.file("s6.sh", "exec uwsgi\n")
            ])
        let entry = try TestLayout.entry(#"{"Cmd": ["/s0.sh"]}"#, [layer])
        #expect(entry.files.map(\.path) == (0...6).map { "/s\($0).sh" })
    }

    @Test func `What containers name by commands of their own is read too`() throws {
        let layout = TestLayout()
        let layer = TarBytes.archive([
            TarBytes.file("worker.sh", "exec uwsgi"), TarBytes.file("start.sh", "x"),
        ])
        layout.setIndex([try layout.addImage(Self.start, layers: [layer])])
        let container = ContainerSpecification(image: "app", command: ["/worker.sh"])
        #expect(try layout.entry(asking: [container]).files.map(\.path) == ["/start.sh", "/worker.sh"])
    }

    @Test func `A program without a folder is looked for along PATH`() throws {
        let config = #"{"Entrypoint": ["entry.sh"], "Cmd": ["uwsgi"], "Env": ["PATH=/opt/bin:/usr/bin"]}"#
        let found = try files(config, [[TarBytes.file("usr/bin/entry.sh", "exec \"$@\"")]])
        #expect(found == ["/usr/bin/entry.sh": "exec \"$@\""])
        let entry = try TestLayout.entry(
            config, [TarBytes.archive([TarBytes.file("usr/bin/entry.sh", "exec \"$@\"")])])
        #expect(entry.omitted.isEmpty)
    }

    @Test func `More files than are kept are named`() throws {
        let lines = (0..<80).map { ". /f\($0)\n" }.joined()
        let layer = TarBytes.archive(
            [TarBytes.file("start.sh", lines)] + (0..<80).map { TarBytes.file("f\($0)", "") })
        let entry = try TestLayout.entry(Self.start, [layer])
        #expect(entry.files.count == CatalogueEntry.mostFiles)
        #expect(entry.omitted.allSatisfy { $0.reason.contains("files are named") })
    }
}
