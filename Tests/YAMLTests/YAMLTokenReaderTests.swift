import Testing
import YAML

@Suite struct YAMLTokenReaderTests {
    private func tokens(_ text: String) throws -> [YAMLToken] {
        let reader = try YAMLTokenReader(Array(text.utf8))
        var tokens: [YAMLToken] = []
        while tokens.last?.kind != .streamEnd { tokens.append(try reader.next()) }
        return tokens
    }

    private func scalar(_ text: String) -> YAMLToken.Kind { .scalar(Array(text.utf8)) }

    @Test(
        arguments: [
            ("a: b", [.other, .blockMappingStart, .key, "a", .value, "b", .end, .streamEnd]),
            (
                "[a, {b: c}]",
                [
                    .other, .sequenceStart, "a", .entry, .other, .key, "b", .value, "c", .other, .end,
                    .streamEnd,
                ]
            ),
            ("- a\n- \"b\\0c\"", [.other, .sequenceStart, .entry, "a", .entry, "b", .end, .streamEnd]),
            ("!!str &x *y", [.other, .other, .other, .other, .streamEnd]),
        ] as [(String, [YAMLToken.Kind])])
    func `Tokens`(text: String, expected: [YAMLToken.Kind]) throws {
        #expect(try tokens(text).map(\.kind) == expected)
    }

    @Test func `Places and depth`() throws {
        let reader = try YAMLTokenReader(Array("a:\n  - b\n".utf8))
        var depths: [Int] = []
        while let token = try? reader.next(), token.kind != .streamEnd {
            depths.append(reader.depth)
            if token.kind == scalar("b") { #expect(token.mark == YAMLMark(line: 2, column: 5)) }
        }
        #expect(depths == [0, 1, 1, 1, 1, 2, 2, 2, 1, 0])
    }

    @Test func `What is not YAML is refused`() {
        #expect(throws: YAMLError.self) { try tokens("a: \"b") }
        #expect(throws: YAMLError.self) { try tokens("a: b: c") }
        #expect(throws: YAMLError.self) { try tokens("\u{1}") }
    }
}

extension YAMLToken.Kind: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .scalar(Array(text.utf8)) }
}
