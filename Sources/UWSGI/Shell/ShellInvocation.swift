/// A shell's command line: `sh -c script name arguments`, or a script in a file.
struct ShellInvocation {
    enum Source {
        /// The text of `-c`.
        case script(Word)
        /// A file, which cannot be seen.
        case file(Word)
        /// Standard input.
        case input
    }

    var source: Source
    /// `$0`
    var name: Word?
    /// `$1` and on
    var arguments: ArraySlice<Word>
    var exportsAll = false

    /// Shells that understand `$'…'` and arrays.
    private static let extended: Set<Substring> = ["bash", "rbash", "ksh", "ksh93", "mksh", "zsh"]
    private static let plain: Set<Substring> = ["sh", "dash", "ash", "posh", "yash"]

    static func isShell(_ name: Substring) -> Bool { plain.contains(name) || extended.contains(name) }

    static func knowsDollarQuotes(_ name: Substring) -> Bool { extended.contains(name) }

    /// - Parameter words: what follows the shell's own name.
    init(_ words: ArraySlice<Word>) {
        var rest = words
        var isCommand = false
        var readsInput = false
        var allExport = false
        while let word = rest.first {
            let text = word.text
            guard text.utf8.count > 1, let sign = text.utf8.first,
                sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
            else { break }
            rest.removeFirst()
            if text == "--" { break }
            if text.hasPrefix("--") {
                if text == "--rcfile" || text == "--init-file" { _ = rest.popFirst() }
                continue
            }
            for letter in text.utf8.dropFirst() {
                switch letter {
                case UInt8(ascii: "c") where sign == UInt8(ascii: "-"): isCommand = true
                case UInt8(ascii: "s") where sign == UInt8(ascii: "-"): readsInput = true
                case UInt8(ascii: "a"): allExport = sign == UInt8(ascii: "-")
                case UInt8(ascii: "o"), UInt8(ascii: "O"):
                    if rest.popFirst()?.text == "allexport" { allExport = sign == UInt8(ascii: "-") }
                default: break
                }
            }
        }
        exportsAll = allExport
        if !isCommand, let word = rest.first, word.text == "-" { rest.removeFirst() }
        if isCommand, let script = rest.popFirst() {
            source = .script(script)
            name = rest.popFirst()
            arguments = rest
        } else if readsInput || rest.isEmpty {
            source = .input
            arguments = rest
        } else {
            let file = rest.removeFirst()
            source = .file(file)
            name = file
            arguments = rest
        }
    }

    /// The invocation of a shell by another program, as `su -c` does.
    init(script: Word, arguments: ArraySlice<Word> = []) {
        source = .script(script)
        var rest = arguments
        name = rest.popFirst()
        self.arguments = rest
    }
}
