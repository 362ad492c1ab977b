import Admission
import JSON
import TestSupport
import Testing
import YAML

@testable import Manifests

/// The same bytes again and again: a stream of any length that takes no memory.
private struct RepeatedChunk: ByteSource {
    let chunk: [UInt8]
    var count: Int

    mutating func nextChunk() -> [UInt8] {
        guard count > 0 else { return [] }
        count -= 1
        return chunk
    }
}

/// How often in a row a byte stands.
private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

@Suite
struct ManifestLimitsTests {
    private func error(_ text: String) -> ManifestError? {
        do throws(ManifestError) {
            _ = try ManifestReader.documents(in: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    // MARK: - Streams

    @Test(arguments: [
        "x\n", "x", "\"x\n", "# x\n", "- x\n", "{\"a\":\n", "[{\"a\":\"", "a: |\n", " \"", "[1,", "{ ",
    ])
    func
        `A document that never ends is an error at the limit, wherever its lines and blanks fall in the chunks`(
            text: String
        ) throws
    {
        let chunk = Array(repeated(text, 4096 / text.utf8.count).utf8)
        var splitter = ManifestSplitter(RepeatedChunk(chunk: chunk, count: 1000), largestPiece: 1 << 16)
        var pieces = 0
        #expect(throws: ManifestError.self) {
            while try splitter.next() != nil { pieces += 1 }
        }
        #expect(pieces <= 1)
        #expect(splitter.window.bytesRead < 1 << 18)
    }

    @Test
    func `Blank lines, blanks between items and behind them are let go, however many there are`() throws {
        let blank = [UInt8](repeating: 0x0A, count: 4096)
        var between = ManifestSplitter(RepeatedChunk(chunk: blank, count: 1000), largestPiece: 1 << 16)
        #expect(try between.next() == nil)
        #expect(between.window.bytes.count < 1 << 18)
        for text in ["[{\"a\": 1},", "{\"items\":[{}],", "{\"items\":[{}", "{}"] {
            var scan = Scan(settings: ScanSettings(largestDocument: 1 << 16))
            scan.read(
                Joined(first: Array(text.utf8), rest: RepeatedChunk(chunk: blank, count: 200)), file: "a")
            let reasons = scan.report().problems.map(\.reason)
            #expect(!reasons.contains { $0.contains("more than") }, "\(text): \(reasons)")
        }
    }

    private struct Joined: ByteSource {
        var first: [UInt8]
        var rest: RepeatedChunk

        mutating func nextChunk() -> [UInt8] {
            defer { first = [] }
            return first.isEmpty ? rest.nextChunk() : first
        }
    }

    @Test
    func `Very many small documents leave nothing behind in the window`() throws {
        let chunk = Array(repeated("---\na: b\n", 400).utf8)
        var splitter = ManifestSplitter(RepeatedChunk(chunk: chunk, count: 100), largestPiece: 1 << 16)
        var count = 0
        var largest = 0
        while try splitter.next() != nil {
            count += 1
            largest = max(largest, splitter.window.bytes.count)
        }
        #expect(count == 40_000 && largest < 1 << 18)
    }

    @Test
    func `A document of more values than any object has is refused, one of many is read`() {
        #expect(error(repeated("-\n", YAMLParser.mostNodes + 10))?.reason.contains("values") == true)
        #expect(error(repeated("- a\n", 10_000)) == nil)
        // A stream of JSON documents is YAML: what it is said to be is not "not valid JSON".
        let flow = "[" + repeated("1,", YAMLParser.mostNodes + 10) + "1]\n---\n{}"
        #expect(error(flow)?.reason.contains("values") == true)
    }

    // MARK: - Aliases and merges

    @Test
    func `Merges that multiply are refused before they take memory`() {
        let base = "a: &a {" + (0..<1000).map { "k\($0): 1" }.joined(separator: ", ") + "}\n"
        #expect(error(base + "b: {<<: *a}\n") == nil)
        let list = base + "b: {<<: [" + repeated("*a,", 60_000) + "*a]}\n"
        #expect(error(list)?.reason.contains("merges") == true)
        // Merges of nothing take no memory, and time.
        var empty = "a0: &a0 {}\n"
        for level in 1...8 {
            empty += "a\(level): &a\(level) {<<: [" + repeated("*a\(level - 1),", 50) + "*a\(level - 1)]}\n"
        }
        #expect(error(empty)?.reason.contains("merge") == true)
    }

    @Test
    func `Aliases that multiply are refused, those of anchors that hold very much too`() {
        var bomb = "a0: &a0 [\(repeated("x,", 50))x]\n"
        for level in 1...12 {
            bomb += "a\(level): &a\(level) [" + repeated("*a\(level - 1),", 10) + "]\n"
        }
        #expect(error(bomb)?.reason.contains("aliases") == true)
    }

    @Test
    func `Aliases that nest deeper than brackets may are refused: letting go of them would be as deep`() {
        var chain = "a0: &a0 [x]\n"
        for level in 1...20_000 { chain += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        let isRefused = Recorded(false)
        let text = chain
        #expect(
            onSmallStack {
                isRefused.value = error(text)?.reason.contains("nested deeper") == true
            })
        #expect(isRefused.value)
    }

    /// Written by the one thread that is joined before it is read.
    private final class Recorded<Value>: @unchecked Sendable {
        var value: Value
        init(_ value: Value) { self.value = value }
    }

    // MARK: - Depth

    /// Texts that nest without end, or as deep as they may; with how many documents come of each.
    static let deep: [(name: String, text: String, isRead: Bool)] = [
        ("flow sequences", repeated("[", 100_000), false),
        ("flow sequences, closed", repeated("[", 50_000) + repeated("]", 50_000), false),
        ("as many as may be", "a: " + repeated("[", 250) + repeated("]", 250), true),
        ("flow mappings", repeated("{a: ", 50_000), false),
        ("flow mappings, as many as may be", repeated("{a: ", 250) + "b" + repeated("}", 250), true),
        ("block sequences", repeated("- ", 50_000), false),
        ("block sequences, as many as may be", repeated("- ", 250) + "a", true),
        ("keys", repeated("? ", 50_000), false),
        ("JSON arrays", "[{\"a\":" + repeated("[", 100_000), false),
        ("JSON arrays, closed", "{\"a\":" + repeated("[", 50_000) + repeated("]", 50_000) + "}", false),
        ("JSON objects, as many as may be", repeated("{\"a\":", 250) + "1" + repeated("}", 250), true),
        (
            "Lists", repeated("{\"kind\":\"List\",\"items\":[", 60) + repeated("]}", 60), true
        ),
        (
            "containers below what nests",
            "kind: X\nspec: " + repeated("{a: ", 240)
                + "{containers: [{image: i, command: [uwsgi]}]}" + repeated("}", 240), true
        ),
        (
            "merges", "a: " + repeated("{<<: ", 200) + "{b: 1}" + repeated("}", 200), false
        ),
    ]

    @Test(arguments: deep.indices)
    func `What nests is read or refused on a stack of 512 KiB`(index: Int) {
        let (name, text, isRead) = Self.deep[index]
        let wasRead = Recorded<Bool?>(nil)
        #expect(
            onSmallStack {
                let documents = try? ManifestReader.documents(in: Array(text.utf8))
                wasRead.value = documents != nil
                for document in documents ?? [] { _ = document.lines.line(of: repeated("/a/0", 300)) }
                var scan = Scan(settings: ScanSettings())
                scan.read(ByteArraySource(Array(text.utf8)), file: "a")
                _ = scan.report()
                _ = ManifestFix(Array(("# c\n" + text).utf8), settings: ScanSettings())
            }, "\(name)")
        #expect(wasRead.value == isRead, "\(name)")
    }

    @Test
    func `A fix of a document that nests as deep as it may compares it on a stack of 512 KiB`() {
        let text = """
            kind: Pod
            spec:
              other: \(repeated("{a: ", 240))b\(repeated("}", 240))
              containers:
              - name: c
                command: [uwsgi]

            """
        let count = Recorded(0)
        #expect(
            onSmallStack { count.value = ManifestFix(Array(text.utf8), settings: ScanSettings()).changeCount }
        )
        #expect(count.value == 1)
    }

