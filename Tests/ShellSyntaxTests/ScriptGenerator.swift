import ShellSyntax

/// Makes scripts from the grammar, of what both dialects have or of what only bash has.
struct ScriptGenerator {
    var random: SeededGenerator
    let dialect: ShellDialect
    private var depth = 0
    /// The texts of here-documents that begin after the next newline.
    private var pending = ""
    private var documents = 0

    init(seed: UInt64, dialect: ShellDialect) {
        random = SeededGenerator(seed: seed)
        self.dialect = dialect
    }

    mutating func script() -> String {
        pending = ""
        return (0...random.below(2)).map { _ in list() + newline() }.joined()
    }

    /// The script with some bytes or words left out, doubled or moved: often not the shell's language any more.
    mutating func brokenScript() -> String {
        var pieces = script().split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for _ in 0...random.below(2) {
            let index = random.below(pieces.count)
            switch random.below(4) {
            case 0: pieces.remove(at: index)
            case 1: pieces.insert(random.pick(Self.tokens), at: index)
            case 2: pieces.append(pieces.remove(at: index))
            default: pieces[index] = String(pieces[index].dropLast())
            }
            if pieces.isEmpty { pieces = [""] }
        }
        return pieces.joined(separator: " ")
    }

    private static let tokens = [
        "if", "then", "else", "elif", "fi", "do", "done", "case", "in", "esac", "{", "}", "(", ")", ";", ";;",
        "&",
        "&&", "|", "||", "!", "while", "for", "'", "\"", "`", "$(", "${a", "<", ">", "x", "a=b", "\n", "\\",
        "#",
    ]

    // MARK: Lists

    private mutating func newline() -> String {
        defer { pending = "" }
        return "\n" + pending
    }

    private mutating func separator() -> String {
        random.below(3) == 0 ? newline() : random.pick(["; ", " ; ", " & ", ";"])
    }

    private mutating func list() -> String {
        var text = pipeline()
        for _ in 0..<random.below(3) {
            switch random.below(4) {
            case 0:
                text +=
                    random.pick([" && ", "||", " || "]) + (random.below(4) == 0 ? newline() : "") + pipeline()
            case 1: text += random.pick([" # comment", " "]) + newline() + pipeline()
            default: text += separator() + pipeline()
            }
        }
        return text
    }

    private mutating func terminated() -> String { list() + separator() }

    private mutating func pipeline() -> String {
        var text = random.below(8) == 0 ? "! " : ""
        if dialect == .bash, random.below(20) == 0 { text += "time " }
        text += command()
        while random.below(5) == 0 {
            text +=
                random.pick([" | ", "|", dialect == .bash ? " |& " : " |"])
                + (random.below(5) == 0 ? newline() : " ")
            text += command()
        }
        return text
    }

    // MARK: Commands

    private mutating func command() -> String {
        guard depth < 2, random.below(2) == 0 else { return simple() }
        depth += 1
        defer { depth -= 1 }
        return compound() + (random.below(4) == 0 ? " " + redirection() : "")
    }

    private mutating func compound() -> String {
        switch random.below(dialect == .bash ? 14 : 8) {
        case 0:
            let condition = "if " + terminated() + "then "
            let body =
                terminated() + (random.below(2) == 0 ? "elif " + terminated() + "then " + terminated() : "")
            return condition + body + (random.below(2) == 0 ? "else " + terminated() : "") + "fi"
        case 1: return random.pick(["while ", "until "]) + terminated() + "do " + terminated() + "done"
        case 2:
            let words = random.below(3) == 0 ? "" : " in" + words()
            return "for i" + words + (pending.isEmpty ? random.pick(["; ", "\n"]) : "; ") + "do "
                + terminated() + "done"
        case 3:
            let items = (0..<random.below(3)).map { _ in
                random.pick(["", "("]) + random.pick(["a", "[a-c]*|'b'", "$x", "*"]) + ") " + list() + " ;; "
            }
            return "case " + word() + " in " + items.joined() + "esac"
        case 4: return "(" + list() + ")"
        case 5: return "{ " + terminated() + "}"
        case 6: return random.pick(["f() ", "g () "]) + "{ " + terminated() + "}"
        case 7: return "( " + list() + newline() + ")"
        case 8: return "[[ " + random.pick(["-f ", "! -n ", "a == ", "(-z b) && "]) + "x" + word() + " ]]"
        case 9: return "((" + random.pick(["i++", "a > (b)", "x = $y + 1"]) + "))"
        case 10: return "for ((i=0; i<$n; i++)); do " + terminated() + "done"
        case 11: return "function h { " + terminated() + "}"
        case 12: return "select i in" + words() + "; do " + terminated() + "done"
        default:
            return "[[ $a =~ " + random.pick(["^a(b|c d)$", "$re", "[0-9]+", "a|b"]) + " && x" + word()
                + " ]]"
        }
    }

