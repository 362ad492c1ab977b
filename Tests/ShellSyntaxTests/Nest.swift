/// Something that nests in a script.
struct Nest: Sendable, CustomStringConvertible {
    var name: String
    var open: String
    var middle: String
    var close: String

    init(_ name: String, _ open: String, _ middle: String, _ close: String) {
        (self.name, self.open, self.middle, self.close) = (name, open, middle, close)
    }

    var description: String { name }

    /// A script that nests this often. `%` becomes a level's number.
    func script(_ count: Int) -> String {
        func level(_ text: String, _ number: Int) -> String {
            text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "\(number)")
        }
        return (0..<count).map { level(open, $0) }.joined() + middle
            + (0..<count).reversed().map { level(close, $0) }.joined()
    }

    static let all = [
        Nest("substitutions", "$(", "a", ")"),
        Nest("quoted substitutions", "\"$(", "a", ")\""),
        Nest("subshells", "( ", "a", ")"),
        Nest("groups", "{ ", "a", ";}"),
        Nest("if", "if ", "a", ";then b;fi"),
        Nest("else", "if a;then b;else ", "a", ";fi"),
        Nest("while", "while ", "a", ";do b;done"),
        Nest("for", "for a in b;do ", "a", ";done"),
        Nest("case", "case a in b)", "a", ";;esac"),
        Nest("defaults", "${a:-", "a", "}"),
        Nest("quoted defaults", "\"${a:-", "a", "}\""),
        Nest("patterns", "${a#", "a", "}"),
        Nest("offsets", "${a:", "1", "}"),
        Nest("replacements", "${a/b/", "c", "}"),
        Nest("subscripts", "${a[", "1", "]}"),
        Nest("arithmetic", "$((", "1", "))"),
        Nest("brackets", "$[", "1", "]"),
        Nest("not arithmetic", "$((", "a", ") )"),
        Nest("half arithmetic", "$((a); $((b)) ", "c", ")"),
        Nest("arithmetic commands", "((a;", "b", ") )"),
        Nest("functions", "f() { ", "a", ";}"),
        Nest("process substitutions", "<(", "a", ")"),
        Nest("arrays", "a=(b $(", "a", "))"),
        Nest("array arguments", "declare a=($(", "a", "))"),
        Nest("subscripts of assignments", "a[$(", "a", ")]=b"),
        Nest("globs like subscripts", "a[$(", "a", ")]b"),
        Nest("arguments like subscripts", "export a[$(", "a", ")]=b"),
        Nest("tests", "[[ $(", "a", ") ]]"),
        Nest("here-documents", "$(a <<E%\n", "a\n", "E%\n)\n"),
        Nest("here-documents in substitutions", "$(a <<E%\n$(b)`c`\nE%\n", "a\n", ")"),
        Nest("here-strings", "a <<<$(", "a", ")"),
        Nest("everything", "if f() { case $(a \"${b:-$(", "a", ")}\") in c) d;;esac;};then b;fi"),
    ]
}
