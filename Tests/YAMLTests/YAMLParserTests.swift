import Testing

@testable import YAML

@Suite
struct YAMLParserTests {
    /// A node written so that it can be compared: scalars by their text, `'` for what is not plain, `!` for a tag.
    private func shape(_ node: YAMLNode) -> String {
        switch node {
        case .scalar(let scalar):
            (scalar.hasTag ? "!" : "") + (scalar.isPlain ? scalar.text : "'\(scalar.text)'")
        case .sequence(let elements, _): "[" + elements.map(shape).joined(separator: ",") + "]"
        case .mapping(let pairs, _):
            "{" + pairs.map { shape($0.key) + ":" + shape($0.value) }.joined(separator: ",") + "}"
        }
    }

    private func documents(_ text: String) throws(YAMLError) -> [YAMLNode] {
        let parser = try YAMLParser(Array(text.utf8))
        var result: [YAMLNode] = []
        while let document = try parser.nextDocument() { result.append(document) }
        return result
    }

    @Test(arguments: [
        ("", []), ("# nothing\n", []), ("a", ["a"]), ("- a\n- 'b'\n- \"c\\n\"\n", ["[a,'b','c\n']"]),
        ("a: {b: [c, ~]}\nd:", ["{a:{b:[c,~]},d:}"]),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", ["{a:'x\ny\n',b:'x y'}"]),
        ("--- 1\n--- 2\n...\n", ["1", "2"]),
        ("a: &x [1]\nb: *x\nc: &x 2\nd: *x", ["{a:[1],b:[1],c:2,d:2}"]),
        ("!!str 1", ["!1"]), ("? [k]\n: v", ["{[k]:v}"]), ("%YAML 1.1\n---\na: é🦄", ["{a:é🦄}"]),
        ("\u{FEFF}a: b", ["{a:b}"]), ("a: b\r\nc: d\r\n", ["{a:b,c:d}"]),
        ("a: \"x\\0y\"", ["{a:'x\0y'}"]),
    ])
    func `What is read`(text: String, shapes: [String]) throws {
        #expect(try documents(text).map(shape) == shapes)
    }

    @Test
    func `nodes know where they begin`() throws {
        let root = try #require(documents("# c\na:\n  - b\n  -   {c: d}\n").first)
        guard case .mapping(let pairs, let mark) = root,
            case .sequence(let elements, let inner) = pairs[0].value
        else {
            Issue.record("another shape: \(shape(root))")
            return
        }
        #expect(mark == YAMLMark(line: 2, column: 1))
        #expect(inner == YAMLMark(line: 3, column: 3))
        #expect(elements.map(\.mark) == [YAMLMark(line: 3, column: 5), YAMLMark(line: 4, column: 7)])
    }

    @Test(arguments: [
        ("a: [", 2), ("a: }", 1), ("\ta", 1), ("a: *x", 1), ("a: \"\\q\"", 1), ("a: 'x", 1), ("@", 1),
        ("a:\n b\n c: d", 3),
    ])
    func `What is not YAML is an error with its place`(text: String, line: Int) {
        let error = #expect(throws: YAMLError.self) { try documents(text) }
        #expect(error?.mark?.line == line, "\(String(describing: error))")
        #expect(error?.reason.isEmpty == false)
    }

    @Test
    func `After an error there is nothing more`() throws {
        let parser = try YAMLParser(Array("a: [".utf8))
        #expect(throws: YAMLError.self) { try parser.nextDocument() }
        #expect(try parser.nextDocument() == nil)
    }

    @Test
    func `Deep nesting is refused, bytes that are no text too`() {
        #expect(throws: YAMLError.self) { try documents(String(repeating: "[", count: 400)) }
        #expect(throws: YAMLError.self) { try documents(String(repeating: "- ", count: 100_000)) }
        for bytes in [[0xFF, 0xFE, 0x00], [0xC0, 0x80], [0x61, 0x00], [0xED, 0xA0, 0x80]] as [[UInt8]] {
            #expect(throws: YAMLError.self) {
                let parser = try YAMLParser(bytes)
                while try parser.nextDocument() != nil {}
            }
        }
    }

    /// libyaml compares each with all before it.
    @Test(arguments: [(64, true), (65, false), (20_000, false)])
    func `More directives than a manifest may have are refused, and not compared`(
        _ count: Int, _ isRead: Bool
    ) {
        let text = (0..<count).map { "%TAG !a\($0)! x:\n" }.joined() + "--- a"
        let wide: [UInt8] = [0xFF, 0xFE] + text.utf8.flatMap { [$0, 0] }
        for bytes in [Array(text.utf8), wide] {
            let result = Result { try YAMLParser(bytes).nextDocument() }
            let limit =
                if case .failure(let error as YAMLError) = result { error.limit } else {
                    nil as YAMLError.Limit?
                }
            #expect(limit == (isRead ? nil : .size))
        }
        // One that begins no line is none.
        #expect(throws: Never.self) { try documents(String(repeating: "- a%b: '%'\n", count: 100)) }
    }

    @Test
    func `An anchor counts until it is defined again, in whichever piece`() throws {
        var anchors = YAMLAnchors()
        for (text, expected) in [
            ("[&a 1, &b 2]", "[1,2]"), ("[*a, *b, &a 3, *a]", "[1,2,3,3]"), ("[*a, *b]", "[3,2]"),
        ] {
            anchors.settle()
            let parser = try YAMLParser(Array(text.utf8), anchors: anchors)
            #expect(try parser.nextDocument().map(shape) == expected)
            anchors = parser.anchors
        }
    }

    @Test
    func `Any prefix of a document ends in documents or an error`() {
        let text = "a: &x {b: [c, 'd', \"e\\u00e9\"], <<: *x}\n--- |\n  block\n...\n? k\n: !!str v\n"
        for count in 0...text.utf8.count {
            let bytes = Array(text.utf8.prefix(count))
            let result = Result { try YAMLParser(bytes).nextDocument() }
            if case .failure(let error) = result { #expect(error is YAMLError) }
        }
    }
}
