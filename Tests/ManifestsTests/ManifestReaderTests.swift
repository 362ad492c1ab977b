import JSON
import TestSupport
import Testing

@testable import Manifests

@Suite
struct ManifestReaderTests {
    private func documents(_ text: String) throws -> [ManifestReader.Document] {
        try ManifestReader.documents(in: Array(text.utf8))
    }

    @Test(
        arguments: [
            ("a", .string("a")), ("'1'", .string("1")), ("\"true\"", .string("true")),
            ("!!str 1", .string("1")),
            ("~", .null), ("null", .null), ("", .null), ("true", .bool(true)), ("No", .bool(false)),
            ("on", .bool(true)), ("1048576", .number("1048576")), ("-7", .number("-7")),
            ("0x10", .number("16")),
            ("010", .number("8")), ("1_000", .number("1000")), ("1.5", .number("1.5")),
            ("1.048576e+06", .number("1048576.0")),
            ("1.2.3", .string("1.2.3")), ("8443:8443", .string("8443:8443")), ("-a", .string("-a")),
            ("e", .string("e")),
            ("+", .string("+")), ("_1", .string("_1")), ("99999999999999999999", .number("1e+20")),
            (".inf", .string(".inf")), ("2026-01-01", .string("2026-01-01")), ("nan", .string("nan")),
            ("08", .number("8.0")),
        ] as [(String, YAMLScalar)])
    func `Scalars are what kubectl takes them for`(text: String, expected: YAMLScalar) throws {
        let value = try #require(documents("k: \(text)").first?.value["k"])
        switch expected {
        case .null: #expect(value.isNull)
        case .bool(let truth): #expect(value.bool == truth)
        case .number(let digits):
            #expect(value.kind == .number && (value.integer.map { String($0) } ?? digits) == digits)
        case .string(let text): #expect(value.string == text)
        }
    }

    @Test
    func `Documents are told apart, with the line that each begins on`() throws {
        let documents = try documents(
            "# head\n---\na: 1\n---\n---\n# nothing\n---\nb:\n  - c\n  - {d: e}\n...\n")
        #expect(documents.map(\.line) == [3, 8])
        #expect(documents[1].value["b"]?.elements.map(\.kind) == [.string, .object])
    }

    @Test
    func `Anchors, aliases and merges are resolved; the mapping's own members win`() throws {
        let text = """
            base: &base {x: 1, y: 2}
            other: &other {x: 9, z: 3}
            one: {<<: *base, y: 5}
            two: {<<: [*base, *other], q: *base}
            """
        let root = try #require(documents(text).first?.value)
        #expect(root["one"]?["x"]?.integer == 1)
        #expect(root["one"]?["y"]?.integer == 5)
        #expect(root["two"]?["x"]?.integer == 1)
        #expect(root["two"]?["z"]?.integer == 3)
        #expect(root["two"]?["q"]?["y"]?.integer == 2)
    }

    @Test
    func `JSON is read as JSON, and what only looks like it as YAML`() throws {
        #expect(try documents(#" {"a": [1]}"#).first?.value["a"]?.elements.map(\.integer) == [1])
        #expect(try documents("{a: b}").first?.value["a"]?.string == "b")
        #expect(try documents("[a, b]").first?.value.elements.map(\.string) == ["a", "b"])
    }

    @Test
    func `Every recorded review reads the same from YAML as from JSON`() throws {
        for name in ["openedx-lms.pod", "hostile-strings.pod", "cronjob.cronjob"] {
            let bytes = try Fixtures.review(name)
            let asYAML = try ManifestReader.documents(in: Array("# YAML\n".utf8) + bytes)
            let kind = asYAML.first?.value["request"]?["object"]?["kind"]?.string
            #expect(kind == (try JSONTree(bytes))["request"]?["object"]?["kind"]?.string)
        }
    }

    @Test(
        arguments: [
            ("a: 1\nb: [", 3), ("a: 1\na: 2", 2), ("a: *nothing", 1), ("{\"a\": 1\n\"b\": }", nil),
            ("\ta: 1", 1),
            ("? [x]\n: 1", 1), ("a: {<<: 1}", 1), ("a: \"\\q\"", 1),
        ] as [(String, Int?)])
    func `What cannot be read is an error with its line and cause`(text: String, line: Int?) {
        let error = #expect(throws: ManifestError.self) { try documents(text) }
        #expect(error?.reason.isEmpty == false)
        #expect(error?.line == line, "\(error.map(\.description) ?? "")")
    }

    @Test
    func `Aliases that multiply, and nesting without end, are refused in time`() throws {
        var bomb = "a0: &a0 [\(String(repeating: "x,", count: 50))x]\n"
        for level in 1...12 {
            bomb +=
                "a\(level): &a\(level) ["
                + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
        }
        #expect(throws: ManifestError.self) { try documents(bomb) }
        var merges = "a0: &a0 {x: 1}\n"
        for level in 1...12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            merges += "a\(level): &a\(level) {<<: [\(aliases)]}\n"
        }
        #expect(throws: ManifestError.self) { try documents(merges) }
        let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(throws: ManifestError.self) { try documents("a: \(deep)") }
        #expect(throws: ManifestError.self) { try documents(String(repeating: "[", count: 100_000)) }
        #expect(throws: ManifestError.self) { try ManifestReader.documents(in: [0xFF, 0xFE, 0x00]) }
    }
}
