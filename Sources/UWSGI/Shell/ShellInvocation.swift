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

    var source = Source.input
    /// `$0`
    var name: Argument?
    /// `$1` and on
    var arguments: ArraySlice<Argument> = []
    var exportsAll = false
    var endsOnFailure = false
    var endsOnUnset = false
    var failsWithAnyPart = false
    var behaviour: BashBehaviour = []
    /// Whether it only reads: `-n`.
    var runsNothing = false
    var isInteractive = false
    var isLogin = false
    /// The file that bash reads first where it is interactive: `--rcfile`.
    var startUpFile: Argument?

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

    /// Shells of one dialect that differ.
    enum Kind { case any, dash, busyBox }

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
        var reader = OptionReader(words, .lettersWithPlus)
        var isCommand = false
        var readsInput = false
        while let option = reader.next() {
            if option.isLong {
                if option.name.isEmpty { break }
                if option.name == "rcfile" || option.name == "init-file" { startUpFile = reader.value() }
                if option.name == "login" { isLogin = true }
                continue
            }
            let isOn = !option.isOff
            switch option.name {
            case "c" where isOn: isCommand = true
            case "s" where isOn: readsInput = true
            case "a": exportsAll = isOn
            case "e": endsOnFailure = isOn
            case "u": endsOnUnset = isOn
            case "n": runsNothing = isOn
            // An interactive shell does not end where a program cannot be executed.
            case "i" where isOn:
                isInteractive = true
                behaviour.formUnion([.goesOnAfterExec, .expandsAliases])
            case "l" where isOn: isLogin = true
            case "k" where isOn: behaviour.insert(.assignsAnywhere)
            // The name stands in the next word, also where letters follow.
            case "o", "O": if let name = reader.words.popFirst()?.text { setOption(name, isOn) }
            default: break
            }
        }
        var rest = reader.words
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

    /// An option with a name: `-o errexit`, and bash's `-O execfail`.
    private mutating func setOption(_ name: String, _ isOn: Bool) {
        switch name {
        case "allexport": exportsAll = isOn
        case "errexit": endsOnFailure = isOn
        case "nounset": endsOnUnset = isOn
        case "pipefail": failsWithAnyPart = isOn
        case "noexec": runsNothing = isOn
        default: if isOn { behaviour.formUnion(BashBehaviour(option: name)) }
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
