import Basics

/// Interpreters of other languages, whose programs can stand on the command line.
enum Interpreters {
    private static let names: Set<Substring> = [
        "perl", "ruby", "node", "nodejs", "php", "lua", "luajit", "tclsh", "expect", "awk", "gawk", "mawk",
        "nawk",
        "deno", "bun", "julia", "guile", "racket", "R", "Rscript", "make", "gmake", "just", "ts-node",
        "groovy",
    ]

    /// - Parameter name: without folder, perhaps with a version behind.
    static func isInterpreter(_ name: Substring) -> Bool {
        var stem = name
        while let last = stem.utf8.last, last.isDecimalDigit || last == UInt8(ascii: ".") {
            stem.removeLast()
        }
        return names.contains(name) || stem.utf8.count < name.utf8.count && names.contains(stem)
    }

    /// Whether a program among the arguments names uWSGI beside something that starts programs.
    /// - Parameter input: what it is fed with.
    static func mayStartUWSGI(_ operands: ArraySlice<Argument>, input: [String] = []) -> Bool {
        let words = operands.map(\.text)
        // `awk -v c=uwsgi 'BEGIN { system(c) }'`: the name and what starts it may stand in different words.
        return (words + input).contains(where: \.mayNameUWSGI)
            || PythonInvocation.effect(of: (words + input).joined(separator: "\n")) != .none
    }
}
