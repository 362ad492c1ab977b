/// A word of a shell script before expansion.
struct ShellWord: Sendable {
    /// One stretch of a word.
    indirect enum Part: Sendable {
        case literal(String, isQuoted: Bool)
        case parameter(ShellParameter, isQuoted: Bool)
        /// `$(…)` and backquotes: the commands, where they could be read.
        case command(ShellList?, isQuoted: Bool)
        /// Arithmetic, process substitution and the like: some text.
        case unknown(isQuoted: Bool)
    }

    var parts: [Part] = []

    /// The text of a word that has no quotes and no expansions: only such a word can be a reserved one.
    var plainText: String? {
        if parts.count == 1, case .literal(let text, false) = parts[0] { return text }
        return nil
    }
}

/// `$name` or `${name…}`.
struct ShellParameter: Sendable {
    enum Operation: Sendable {
        case plain
        /// `:-` and `-`
        case useDefault(ShellWord, alsoIfEmpty: Bool)
        /// `:=` and `=`
        case assignDefault(ShellWord, alsoIfEmpty: Bool)
        /// `:+` and `+`
        case useAlternative(ShellWord, alsoIfEmpty: Bool)
        /// `:?` and `?`
        case require
        /// Anything that changes the value: `#`, `%`, `/`, a substring, a length.
        case transform
    }

    var name: String
    var operation: Operation = .plain
}

/// A simple command: assignments, words, and what is fed to it.
struct ShellSimpleCommand: Sendable {
    var assignments: [(name: String, value: ShellWord)] = []
    var words: [ShellWord] = []
    /// The here-document it reads, by its number in ``ShellScript/documents``.
    var document: Int?
}

/// A command of any kind.
indirect enum ShellCommand: Sendable {
    case simple(ShellSimpleCommand)
    case pipeline([ShellCommand], isNegated: Bool)
    case group(ShellList)
    case subshell(ShellList)
    case conditional([(condition: ShellList, body: ShellList)], otherwise: ShellList?)
    case loop(condition: ShellList, body: ShellList, isUntil: Bool)
    case iteration(name: String, words: [ShellWord], body: ShellList)
    case selection(word: ShellWord, [(patterns: [ShellWord], body: ShellList)])
    case function(name: String, body: ShellCommand)
    /// `[[ … ]]`
    case test([ShellWord])
    /// `(( … ))`
    case arithmetic
}

/// Commands in a row.
struct ShellList: Sendable {
    /// What has to come of the command before, for this one to run.
    enum Condition: Sendable {
        case always
        case ifSucceeded
        case ifFailed
    }

    struct Element: Sendable {
        var condition: Condition
        var command: ShellCommand
        /// Whether it runs beside what follows (`&`).
        var isInBackground = false
    }

    var elements: [Element] = []
}

/// A script, read.
struct ShellScript: Sendable {
    var list: ShellList
    /// The texts of its here-documents.
    var documents: [String]
    /// Whether what follows the list could not be read.
    var isBroken = false
    /// Whether that was because it is nested too deep, and not because no shell would read it.
    var isTooDeep = false
}
