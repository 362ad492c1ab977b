import Foundation
import ShellSyntax
import Testing

/// Patterns held against real shells: what is told has to be what they do.
@Suite struct PatternDifferentialTests {
    /// A pattern of three stretches, the middle one quoted, and a text.
    struct Case {
        var stretches: [String]
        var text: String

        var elements: [ShellPattern.Element] {
            [.init(stretches[0]), .init(stretches[1], isQuoted: true), .init(stretches[2])]
        }
    }

    private static let pieces = [
        "a", "b", "ab", "-", ".", "/", "A", "*", "*", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[a", "]",
        "[",
        "[[:alpha:]]", "[![:digit:]]", "[[:punct:]]", "[[:upper:]x]", "\\*", "\\a", "[a-]", "[-a]", "!", "1",
        "[\\a]",
        "[0-9]", "^", "+", "@", " ", "[!]a]", "[*]",
    ]
    private static let characters = [
        "a", "b", "c", "A", "-", ".", "/", "*", "[", "]", "1", "!", "\\", " ", "?",
    ]

    private static func cases(_ count: Int, seed: UInt64) -> [Case] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let stretches = (0..<3).map { index in
                (0..<generator.below(index == 1 ? 2 : 3)).map { _ in generator.pick(pieces) }.joined()
            }
            let text = (0..<generator.below(6)).map { _ in generator.pick(characters) }.joined()
            return Case(stretches: stretches, text: text)
        }
    }

    /// Runs a line of script for each case, with `$t`, `$p`, `$q` and `$r` set.
    /// - Returns: what each wrote.
    private func run(_ line: String, _ cases: [Case], in shell: RealShell) throws -> [String] {
        var script = ""
        for item in cases {
            script += "t=\(RealShell.quoted(item.text)) p=\(RealShell.quoted(item.stretches[0]))"
            script +=
                " q=\(RealShell.quoted(item.stretches[1])) r=\(RealShell.quoted(item.stretches[2]))\n\(line)\n"
        }
        var lines = try shell.run(script).output.components(separatedBy: "\n")
        lines.removeLast()
        return lines
    }

    private func compare(
        _ line: String, in shell: RealShell, seed: UInt64, _ ours: (Case) -> String?
    ) throws {
        let cases = Self.cases(600, seed: seed)
        let theirs = try run(line, cases, in: shell)
        try #require(theirs.count == cases.count)
        var known = 0
        for (item, expected) in zip(cases, theirs) {
            guard let found = ours(item) else { continue }
            known += 1
            #expect(found == expected, "\(shell): \(item.text) against \(item.stretches)")
        }
        // What tells nothing would always be right.
        #expect(known > 350)
    }

    @Test(arguments: RealShell.installed) func `case`(shell: RealShell) throws {
        try compare("case $t in $p\"$q\"$r) echo true;; *) echo false;; esac", in: shell, seed: 1) {
            ShellPattern.matches($0.elements, $0.text, dialect: shell.dialect)?.description
        }
    }

    @Test(arguments: RealShell.installed, [("#", false), ("##", true)])
    func `Prefixes`(shell: RealShell, sign: (String, Bool)) throws {
        try compare("printf '%s\\n' \"${t\(sign.0)$p\"$q\"$r}\"", in: shell, seed: 2) {
            ShellPattern.removingPrefix(of: $0.text, $0.elements, longest: sign.1, dialect: shell.dialect)
        }
    }

    @Test(arguments: RealShell.installed, [("%", false), ("%%", true)])
    func `Suffixes`(shell: RealShell, sign: (String, Bool)) throws {
        try compare("printf '%s\\n' \"${t\(sign.0)$p\"$q\"$r}\"", in: shell, seed: 3) {
            ShellPattern.removingSuffix(of: $0.text, $0.elements, longest: sign.1, dialect: shell.dialect)
        }
    }

    static let replacements: [(String, ShellParameter.Operation.Replacement)] = [
        ("/", .first), ("//", .all), ("/#", .atStart), ("/%", .atEnd),
    ]

    @Test(arguments: [RealShell.bash], replacements)
    func `Replacement`(shell: RealShell, kind: (String, ShellParameter.Operation.Replacement)) throws {
        try compare("w=x; printf '%s\\n' \"${t\(kind.0)$p\"$q\"$r/$w\"&\"}\"", in: shell, seed: 4) {
            ShellPattern.replacing(
                in: $0.text, $0.elements, with: [.init("x"), .init("&", isQuoted: true)], kind.1,
                dialect: .bash)
        }
    }

    @Test(arguments: ["^", "^^", ",", ",,"]) func `Change of case`(sign: String) throws {
        try compare("printf '%s\\n' \"${t\(sign)$p\"$q\"$r}\"", in: .bash, seed: 5) {
            ShellPattern.changingCase(
                of: $0.text, upper: sign.first == "^", all: sign.count == 2, $0.elements)
        }
    }
}
