import Foundation
import Images
import TestSupport
import Testing

/// Tar archives: those that real programs write, and wrong ones.
@Suite struct TarReaderTests {
    /// All entries, and the texts of files, read in chunks of a size.
    static func read(_ bytes: [UInt8], chunk size: Int = 700) throws -> [(TarReader.Entry, [UInt8])] {
        var rest = bytes[...]
        var reader = TarReader(mostEntries: 1000) {
            let chunk = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            return chunk
        }
        var entries: [(TarReader.Entry, [UInt8])] = []
        while let entry = try reader.next() {
            // Of every other one the content is passed over.
            entries.append((entry, entries.count % 2 == 0 ? try reader.content() : []))
        }
        return entries
    }

    @Test(arguments: ["ustar", "pax", "gnu", "oldgnu", "v7"])
    func `Archives of GNU tar are read in every format`(_ format: String) throws {
        let folder = try TemporaryFolder()
        // The target of a link has no room for more in the old formats.
        let isOld = format == "v7" || format == "ustar"
        let deep = isOld ? "a" : String(repeating: "folder-of-some-length/", count: 6)
        try FileManager.default.createDirectory(
            atPath: folder.path("tree/\(deep)"), withIntermediateDirectories: true)
        try folder.write("#!/bin/sh\nexec uwsgi\n", to: "tree/\(deep)/start.sh")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("tree/link"), withDestinationPath: "\(deep)/start.sh")
        try FileManager.default.linkItem(
            atPath: folder.path("tree/\(deep)/start.sh"), toPath: folder.path("tree/z-hard"))
        let long = String(repeating: "folder-of-some-length/", count: format == "v7" ? 2 : 6)
        try FileManager.default.createDirectory(
            atPath: folder.path("tree/\(long)"), withIntermediateDirectories: true)
        try folder.write("x", to: "tree/\(long)other")
        let made = try Program.run(
            named: "tar", ["--format", format, "--sort=name", "-C", folder.path("tree"), "-cf", "-", "."])
        try #require(made.status == 0, "\(made.error)")
        for size in [1, 511, 4096, 1 << 20] {
            let entries = try Self.read(made.output, chunk: size).map(\.0)
            let path = "./" + deep + (deep.hasSuffix("/") ? "" : "/") + "start.sh"
            #expect(entries.contains { $0.path == path && $0.kind == .file && $0.size == 21 }, "\(entries)")
            #expect(entries.contains { $0.path == "./\(long)other" && $0.kind == .file })
            let target = "\(deep)/start.sh"
            #expect(
                entries.contains { $0.path == "./link" && $0.kind == .symbolicLink && $0.target == target })
            #expect(entries.contains { $0.path == "./z-hard" && $0.kind == .hardLink && $0.target == path })
        }
    }

    @Test func `Sparse files are told apart from texts`() throws {
        let folder = try TemporaryFolder()
        let made = try Program.run(
            named: "sh",
            [
                "-c",
                "truncate -s 1M s && printf x >> s && printf after > t && tar --format=$1 -cSf - s t",
                "sh", "gnu",
            ], directory: folder.path)
        let entries = try Self.read(made.output).map(\.0)
        #expect(entries.map(\.kind) == [.sparseFile, .file])
        #expect(entries.last?.path == "t")
    }

    @Test func `Content begins where the entry says`() throws {
        let bytes = TarBytes.archive([TarBytes.file("a", "first"), TarBytes.file("b", "second")])
        for (entry, _) in try Self.read(bytes) {
            let content = bytes[entry.offset..<(entry.offset + entry.size)]
            #expect(String(decoding: content, as: UTF8.self) == (entry.path == "a" ? "first" : "second"))
        }
    }

    @Test func `An archive that is cut off anywhere is an error or ends between entries`() throws {
        let bytes = Array([TarBytes.file("a", "first"), TarBytes.file("b", "second")].joined())
        for count in 0..<bytes.count {
            let result = Result { try Self.read(Array(bytes.prefix(count))) }
            switch result {
            case .success(let entries): #expect(count % 1024 == 0 && entries.count == count / 1024)
            case .failure(let error): #expect(error as? TarError == .truncated, "\(count): \(error)")
            }
        }
    }

    @Test func `What is not an archive is an error`() throws {
        func error(_ bytes: [UInt8]) -> TarError? {
            do {
                _ = try Self.read(bytes)
                return nil
            } catch { return error as? TarError }
        }
        #expect(error([UInt8](repeating: 0x41, count: 512)) == .notANumber)
        var bad = TarBytes.archive([TarBytes.file("a", "x")])
        bad[0] = UInt8(ascii: "b")
        #expect(error(bad) == .notAHeader)
        let pax = TarBytes.entry("x", type: "x", content: Array("99 path=a\n".utf8))
        #expect(error(TarBytes.archive([pax])) == .badPaxRecord)
        let huge = TarBytes.entry("x", type: "L", size: 1 << 30)
        #expect(error(TarBytes.archive([huge])) == .longName(limit: 1 << 20))
        let many = Array(repeating: TarBytes.file("a", ""), count: 1001)
        #expect(error(TarBytes.archive(many)) == .tooManyEntries(limit: 1000))
    }
}
