import ShellSyntax
import Testing

/// What patterns come to, and where that cannot be told. What shells make of them: `PatternDifferentialTests`.
@Suite struct ShellPatternTests {
    struct Row: Sendable {
        var pattern: [ShellPattern.Element]
        var text: String
        var expected: Bool?

        init(_ pattern: String, quoted: String? = nil, _ text: String, _ expected: Bool?) {
            self.pattern = [.init(pattern)] + (quoted.map { [.init($0, isQuoted: true)] } ?? [])
            self.text = text
            self.expected = expected
        }
    }

    private static let rows = [
        Row("", "", true),
        Row("*", "", true),
        Row("a*c", "abbc", true),
        Row("*a*b*", "xaxxbx", true),
        Row("*.ini", "/etc/uwsgi.ini", true),
        Row("?", "", false),
        Row("[!0-9]*", "uwsgi", true),
        Row("[[:alpha:]_]", "_", true),
        Row("", quoted: "*", "*", true),
        Row("", quoted: "*", "a", false),
        Row("[", quoted: "a-c", "b", false),
        Row("[", quoted: "a-c]", "[a-c]", true),
        Row("\\*", "a", false),
        // Text is compared, whatever the locale.
        Row("é*", "été", true),
        // What one character is depends on it.
        Row("?t?", "été", nil),
        Row("[é]", "é", nil),
        // With `shopt -s extglob`, or in `[[ … ]]`, these mean something else.
        Row("@(a|b)", "a", nil),
        Row("*(a)", "a", nil),
        Row("", quoted: "@(a|b)", "@(a|b)", true),
        Row("[[=a=]]", "a", nil),
        Row("[[.a.]]", "a", nil),
        Row("[[:word:]]", "a", nil),
        Row("[z-a]", "z", nil),
        Row("[^a]", "b", nil),
        Row("a\\", "a", nil),
    ]

    @Test(arguments: rows) func `Matching`(row: Row) {
        #expect(ShellPattern.matches(row.pattern, row.text) == row.expected)
    }

    @Test func `In bash a caret negates`() {
        #expect(ShellPattern.matches([.init("[^a]")], "b", dialect: .bash) == true)
    }

    @Test func `What bash makes of an ampersand in a replacement depends on its version`() {
        #expect(ShellPattern.replacing(in: "a", [.init("a")], with: [.init("<&>")], .first) == nil)
        #expect(
            ShellPattern.replacing(in: "a", [.init("a")], with: [.init("<&>", isQuoted: true)], .first)
                == "<&>")
    }

    @Test(
        arguments: [
            (0, nil, "abcde"), (1, nil, "bcde"), (-2, nil, "de"), (5, nil, ""), (6, nil, ""), (-6, nil, ""),
            (1, 2, "bc"),
            (1, -1, "bcd"), (-3, -1, "cd"), (3, -3, nil), (0, 9, "abcde"), (.min, nil, ""), (.max, .max, ""),
            (0, .min, nil),
        ] as [(Int, Int?, String?)])
    func `Substrings`(offset: Int, length: Int?, expected: String?) {
        #expect(ShellPattern.substring(of: "abcde", offset: offset, length: length) == expected)
    }

    @Test func `Beyond ASCII the locale decides`() {
        #expect(ShellPattern.substring(of: "é", offset: 0, length: 1) == nil)
        #expect(ShellPattern.length(of: "é") == nil)
        #expect(ShellPattern.length(of: "abc") == 3)
        #expect(ShellPattern.changingCase(of: "é", upper: true, all: true) == nil)
        #expect(ShellPattern.changingCase(of: "ab", upper: true, all: false) == "Ab")
    }

    @Test func `Work is bounded`() {
        let stars = [ShellPattern.Element(String(repeating: "a*", count: 5000) + "b")]
        let text = String(repeating: "a", count: 50000)
        let far = [ShellPattern.Element("*" + String(repeating: "a", count: 5000) + "b")]
        #expect(ShellPattern.matches(far, text) == nil)
        #expect(ShellPattern.removingPrefix(of: text, stars, longest: true) == nil)
        #expect(ShellPattern.removingSuffix(of: text, stars, longest: false) == nil)
        #expect(ShellPattern.replacing(in: text, stars, with: [], .all) == nil)
        // Brackets without an end are looked for once.
        let brackets = [ShellPattern.Element(String(repeating: "[", count: 100_000))]
        #expect(ShellPattern.matches(brackets, "a") == false)
    }
}
