import ShellSyntax
import TestSupport
import Testing

/// What expressions come to, and where that cannot be told. What shells make of them:
/// `ArithmeticDifferentialTests`.
@Suite struct ShellArithmeticTests {
    private func evaluate(_ text: String, _ dialect: ShellDialect = .bash) -> Int? {
        ShellArithmetic.evaluate(text, dialect: dialect) { ["a": 7, "z": 0][$0] }
    }

    @Test(arguments: [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 4 - 3", 3), ("-7 / 2", -3), ("-7 % 3", -1),
        ("a * 2", 14),
        ("0x1F", 31), ("017", 15), ("2#101", 5), ("16#fF", 255), ("64#_", 63), ("2 ** 10", 1024),
        ("1 < 2 && 2 > 1", 1),
        ("! z", 1), ("~0", -1), ("1 ? 2 : 3", 2), ("z ? 2 : a ? 4 : 5", 4), ("1 << 4 | 3", 19), ("1, 2", 2),
        ("", 0),
        ("9223372036854775807 + 1", .min), ("-9223372036854775807 - 1", .min),
    ])
    func `Known`(text: String, expected: Int) { #expect(evaluate(text) == expected) }

    @Test(arguments: [
        "b", "b + 1", "1 / 0", "1 % z", "0 && 1 / 0", "a = 1", "a++", "--a", "a += 1", "a <<= 1", "1 +", "+",
        "(1", "1)",
        "1 2", "a b", "1 ? 2", "1 : 2", "08", "0xg", "2#2", "65#1", "1#0", "9223372036854775808", "1 << 64",
        "1 << -1",
        "2 ** -1", "-9223372036854775808 / -1", "(-9223372036854775807 - 1) / -1", "a[1]", "'1'", "\"1\"",
        "1.5", "b ? 1 : 1",
        "é", "$a", "#",
    ])
    func `Unknown`(text: String) { #expect(evaluate(text) == nil) }

    @Test(arguments: [("0 && b", 0), ("1 || b", 1), ("z ? b : 3", 3)])
    func `What is unknown and not needed`(text: String, expected: Int) { #expect(evaluate(text) == expected) }

    @Test(arguments: ["2 ** 2", "1, 2", "2#1", "1 ? 2 ? 3 : 4 : 5", ""]) func `Refused by some shells`(
        text: String
    ) {
        #expect(evaluate(text, .posix) == nil)
    }

    @Test(
        arguments: [
            ("a + b", []), ("a = b", ["a"]), ("a += b++", ["a", "b"]), ("--a", ["a"]), ("a == b", []),
            ("a <= b >= c", []),
            ("a <<= 2", ["a"]), ("(a = 1, b = 2)", ["a", "b"]), ("a - -b", []), ("a[1] = 2", nil),
        ] as [(String, Set<String>?)])
    func `Assignments`(text: String, expected: Set<String>?) {
        #expect(ShellArithmetic.assignedVariables(in: text) == expected)
    }

    @Test(arguments: ["(", "-", "!", "1?", "1+", "1,", "1**", "a?b:", "((1)+"])
    func `Nothing nests on the stack`(
        text: String
    ) async {
        for count in [100, 1000, 100_000] {
            let expression = String(repeating: text, count: count) + "1"
            _ = await onSmallStack { ShellArithmetic.evaluate(expression) { _ in 1 } }
        }
    }
}
