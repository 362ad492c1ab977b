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
        while let last = stem.utf8.last, (0x30...0x39).contains(last) || last == UInt8(ascii: ".") {
            stem.removeLast()
        }
        return names.contains(name) || names.contains(stem)
    }

    /// Whether a program among the arguments names uWSGI beside something that starts programs.
    static func mayStartUWSGI(_ operands: ArraySlice<Argument>) -> Bool {
        operands.contains { $0.text.mayNameUWSGI || PythonInvocation.effect(of: $0.text) != .none }
    }
}
