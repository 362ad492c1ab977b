import JSON
import Testing

@testable import Manifests

@Suite
struct ManifestSplitterTests {
    struct Piece: Equatable, CustomStringConvertible {
        let text: String
        let line: Int
        var kind: String?

        init(_ text: String, _ line: Int, kind: String? = nil) {
            self.text = text
            self.line = line
            self.kind = kind
        }

        var description: String { "\(line): \(text)" }
    }

    private func pieces(
        of text: String, chunkSize: Int = .max, largestPiece: Int = 1 << 20
    ) throws -> [Piece] {
        var splitter = ManifestSplitter(
            ByteArraySource(Array(text.utf8), chunkSize: chunkSize), largestPiece: largestPiece)
        var result: [Piece] = []
        while let piece = try splitter.next() {
            result.append(
                Piece(String(decoding: piece.bytes, as: UTF8.self), piece.line, kind: piece.itemKind))
            let end = piece.offset + piece.bytes.count
            #expect(Array(text.utf8)[piece.offset..<end].elementsEqual(piece.bytes))
        }
        return result
    }

    static let texts: [(String, [Piece])] = [
        ("", []), (" \n\t\r\n", []),
        ("a: 1\n", [Piece("a: 1\n", 1)]), ("a: 1", [Piece("a: 1", 1)]),
        ("\n\n  a: 1\n  b: 2\n", [Piece("  a: 1\n  b: 2\n", 3)]),
        ("---\na: 1\n---\nb: 2\n", [Piece("---\na: 1\n", 1), Piece("---\nb: 2\n", 3)]),
        ("# head\n%YAML 1.1\n---\na: 1\n", [Piece("# head\n%YAML 1.1\n---\na: 1\n", 1)]),
        ("a: |\n  ---\n  x\n ---\nb: 1\n", [Piece("a: |\n  ---\n  x\n ---\nb: 1\n", 1)]),
        ("a: 1\n---b: 2\n----\n", [Piece("a: 1\n---b: 2\n----\n", 1)]),
        ("a: 1\r\n---\r\nb: 2\r\n", [Piece("a: 1\r\n", 1), Piece("---\r\nb: 2\r\n", 2)]),
        ("a: 1\n...\nb: 2\n", [Piece("a: 1\n...\n", 1), Piece("b: 2\n", 3)]),
        ("a: 1\n--- # next\nb: 2", [Piece("a: 1\n", 1), Piece("--- # next\nb: 2", 2)]),
        ("a: 1\n---", [Piece("a: 1\n", 1), Piece("---", 2)]),
        ("\u{FEFF}a: 1\n", [Piece("a: 1\n", 1)]),
        ("{a: b}\n", [Piece("{a: b}\n", 1)]), ("[a, b]", [Piece("[a, b]", 1)]),
        ("{{ include \"x\" }}\n---\na: 1\n", [Piece("{{ include \"x\" }}\n", 1), Piece("---\na: 1\n", 2)]),
        (#"{"a": b, c: d}"#, [Piece(#"{"a": b, c: d}"#, 1)]),
        (#"{"a": 1}"#, [Piece(#"{"a": 1}"#, 1)]), ("{}", [Piece("{}", 1)]),
        ("{\n}\n{\"b\":2}", [Piece("{\n}", 1), Piece(#"{"b":2}"#, 3)]),
        ("---\n{\"a\": [1, \"}\"]}\n---\nb: 2\n", [Piece(#"{"a": [1, "}"]}"#, 2), Piece("---\nb: 2\n", 3)]),
        (#"{"a":"\\","b":"\"}"}"#, [Piece(#"{"a":"\\","b":"\"}"}"#, 1)]),
        (
            "{\"kind\":\"List\",\n\"items\":[\n{\"a\":1},\n\n{\"b\":[{}]}\n],\"more\":{\"x\":[]}}",
            [Piece(#"{"a":1}"#, 3), Piece(#"{"b":[{}]}"#, 5)]
        ),
        (
            #"{"items":[{"a":1}],"kind":"PodList"}{"kind":"PodList","items":[{"b":1}, 7]}"#,
            [Piece(#"{"a":1}"#, 1), Piece(#"{"b":1}"#, 1, kind: "Pod"), Piece("7", 1, kind: "Pod")]
        ),
        (#"{"items": 7}"#, [Piece(#"{"items": 7}"#, 1)]), (#"{"items":[]}"#, []),
        (#"{"a":{"items":[1]}}"#, [Piece(#"{"a":{"items":[1]}}"#, 1)]),
        (#"[{"a":1},{"b":2}]"#, [Piece(#"{"a":1}"#, 1), Piece(#"{"b":2}"#, 1)]), ("[]", []),
    ]

    @Test(arguments: texts)
    func `Documents and items, with their lines, whatever the chunks`(text: String, expected: [Piece]) throws
    {
        for chunkSize in [1, 2, 3, 7, .max] {
            #expect(try pieces(of: text, chunkSize: chunkSize) == expected, "chunks of \(chunkSize)")
        }
    }

    @Test(arguments: [
        ("{\"items\":[{\"a\":1},\n{\"b\":", 1, 2, "unexpected end"),
        ("{\"a\":1}\nrubbish", 1, 2, "after the document"),
        ("{\"items\":[\n}", 0, 2, "expected an element"),
        ("{\"items\":[{}]\n\"kind\"}", 1, 2, "expected a member"),
        ("{\"a\":\"", 0, 1, "unexpected end"), ("[{\"a\": 1}", 1, 1, "unexpected end"),
    ])
    func `What cannot be told apart is an error with its line, after all that could be`(
        text: String, count: Int, line: Int, cause: String
    ) {
        for chunkSize in [1, 5, .max] {
            var splitter = ManifestSplitter(
                ByteArraySource(Array(text.utf8), chunkSize: chunkSize), largestPiece: 1 << 20)
            var found = 0
            let error = #expect(throws: ManifestError.self) {
                while try splitter.next() != nil { found += 1 }
            }
            #expect(found == count)
            #expect(error?.line == line)
            #expect(error?.reason.contains(cause) == true, "\(error?.description ?? "")")
            #expect((try? splitter.next()) == nil, "after an error there is nothing more")
        }
    }

    @Test
    func `A piece that is too large is refused, a List of any length is not`() throws {
        let item = #"{"a":""# + String(repeating: "x", count: 500) + #""}"#
        let list = #"{"items":["# + Array(repeating: item, count: 5000).joined(separator: ",") + "]}"
        #expect(try pieces(of: list, chunkSize: 4096, largestPiece: 8192).count == 5000)
        for text in [
            String(repeating: "a: 1\n", count: 5000), #"{"a":""# + String(repeating: "x", count: 20000),
        ] {
            #expect(throws: ManifestError.self) {
                _ = try pieces(of: text, chunkSize: 4096, largestPiece: 8192)
            }
        }
        #expect(throws: ManifestError.self) {
            _ = try pieces(
                of: "{\"items\":[" + String(repeating: "[", count: 100_000), chunkSize: 4096,
                largestPiece: 8192)
        }
    }

    @Test
    func `The window keeps little of what it has let go`() throws {
        let item = #"{"a":""# + String(repeating: "x", count: 1000) + "\"},\n"
        let list = Array((#"{"items":["# + String(repeating: item, count: 3000) + "{}]}").utf8)
        var splitter = ManifestSplitter(ByteArraySource(list, chunkSize: 1 << 16), largestPiece: 1 << 20)
        var largest = 0
        while try splitter.next() != nil { largest = max(largest, splitter.window.bytes.count) }
        #expect(largest < 1 << 18)
        #expect(splitter.window.bytesRead == list.count)
    }

    @Test
    func `Any text ends in pieces or an error`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:\\-. \nab1#%'|>&*".utf8)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            var splitter = ManifestSplitter(ByteArraySource(bytes, chunkSize: 9), largestPiece: 1 << 10)
            var count = 0
            while (try? splitter.next()) != nil, count < 200 { count += 1 }
            #expect(count < 200)
        }
    }

    @Test(arguments: [
        "/spec/containers/0", "/spec/containers/1", "/spec/containers/1/env/0/value", "/metadata/name",
        "/spec/nothing", "",
    ])
    func `The line of what a pointer leads to, in YAML and in JSON`(pointer: String) throws {
        let json = """
            {"metadata": {"name": "a"},
            "spec":
            {"containers": [
            {"name": "x"},
            {"name": "y", "env": [
            {"name": "A",
            "value": "}"}]}]}}
            """
        // Read as YAML, every line counts the same.
        let asJSON = try #require(ManifestReader.documents(in: Array(json.utf8)).first)
        let asYAML = try #require(ManifestReader.documents(in: Array(("# comment\n" + json).utf8)).first)
        let expected = [
            "/spec/containers/0": 4, "/spec/containers/1": 5, "/spec/containers/1/env/0/value": 7,
            "/metadata/name": 1, "/spec/nothing": 3, "": 1,
        ]
        #expect(asJSON.lines.line(of: pointer) == expected[pointer])
        // A member's line in YAML is that of its key.
        let ofKey = pointer == "/spec/nothing" ? 2 : expected[pointer]
        #expect(asYAML.lines.line(of: pointer) == ofKey.map { $0 + 1 })
    }
}
