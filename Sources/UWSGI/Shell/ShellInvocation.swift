import Basics

/// A shell's command line: `sh -c script name arguments`, or a script in a file.
struct ShellInvocation {
    enum Source {
        /// The text of `-c`.
        case script(Argument)
        /// A file, which cannot be seen.
        case file(Argument)
        /// Standard input.
        case input
    }

    var source: Source
    /// `$0`
    var name: Argument?
    /// `$1` and on
    var arguments: ArraySlice<Argument>
    var exportsAll = false
    var endsOnFailure = false
    var endsOnUnset = false
    var failsWithAnyPart = false
    /// Whether it only reads: `-n`.
    var runsNothing = false

    private static let languages: [Substring: Language] = {
        // Shells that understand `$'…'` and arrays; those of POSIX; and those with a language of their own.
        let rows: [(Language, String)] = [
            (.bash, "bash rbash ksh mksh lksh oksh loksh pdksh zsh"),
            (.posix, "sh dash ash posh yash hush rsh"),
            (.foreign, "fish csh tcsh xonsh elvish nu nushell rc es pwsh ion oil osh ysh"),
        ]
        return rows.reduce(into: [:]) { table, row in
            for name in row.1.split(separator: " ") { table[name] = row.0 }
        }
    }()

    /// What language a program reads as a shell; `nil` for other programs.
    enum Language { case posix, bash, foreign }

    /// - Parameter name: without folder; `bash5`, `bash-5.2` and `bash.real` are bash.
    static func language(of name: Substring) -> Language? {
        let end = name.utf8.firstIndex { !$0.isLowercaseLetter } ?? name.endIndex
        let letters = name[..<end]
        let rest = name[end...]
        let isPlain =
            rest.utf8.allSatisfy { $0.isDecimalDigit || $0 == 0x2D || $0 == 0x2E }
        guard let language = languages[letters] else { return nil }
        return isPlain || [".real", "-static", ".distrib", ".\(letters)"].contains(rest) ? language : nil
    }

    /// - Parameter words: what follows the shell's own name.
    init(_ words: ArraySlice<Argument>) {
        var rest = words
        var isCommand = false
        var readsInput = false
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
                case UInt8(ascii: "a"): exportsAll = sign == UInt8(ascii: "-")
                case UInt8(ascii: "e"): endsOnFailure = sign == UInt8(ascii: "-")
                case UInt8(ascii: "u"): endsOnUnset = sign == UInt8(ascii: "-")
                case UInt8(ascii: "n"): runsNothing = sign == UInt8(ascii: "-")
                case UInt8(ascii: "o"), UInt8(ascii: "O"):
                    switch rest.popFirst()?.text {
                    case "allexport": exportsAll = sign == UInt8(ascii: "-")
                    case "errexit": endsOnFailure = sign == UInt8(ascii: "-")
                    case "nounset": endsOnUnset = sign == UInt8(ascii: "-")
                    case "pipefail": failsWithAnyPart = sign == UInt8(ascii: "-")
                    case "noexec": runsNothing = sign == UInt8(ascii: "-")
                    default: break
                    }
                default: break
                }
            }
        }
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
    init(script: Argument, arguments: ArraySlice<Argument> = []) {
        source = .script(script)
        var rest = arguments
        name = rest.popFirst()
        self.arguments = rest
    }
}