    private mutating func simple() -> String {
        var pieces: [String] = []
        for _ in 0..<random.below(2) {
            pieces.append(random.pick(["a=", "_b2="]) + (random.below(4) == 0 ? "" : word()))
        }
        if dialect == .bash, random.below(8) == 0 {
            pieces.append(
                random.pick(["a=(b $c 'd')", "a+=(\"$@\")", "a[$i + 1]+=x", "a=([0]=b)", "a=(\n)"]))
        }
        pieces.append(random.pick(["echo", "true", "cd", "x-y", "./run", "[", "if_", "exec"]))
        let arguments = words()
        return pieces.joined(separator: " ") + arguments + (random.below(4) == 0 ? " " + redirection() : "")
    }

    private mutating func words() -> String {
        (0..<random.below(3)).map { _ in random.pick([" ", "  ", " \\\n "]) + word() }.joined()
    }

    private mutating func redirection() -> String {
        switch random.below(dialect == .bash ? 8 : 6) {
        case 0: return random.pick([">", "2>", "<", ">>", "> ", "3<>", ">|"]) + "file"
        case 1: return random.pick(["2>&1", ">&-", "<&3"])
        case 2, 3, 4:
            documents += 1
            let end = "E\(documents)"
            let quote = random.pick(["", "", "'", "\""])
            let tabs = random.below(3) == 0
            let text = random.pick(["", "text\n", "$a `b` $(c)\n", "\"it's\"\n\\$x \\\\\n", "${a:-\"b\"}\n"])
            pending += (tabs ? "\t" : "") + text + (tabs ? "\t" : "") + end + "\n"
            return "<<" + (tabs ? "-" : "") + quote + end + quote
        case 5: return "<$x"
        case 6: return random.pick(["&>", "&>>", ">&"]) + "file"
        default: return random.pick(["<<<" + word(), "< <(" + nested() + ")", "{fd}>file"])
        }
    }

    // MARK: Words

    /// Commands in a substitution, with their own here-documents.
    private mutating func nested() -> String {
        let outer = pending
        pending = ""
        depth += 2
        defer { depth -= 2 }
        var text = list()
        if !pending.isEmpty { text += newline() }
        pending = outer
        return text
    }

    private mutating func word() -> String { (0...random.below(2)).map { _ in part() }.joined() }

    private mutating func part() -> String {
        switch random.below(dialect == .bash ? 16 : 12) {
        case 0...3:
            return random.pick(["a", "b=c", "-x", "/usr/*", "x#y", "~", "1", "if", "a{b,c}", "é", "=", "%"])
        case 4:
            return random.pick(["'it; is'", "''", "'\n'", "'\\'", "\"a b\"", "\"\"", "\"\\\"$\"", "\"it's\""])
        case 5: return random.pick(["\\ ", "\\$", "\\'", "\\\\", "\\;", "\\\n"])
        case 6: return random.pick(["$a", "$1", "$@", "\"$@\"", "$#", "$?", "$", "\"$a\"", "$$", "$!", "$-"])
        case 7:
            let operand = random.pick(["", "b", "'c}'", "\"d e\"", "$f", "\\}", "g h"])
            return "${a" + random.pick([":-", "-", ":=", "=", ":+", "+", ":?", "?", "#", "##", "%", "%%"])
                + operand + "}"
        case 8:
            return random.pick([
                "${a}", "${#a}", "${1}", "${10}", "${#}", "${?}", "${@}", "\"${a:-'b'}\"", "\"${a#'b'}\"",
            ])
        case 9: return depth < 2 ? random.pick(["$(", "\"$("]).withClosing(nested()) : "$x"
        case 10: return random.pick(["`a`", "`a \\`b\\` c`", "\"`a \\\"b\\\"`\"", "`a \\\\$b`"])
        case 11: return random.pick(["$((1 + 2))", "$(( a * (b - $c) ))", "\"$(($x))\"", "$((`a` + $(b)))"])
        case 12:
            return random.pick([
                "${a[@]}", "${a[1]}", "${#a[*]}", "${!a}", "${!a@}", "${a[$i+1]:-b}", "${a@Q}",
            ])
        case 13:
            return random.pick(["${a/b/c}", "${a//\\//-}", "${a:1}", "${a:1:2}", "${@:2}", "${a^^}", "${a,}"])
        case 14: return random.pick(["$'a\\'b\\n'", "$\"a $b\"", "$[1 + a]"])
        default: return depth < 2 ? random.pick(["<(", ">("]) + nested() + ")" : "x"
        }
    }
}

extension String {
    fileprivate func withClosing(_ commands: String) -> String {
        // `$((` would be arithmetic.
        self + (commands.hasPrefix("(") ? " " : "") + commands + (hasPrefix("\"") ? ")\"" : ")")
    }
}
