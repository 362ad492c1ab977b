import JSON
import TestSupport
import Testing

@testable import Manifests

/// YAML Lists are cut into their items. Whatever the text, what is read has to be what the whole text says.
@Suite
struct YAMLListTests {
    /// What there is of an object to compare: what it says, and where.
    private struct Read: Hashable, CustomStringConvertible {
        let kind: String
        let line: Int
        let json: JSONTree

        var description: String { "\(line): \(kind) \(json.text)" }
    }

    private func parts(of text: String, chunkSize: Int = .max) throws -> (
        objects: [Read], errors: [ManifestError]
    ) {
        var stream = ManifestStream(
            ByteArraySource(Array(text.utf8), chunkSize: chunkSize), largestPiece: 1 << 20,
            parser: ManifestStream.makeParser())
        var objects: [Read] = []
        var errors: [ManifestError] = []
        while let part = try stream.next() {
            if let error = part.error { errors.append(error) }
            for document in part.documents { objects += try read(document, itemKind: part.itemKind) }
        }
        return (objects, errors)
    }

    private func read(_ document: ManifestReader.Document, itemKind: String?) throws -> [Read] {
        var result: [Read] = []
        try ManifestObject.all(in: document, itemKind: itemKind) { object in
            result.append(
                Read(
                    kind: object.kind, line: document.lines.line(of: object.pointer),
                    json: tree(object.value)))
        }
        return result
    }

    private func tree(_ value: JSONValue) -> JSONTree {
        switch value.kind {
        case .null: .null
        case .bool: .bool(value.bool ?? false)
        case .number: .number(Double(value.integer ?? 0))
        case .string: .string(value.string ?? "")
        case .array: .array(value.elements.map { tree($0) })
        case .object:
            .object(Dictionary(value.members.map { ($0.name, tree($0.value)) }) { $1 })
        }
    }

    /// Lists, how many pieces are made of each, and of how many objects.
    static let lists: [(text: String, pieces: Int, objects: Int)] = [
        ("items:\n- kind: A\n- kind: B\n", 2, 2),
        ("kind: List\nitems:\n- kind: A\n- kind: B\nmetadata: {}\n", 2, 2),
        ("kind: PodList\nitems:\n- a: 1\n- b: 2", 2, 2),
        (
            "# c\n---\napiVersion: v1\nitems: # all\n\n# first\n  - kind: A\n    x:\n    - y\n  # c\n\n  - kind: B\nkind: List\n",
            2, 2
        ),
        ("items:\n-\n  kind: A\n-   kind: B\n", 2, 2),
        ("items:\r\n- kind: A\r\n- kind: B\r\nkind: List\r\n", 2, 2),
        // Blocks, quotes and brackets in which something looks like an item.
        ("items:\n- kind: A\n  x: |\n    - kind: no\n   \n    - no\n- kind: B\n", 2, 2),
        ("items:\n- kind: A\n  x: |2\n     - no\n- kind: B\n", 2, 2),
        (
            "items:\n- kind: A\n  x: \"y\n- no\n- no\n- no\"\n- kind: B\n- kind: C\n- kind: D\n- kind: E\n",
            4, 5
        ),
        ("items:\n- kind: A\n  x: 'y\n\n  z: it''s\n- no'\n- kind: B\n", 1, 2),
        ("items:\n- {kind: A,\n- x: y}\n- kind: B\n", 1, 0),
        ("items:\n- {kind: A, x: [1,\n2,\n3]}\n- kind: B\n", 1, 2),
        ("items:\n- kind: A\n  x: \"y\nitems: z\"\n- kind: B\n", 1, 2),
        // The end of an item's quotes, and in the quotes of what stands behind the items what looks like another.
        ("items:\n- kind: A\n  x: 'it\n}\n\n'\ny: \"a\n  - kind: B\n- it\nb\"\n", 1, 1),
        ("items:\n- 'it\n}\n\n'\nx: \"a\n  - kind: B\n- 'it\n- 'it\nb\"\n", 1, 0),
        ("\"x\nitems:\n- a\": b\nkind: A\n", 1, 1), ("{a: b,\nitems:\n- c: d}\n", 1, 0),
        ("x: |\n  a\nitems:\n- kind: A\n", 1, 1), ("a\nitems:\n- b\n", 1, 0),
        // Anchors go from item to item, and from the head to the items.
        ("x: &x {kind: A}\nitems:\n- *x\n- &y {kind: B}\n- *y\n- <<: *y\n  c: d\nz: *y\n", 4, 4),
        ("items:\n- &a {kind: A}\n- &a {kind: B}\n- *a\n", 3, 3),
        // Lists of nothing, or of what is none; several documents.
        ("items:\nkind: List\n", 1, 1), ("items: []\nkind: List\n", 1, 0),
        ("items:\n- a\n- 7\n- null\n-\n", 4, 0),
        ("items:\n- kind: A\n---\nitems:\n- kind: B\n...\n---\nkind: C\n", 3, 3),
        ("items:\n- kind: A\n...\n---\nkind: B\n", 2, 2), ("items:\n- kind: A\n...\n...\n# c\n...\n", 1, 1),
        ("items:\n- kind: List\n  items:\n  - kind: A\n  - kind: B\n- kind: C\n", 2, 3),
        ("items:\n  kind: A\n", 1, 0), ("items: x\n- kind: A\n", 1, 0), (" items:\n - kind: A\n", 1, 1),
        ("%YAML 1.1\n---\nitems:\n- kind: A\n- kind: B\n", 1, 2),
        ("%TAG !e! tag:e,1:\n---\nitems:\n- kind: A\n  x: !e!y z\n- kind: B\n", 1, 2),
    ]

