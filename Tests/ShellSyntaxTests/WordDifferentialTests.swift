import Foundation
import ShellSyntax
import Testing

/// The text of words and here-documents, held against what real shells make of them.
@Suite struct WordDifferentialTests {
    private static let pieces = [
        "a", "b=c", "/", "é", "日本", "'x y'", "''", "'\\'", "'\n'", "\"\"", "\"a b\"", "\"\\\"\"", "\"\\$x\"",
        "\"\\a\"",
        "\"\\\\\"", "\"it's\"", "\\ ", "\\\\", "\\'", "\\\"", "\\é", "\\;", "\\\n", "\"a\\\nb\"", "'a\\\nb'",
        "$%", "\"$\"", "x#y", "=",
        "-", ",", "%", "+", "\"`echo`\"", "{", "}", "\"'\"", "\"\\`\"", "\t\"\t\"", "\"\n\"", "!", "@", "^",
    ]
    private static let onlyInBash = [
        "$'a\\tb'", "$'\\x41\\102\\u43'", "$'\\'\\\"\\\\'", "$'\\z\\e'", "$\"a b\"", "$''", "$'\\n'",
        "$'a\\\nb'",
    ]

    private static func words(_ count: Int, seed: UInt64, dialect: ShellDialect) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let all = pieces + (dialect == .bash ? onlyInBash : [])
        return (0..<count).map { _ in "w" + (0...generator.below(6)).map { _ in generator.pick(all) }.joined()
        }
    }

    /// What a command's arguments are; of expansions only `echo`, which writes nothing, is known.
    private func text(of word: ShellWord) -> String? {
        var text = ""
        for part in word.parts {
            switch part {
            case .literal(let literal, _): text += literal
            case .command(let list?, _, _) where SyntaxDescription.of(list) == "[echo]": break
            default: return nil
            }
        }
        return text
    }

    private func words(of script: ShellScript) -> [[ShellWord]] {
        script.list.elements.map { element in
            if case .simple(let command) = element.command { command.words } else { [] }
        }
    }

    @Test(arguments: RealShell.installed) func `Words`(shell: RealShell) throws {
        let lines = Self.words(600, seed: 10, dialect: shell.dialect).map {
            "printf '%s\\0' \($0)\nprintf '\\1'\n"
        }
        let theirs = try shell.run(lines.joined()).output.split(separator: "\u{1}")
        try #require(theirs.count == lines.count)
        for (line, other) in zip(lines, theirs) {
            let script = ShellParser.parse(line, dialect: shell.dialect)
            let mine = words(of: script).first?.dropFirst(2).map { text(of: $0) ?? "?" }.map { $0 + "\0" }
                .joined()
            #expect(mine == String(other), "\(shell): \(line)")
        }
    }

    @Test(arguments: RealShell.installed) func `Here-documents`(shell: RealShell) throws {
        let pieces = [
            "a", " ", "\n", "\n", "\t", "\\", "\\\\", "\\$x", "$", "'", "\"", "`echo`", "\\`", "\\\n", "END ",
            "EN\\\nD\n",
            "\nEND\n", "e",
            "${unset:-d}", "#", "${unset:-\"q\"}", "\n\tE1\n",
        ]
        var generator = SeededGenerator(seed: 11)
        var lines: [String] = []
        for _ in 0..<150 {
            let isQuoted = generator.below(3) == 0
            let strips = generator.below(3) == 0
            let body = (0..<generator.below(9)).map { _ in generator.pick(pieces) }.joined()
            // What follows is not a part of it, whatever it holds.
            lines.append(
                "cat <<\(strips ? "-" : "")\(isQuoted ? "'END'" : "END"); printf '\\0'\n\(body)\nEND\n")
        }
        var compared = 0
        for line in lines {
            let script = ShellParser.parse(line, dialect: shell.dialect)
            guard case .simple(let command)? = script.list.elements.first?.command,
                let text = command.redirections.first.flatMap({ documentText($0.target) })
            else { continue }
            let theirs = try shell.run(line).output.split(separator: "\0", omittingEmptySubsequences: false)
            compared += 1
            #expect(text == theirs.first.map(String.init), "\(shell): \(line)")
        }
        #expect(compared > 90)
    }

    private func documentText(_ word: ShellWord) -> String? {
        var text = ""
        for part in word.parts {
            switch part {
            case .literal(let literal, _): text += literal
            case .command(let list?, _, _) where SyntaxDescription.of(list) == "[echo]": break
            case .parameter(let parameter, _):
                guard case .useDefault(let word, _) = parameter.operation, let value = self.text(of: word)
                else {
                    return nil
                }
                text += value
            default: return nil
            }
        }
        return text
    }
}
