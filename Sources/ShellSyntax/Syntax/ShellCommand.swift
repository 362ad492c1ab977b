/// A command of any kind: POSIX.1-2024, Shell Command Language, 2.9.
public indirect enum ShellCommand: Sendable {
    case simple(ShellSimpleCommand)
    /// More than one command, or a negated one.
    case pipeline([ShellCommand], isNegated: Bool)
    case compound(ShellCompound, redirections: [ShellRedirection])
    case function(name: String, body: ShellCommand)
}

/// A compound command: POSIX.1-2024, Shell Command Language, 2.9.4, and the manual of bash, 3.2.5.
public indirect enum ShellCompound: Sendable {
    case braceGroup(ShellList)
    /// `( … )`. `coproc` is a subshell with its command in the background, which is what it runs as.
    case subshell(ShellList)
    /// `if` and each `elif`, in order.
    case ifClause([(condition: ShellList, body: ShellList)], otherwise: ShellList?)
    case whileClause(condition: ShellList, body: ShellList, isUntil: Bool)
    /// Without `in` the words are `nil`, and the loop is over `"$@"`.
    case forClause(name: String, words: [ShellWord]?, body: ShellList, isSelect: Bool)
    /// `for ((…; …; …))`: what stands in the parentheses.
    case arithmeticFor(source: ShellSource, body: ShellList)
    case caseClause(word: ShellWord, [ShellCaseItem])
    /// `[[ … ]]`: operators (`&&`, `(`, `<`) are words of their own, unquoted and without expansions.
    case test([ShellWord])
    /// `(( … ))`
    case arithmetic(ShellWord)
}

/// One choice of a `case`.
public struct ShellCaseItem: Sendable {
    public enum Ending: Sendable, Hashable {
        /// `;;` or none
        case leaves
        /// `;&`
        case fallsThrough
        /// `;;&`
        case goesOnTesting
    }

    public var patterns: [ShellWord]
    public var body: ShellList
    public var ending: Ending

    public init(patterns: [ShellWord], body: ShellList, ending: Ending) {
        self.patterns = patterns
        self.body = body
        self.ending = ending
    }
}

/// Commands in a row: POSIX.1-2024, Shell Command Language, 2.9.3.
public struct ShellList: Sendable {
    /// What joins an element to the one before.
    public enum Connector: Sendable, Hashable {
        /// `;`, `&`, a newline, or being the first.
        case always
        /// `&&`
        case and
        /// `||`
        case or
    }

    public struct Element: Sendable {
        public var connector: Connector
        public var command: ShellCommand
        /// Whether it runs beside what follows. In `a && b &` the whole chain does, and each element says so.
        public var isInBackground: Bool
        public var source: ShellSource

        public init(
            connector: Connector, command: ShellCommand, isInBackground: Bool = false,
            source: ShellSource = []
        ) {
            self.connector = connector
            self.command = command
            self.isInBackground = isInBackground
            self.source = source
        }
    }

    public var elements: [Element]

    public init(elements: [Element] = []) { self.elements = elements }
}

/// A script, read.
public struct ShellScript: Sendable {
    public var list: ShellList
    /// What follows the lines that could be read: shells run each line before they read the next.
    public var unread: ShellSource?
    /// In `.posix`, the first element of the list on the line from which on bash alone reads a script: `<<<`, and a
    /// function with a special built-in command's name, which it refuses no earlier than where it would be defined.
    public var bashStart: Int?
    /// How many bytes were read, each as often as it was: what tests of linear work look at.
    var work = 0
}
