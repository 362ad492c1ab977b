import TestSupport
import Testing

@testable import ShellSyntax

/// Hostile scripts: depth, work and the stack are bounded, in a build for debugging too.
@Suite struct BoundsTests {
    // MARK: Depth

    @Test(arguments: Nest.all) func `What nests ends at the deepest level, and the rest is kept`(nest: Nest)
        async
    {
        for count in [1, 4, 100, 3000] {
            let text = nest.script(count)
            let script = await onSmallStack {
                let script = ShellParser.parse("ok\n" + text, dialect: .bash)
                _ = SyntaxDescription.of(script)
                return script
            }
            // The text of a here-document may be unread by itself.
            let isKept = SyntaxDescription.of(script).contains("…")
            #expect(isKept == (count >= 100), "\(count)")
            if let unread = script.unread { #expect(Array(unread) == Array(text.utf8)) }
            #expect(script.list.elements.count == (script.unread == nil ? 2 : 1))
        }
    }

    @Test(arguments: Nest.all) func `What was read is freed on a small stack too`(nest: Nest) async {
        await onSmallStack {
            for count in 1...ShellParser.deepest { _ = ShellParser.parse(nest.script(count), dialect: .bash) }
        }
    }

    @Test(arguments: ["coproc ", "f() ", "time ", "! "]) func `Prefixes of a command`(prefix: String) async {
        for dialect in [ShellDialect.posix, .bash] {
            let text = String(repeating: prefix, count: 30000) + "{ a; }"
            let script = await onSmallStack { ShellParser.parse(text, dialect: dialect) }
            if let unread = script.unread { #expect(unread.count == text.utf8.count) }
        }
    }

    @Test func `Backquotes`() async {
        // Each level doubles the backslashes: nesting is never deep.
        var text = Array("a".utf8)
        for _ in 0..<10 {
            let escaped = text.flatMap { "\\`".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
            text = Array("`b ".utf8) + escaped + Array("`".utf8)
        }
        let script = await onSmallStack { [text] in ShellParser.parse(text, dialect: .posix) }
        #expect(script.unread == nil)
        #expect(SyntaxDescription.of(script).hasPrefix("[$([b $([b $([b $([b "))
        #expect(!SyntaxDescription.of(script).contains("…"))
    }

    @Test func `The depth that is handed in counts`() {
        #expect(ShellParser.parse("$(a)", dialect: .posix, depth: 0, deepest: 2).unread == nil)
        #expect(ShellParser.parse("$(a)", dialect: .posix, depth: 1, deepest: 2).unread != nil)
        #expect(ShellParser.parse("a", dialect: .posix, depth: 2, deepest: 2).unread != nil)
        #expect(ShellParser.parse("", dialect: .posix, depth: 9, deepest: 2).unread != nil)
    }

    // MARK: Flat

    /// What is flat in the language has no depth.
    private static let flat: [(name: String, start: String, repeated: String, end: String)] = [
        ("elif", "if a;then b;", "elif c;then d;", "fi"),
        ("and", "a", "&&b", ""),
        ("or", "a", "||b", ""),
        ("pipes", "a", "|b", ""),
        ("lists", "a", ";b", ""),
        ("background", "a", "&b", ""),
        ("lines", "a", "\nb", ""),
        ("words", "a", " b", ""),
        ("expansions", "a", "$b${c}\"$d\"`e`$(f)", ""),
        ("quotes", "a", "'b'\"c\"\\d", ""),
        ("choices", "case a in ", "b) c;; ", "esac"),
        ("alternatives", "case a in b", "|b", ") c;; esac"),
        ("elements", "a=(", "b ", ")"),
        ("redirections", "a", " >b", ""),
        ("assignments", "", "a=b ", ""),
        ("test words", "[[ a", " && b", " ]]"),
        ("here-documents", "", "a <<E\nb $c\nE\n", ""),
        ("here-documents on a line", "a", " <<''", "\n"),
        ("continuations", "a", "\\\n", "b"),
        ("comments", "", "#a\n", ""),
        ("globs", "a", " [b]*?", ""),
        ("parentheses of a regular expression", "[[ a =~ ", "(b)", " ]]"),
        ("parentheses of arithmetic", "$((", "(1)+", "1))"),
        ("functions", "", "f() { a; }\n", ""),
    ]

    @Test(arguments: flat.map(\.name)) func `What is flat is read whole`(name: String) async throws {
        let (_, start, repeated, end) = try #require(Self.flat.first { $0.name == name })
        var work: [Int] = []
        for count in [1000, 2000, 4000] {
            let text = start + String(repeating: repeated, count: count) + end
            let script = await onSmallStack { ShellParser.parse(text, dialect: .bash) }
            #expect(script.unread == nil)
            work.append(script.work)
        }
        expectLinear(work)
    }

    // MARK: Work

    private func expectLinear(_ work: [Int]) {
        // Twice the script, twice the work.
        #expect(work[1] <= work[0] * 21 / 10 + 100 && work[2] <= work[1] * 21 / 10 + 100, "\(work)")
    }

    /// What would be read again and again by a parser that tries, fails and goes back.
    private static let tiresome: [(name: String, start: String, repeated: String, end: String)] = [
        ("single quotes", "a ", "'b' ", "'"),
        ("double quotes", "a ", "\"b\" ", "\""),
        ("backquotes", "a ", "`b` ", "`"),
        ("open substitutions", "", "$(", ""),
        ("open arithmetic", "", "$((", ""),
        ("open arithmetic commands", "", "((", ""),
        ("open braces", "", "${a:-", ""),
        ("open brackets", "", "a[", ""),
        ("open brackets in a row", "", "a[;", ""),
        ("open globs", "case [a in ", "[", ") b;; esac"),
        ("open documents", "", "a <<E\n", ""),
        ("open documents on a line", "a", " <<E", "\nb"),
        ("not arithmetic", "", "$((a) ) ", ""),
        ("quoted parentheses", "", "$((a '(' ) ) ", ""),
        ("extended globs", "echo ", "@(a|b", ""),
        ("open subscripts of words", "echo ", "${a[", ""),
        ("brackets that are no subscripts", "", "a[b]c;", ""),
        ("documents in substitutions", "", "$(a <<E\nb\nE\n)", ""),
        ("documents with backquotes", "a <<F\n", "`b $(c)` ", "\nF\n"),
        ("escaped backquotes", "`", "\\`a\\` ", "`"),
        ("backslashes", "a ", "\\", ""),
        ("digits", "a ", "1", ""),
        ("descriptors", "a ", "1 ", ""),
        ("dollars", "a ", "$", ""),
        ("names", "", "a", ""),
    ]

    @Test(arguments: tiresome.map(\.name)) func `Work is in proportion to length`(name: String) async throws {
        let (_, start, repeated, end) = try #require(Self.tiresome.first { $0.name == name })
        var work: [Int] = []
        for count in [1000, 2000, 4000] {
            let text = start + String(repeating: repeated, count: count) + end
            let script = await onSmallStack { ShellParser.parse(text, dialect: .bash) }
            work.append(script.work)
            #expect(script.work <= ShellScanner.mostReads * text.utf8.count + 2048, "\(name)")
        }
        expectLinear(work)
    }

    @Test(arguments: Nest.all) func `Work at a depth is in proportion too`(nest: Nest) async {
        var ratios: [Int] = []
        for count in [8, 16, 32] {
            let text = nest.script(count)
            let script = await onSmallStack(bytes: 8 << 20) {
                ShellParser.parse(text, dialect: .bash, deepest: 300)
            }
            #expect(script.unread == nil)
            ratios.append(script.work / text.utf8.count)
        }
        // A byte is read at most once more for each level, never twice as often.
        #expect(ratios[2] <= ratios[1] * 2 + 4 && ratios[1] <= ratios[0] * 2 + 4, "\(ratios)")
    }

    @Test func `A script that is too long is unread`() {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: ShellParser.longest + 1)
        #expect(ShellParser.parse(text, dialect: .bash).unread?.count == text.count)
    }

    // MARK: Bytes

    @Test func `Any bytes are read or kept`() async {
        var generator = SeededGenerator(seed: 7)
        let tokens = [
            "$(", "${", "$((", "))", ")", "}", "`", "\"", "'", "\\", "\n", "<<E\n", "E\n", "if ", "then ",
            "fi", "case ",
            "in ", "esac", ";;", ";", "&", "|", "a", "a=", "(", "[[ ", " ]]", "=~ ", "{ ", "for ", "do ",
            "done", "$'", "<(",
            "@(", "#", " ", "\u{0}", "é", "\r", "2>", "a[", "]", "function ", "coproc ", "!", "<<-'E'\n",
        ]
        for _ in 0..<3000 {
            var bytes: [UInt8] = []
            for _ in 0..<generator.below(30) {
                if generator.below(12) == 0 {
                    bytes.append(UInt8(generator.below(256)))
                } else {
                    bytes += generator.pick(tokens).utf8
                }
            }
            for dialect in [ShellDialect.posix, .bash] {
                let script = ShellParser.parse(bytes, dialect: dialect)
                _ = SyntaxDescription.of(script)
                if let unread = script.unread { #expect(bytes[unread.startIndex...] == unread) }
            }
        }
    }

    @Test func `NUL and what is not UTF-8 are kept`() {
        let script = ShellParser.parse([0x61, 0, 0x20, 0xFF, 0x62, 0x20, 0x63], dialect: .posix)
        #expect(SyntaxDescription.of(script) == "[…{a\0} …{\u{FFFD}b} c]")
    }
}