    @Test(arguments: lists)
    func `The pieces say what the whole says, at the same lines, whatever the chunks`(
        text: String, pieces: Int, objects: Int
    ) throws {
        let whole = try? ManifestReader.documents(in: Array(text.utf8)).flatMap {
            try read($0, itemKind: nil)
        }
        for chunkSize in [1, 7, .max] {
            let result = try parts(of: text, chunkSize: chunkSize)
            #expect((whole == nil) == !result.errors.isEmpty, "\(result.errors)")
            if let whole {
                #expect(result.objects.map(\.json) == whole.map(\.json))
                #expect(result.objects.map(\.line) == whole.map(\.line))
            }
        }
        var splitter = ManifestStream(
            ByteArraySource(Array(text.utf8)), largestPiece: 1 << 20, parser: ManifestStream.makeParser())
        var parts: [ManifestStream.Part] = []
        while let part = try splitter.next() { parts.append(part) }
        #expect(parts.count { !$0.documents.isEmpty || $0.error != nil } == pieces)
        if whole != nil { #expect(whole?.count == objects) }
    }

    @Test(arguments: [
        ("items:\n- kind: A\n- kind: B\n  x: *y\n- kind: C\n", ["A", "C"], 4),
        ("items:\n- kind: A\n- {a: 1, a: 2}\n- kind: C\n", ["A", "C"], 3),
        ("items:\n- kind: A\nkind: List\nitems: []\n", ["A"], 4),
        ("kind: List\nitems:\n- kind: A\nkind: List\n", ["A"], 4),
        ("items:\n- kind: A\nnothing\n", ["A"], 3),
        ("items:\n- kind: A\n- x: \"\n- kind: B\n---\nkind: C\n", ["A", "C"], 5),
    ])
    func `What is wrong in a List is an error with its line, and the items around it are read`(
        text: String, kinds: [String], line: Int
    ) throws {
        let result = try parts(of: text)
        #expect(result.objects.map(\.kind) == kinds)
        #expect(result.errors.map(\.line) == [line], "\(result.errors)")
    }

    @Test
    func `An item that is too large ends its List, and the documents behind it are read`() throws {
        let text =
            "items:\n- kind: A\n- x: \"" + String(repeating: "y\n- z\n", count: 400_000)
            + "\"\n---\nkind: C\n"
        let result = try parts(of: text, chunkSize: 1 << 14)
        #expect(result.objects.map(\.kind) == ["A", "C"])
        #expect(result.errors.count == 1)
    }

    @Test
    func `A List of any length takes the memory of its largest item`() throws {
        let item = "- kind: A\n  x: \"\(String(repeating: "y", count: 500))\"\n"
        let text = Array(
            ("kind: List\nitems:\n" + String(repeating: item, count: 3000) + "metadata: {}\n").utf8)
        var splitter = ManifestSplitter(ByteArraySource(text, chunkSize: 1 << 14), largestPiece: 1 << 16)
        var largest = 0
        while try splitter.next() != nil { largest = max(largest, splitter.window.bytes.count) }
        #expect(largest < 1 << 18)
        #expect(splitter.window.bytesRead == text.count && splitter.listCount == 1)
    }

    @Test
    func `Any text says in pieces what it says as a whole`() throws {
        var generator = SystemRandomNumberGenerator()
        let fragments = [
            "items:\n", "- kind: A\n", "  - kind: B\n", "  x: y\n", "  x: |\n", "    - z\n", "x: \"a\n",
            "b\"\n",
            "- {a: b\n", "}\n", "- [\n", "]\n", "- &a c\n", "- *a\n", "kind: List\n", "# c\n", "\n", "---\n",
            "...\n",
            "- 'it\n", "'\n", "- a: b\n  c:\n  - d\n", "-\n", "  - e\n", "items: []\n", "\t\n", "- >\n",
            " f\n",
        ]
        var compared = 0
        for _ in 0..<3000 {
            let count = Int.random(in: 0...9, using: &generator)
            let text = (0..<count).map { _ in fragments.randomElement(using: &generator) ?? "" }.joined()
            let result = try parts(of: "kind: L\nitems:\n" + text)
            let documents = try? ManifestReader.documents(in: Array(("kind: L\nitems:\n" + text).utf8))
            guard let documents else { continue }
            compared += 1
            let whole = try documents.flatMap { try read($0, itemKind: nil) }
            #expect(result.errors.isEmpty, "\(text.debugDescription) \(result.errors)")
            // An object `kind: L` without items is one; a List that was begun is none.
            #expect(
                result.objects.filter { $0.kind != "L" } == whole.filter { $0.kind != "L" },
                "\(text.debugDescription)")
        }
        #expect(compared > 100)
    }
}