    // MARK: - Work

    @Test
    func `A fix reads a document once to see what it does, however many containers and annotations it has`()
        throws
    {
        let annotations = (0..<60_000).map { "    a\($0): b" }.joined(separator: "\n")
        let containers = (0..<400).map { "  - name: c\($0)\n    command: [uwsgi]" }.joined(separator: "\n")
        let text = """
            kind: Pod
            metadata:
              annotations:
            \(annotations)
            spec:
              containers:
            \(containers)

            """
        let document = try #require(ManifestReader.documents(in: Array(text.utf8)).first)
        var edit = try YAMLEdit(Array(text.utf8), bytesToRead: .max)
        let change = try #require(try environmentChange(document.value))
        let changes = (0..<400).map {
            YAMLEdit.Change.environment(change, container: "/spec/containers/\($0)")
        }
        #expect(edit.apply(changes).isEmpty)
        #expect(edit.readings == 1)
        // One that cannot be made costs a few more, and not one for each.
        let kept = "\n    env:\n    - name: A\n      value: |+\n        kept\n\n"
        var other = try YAMLEdit(
            Array(text.replacing("c7\n    command: [uwsgi]\n", with: "c7\n    command: [uwsgi]\(kept)").utf8),
            bytesToRead: .max)
        #expect(other.apply(changes).isEmpty)
        #expect((3..<40).contains(other.readings))
    }

    /// Where every change makes the document larger than what is read, looking for those that can be made would read it
    /// for each.
    @Test func `A document that changes would make too large is read once, and left as it is`() throws {
        let containers = (0..<8).map { "  - name: c\($0)\n    command: [uwsgi]\n" }.joined()
        let filler = String(repeating: "0,", count: YAMLParser.mostNodes - 90)
        let text = "kind: Pod\nx: [\(filler)]\nspec:\n  containers:\n\(containers)"
        let value = try #require(
            ManifestReader.documents(in: Array("spec: {containers: [{name: c, command: [uwsgi]}]}".utf8))
                .first?.value)
        let change = try #require(try environmentChange(value))
        var edit = try YAMLEdit(Array(text.utf8), bytesToRead: .max)
        let refused = edit.apply(
            (0..<8).map { .environment(change, container: "/spec/containers/\($0)") })
        #expect(refused.count == 8 && edit.readings == 1)
        #expect(refused.values.allSatisfy { $0.reason.contains("more than \(YAMLParser.mostNodes) values") })
    }

    @Test(arguments: [(1, 0), (3, 0), (200, 40)])
    func `Looking for changes that can be made ends where as much was read as may be`(
        _ texts: Int, _ atLeast: Int
    ) throws {
        // The blank lines belong to the text, and a variable behind them would take one away: before it there is room.
        let containers = (0..<40).map {
            "  - name: c\($0)\n    command: [uwsgi]\n    env:\n    - name: A\n      value: |+\n        kept\n\n"
        }.joined()
        let text = Array("kind: Pod\nspec:\n  containers:\n\(containers)".utf8)
        let value = try #require(ManifestReader.documents(in: text).first?.value)
        let change = try #require(try environmentChange(value))
        var edit = try YAMLEdit(text, bytesToRead: texts * text.count)
        let refused = edit.apply(
            (0..<40).map { .environment(change, container: "/spec/containers/\($0)") })
        #expect(edit.readings <= texts && 40 - refused.count >= min(atLeast, 40))
        #expect(
            refused.values.allSatisfy { $0.reason == "too many containers of its file cannot be changed" })
    }

    private func environmentChange(_ value: JSONValue) throws -> EnvironmentChange? {
        let previews = try PolicyPreview.all(ofPodsIn: value, kind: "Pod", settings: AdmissionSettings())
            .previews
        return previews.first?.findings.first.flatMap { EnvironmentChange($0, maxFD: 4096) }
    }

    @Test
    func `The lines of one thing after the other are found by reading the document once`() throws {
        let count = 20_000
        let json =
            "{\"spec\":{\"containers\":[\n" + (0..<count).map { "{\"n\":\($0)}" }.joined(separator: ",\n")
            + "]}}"
        let yaml = "spec:\n  containers:\n" + (0..<count).map { "  - n: \($0)\n" }.joined()
        let asJSON = try #require(ManifestReader.documents(in: Array(json.utf8)).first)
        let asYAML = try #require(ManifestReader.documents(in: Array(yaml.utf8)).first)
        for index in 0..<count {
            guard asJSON.lines.line(of: "/spec/containers/\(index)") == index + 2,
                asYAML.lines.line(of: "/spec/containers/\(index)") == index + 3
            else {
                Issue.record("item \(index)")
                return
            }
        }
        // Backwards it has to begin again, and is right still.
        #expect(asJSON.lines.line(of: "/spec/containers/3") == 5)
        #expect(asJSON.lines.line(of: "/spec") == 1 && asJSON.lines.line(of: "/nothing") == 1)
        #expect(asYAML.lines.line(of: "/spec/containers/3") == 6 && asYAML.lines.line(of: "/spec") == 1)
    }

    @Test func `The lines of an object's members are found in whatever order they are asked for`() throws {
        let count = 20_000
        let json =
            "{\"data\":{\n" + (0..<count).map { "\"k\($0)\":[{}, \"}\"]" }.joined(separator: ",\n") + "}}"
        let yaml = "base: &base\n  b: 1\ndata:\n  <<: *base\n" + (0..<count).map { "  k\($0): x\n" }.joined()
        let asJSON = try #require(ManifestReader.documents(in: Array(json.utf8)).first)
        let asYAML = try #require(ManifestReader.documents(in: Array(yaml.utf8)).first)
        // 7 and 20,000 have no divisor in common: each comes once.
        let order = (0..<count).map { $0 * 7 % count }
        #expect(order.allSatisfy { asJSON.lines.line(of: "/data/k\($0)") == $0 + 2 })
        #expect(order.allSatisfy { asYAML.lines.line(of: "/data/k\($0)") == $0 + 5 })
        #expect(asYAML.lines.line(of: "/data/b") == 2 && asYAML.lines.line(of: "/data/other") == 3)
        #expect(asJSON.lines.line(of: "/data/other") == 1 && asJSON.lines.line(of: "/data/k3/1") == 5)
    }

    @Test func `Of two members of one name the first is meant, whether it was passed or not`() throws {
        let bytes = Array("{\"a\": 1,\n\"b\": 1,\n\"a\": 2,\n\"\": {\"\":\n3}}".utf8)
        var locator = JSONLocator(bytes)
        let pointers = ["/b", "/a", "/c", "/a", "/b", "//", "/"]
        #expect(pointers.map { locator.lineOffset(of: $0) } == [1, 0, 0, 0, 1, 4, 3])
    }

    @Test(arguments: ["x", "ä", "🦄", "€"])
    func `Places on a line that is very long and not all ASCII are found`(character: String) throws {
        let line = repeated(character, 5000) + "{" + repeated(character, 3000) + "}"
        let lines = SourceLines(Array(("a\n" + line + "\nb").utf8))
        #expect(lines.byte(at: YAMLMark(line: 2, column: 5001)) == UInt8(ascii: "{"))
        #expect(lines.byte(at: YAMLMark(line: 2, column: 8002)) == UInt8(ascii: "}"))
        #expect(lines.byte(at: YAMLMark(line: 2, column: 8004)) == nil)
        #expect(lines.byte(at: YAMLMark(line: 2, column: 1)) == Array(character.utf8).first)
        #expect(lines.byte(at: YAMLMark(line: 3, column: 1)) == UInt8(ascii: "b"))
    }
}
