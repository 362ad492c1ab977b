/// Assignments, words and redirections: POSIX.1-2024, Shell Command Language, 2.9.1.
public struct ShellSimpleCommand: Sendable {
    public var assignments: [ShellAssignment]
    /// The command's name and its arguments.
    public var words: [ShellWord]
    public var redirections: [ShellRedirection]
    public var source: ShellSource

    public init(
        assignments: [ShellAssignment] = [], words: [ShellWord] = [], redirections: [ShellRedirection] = [],
        source: ShellSource = []
    ) {
        self.assignments = assignments
        self.words = words
        self.redirections = redirections
        self.source = source
    }
}

/// `name=value`
public struct ShellAssignment: Sendable {
    public enum Value: Sendable {
        case word(ShellWord)
        /// `(…)`. With keys, as in `([2]=x)`, the value is a word with an unread part instead.
        case array([ShellWord])
    }

    public var name: String
    /// The subscript of `a[i]=`.
    public var index: ShellWord?
    /// Whether it is `+=`.
    public var appends: Bool
    public var value: Value

    public init(name: String, index: ShellWord? = nil, appends: Bool = false, value: Value) {
        self.name = name
        self.index = index
        self.appends = appends
        self.value = value
    }
}

/// `2>file` and the like: POSIX.1-2024, Shell Command Language, 2.7.
public struct ShellRedirection: Sendable {
    public enum Kind: Sendable {
        /// `<` and `<>`
        case input
        /// `>`, `>|` and `>>`
        case output(appends: Bool)
        /// `<<` and `<<-`: the text, whose expansions are performed unless the delimiter is quoted.
        case hereDocument(ShellWord)
        /// `<<<`
        case hereString
        /// `<&` and `>&`
        case duplicate
        /// `&>`, `&>>` and `>&file`: both outputs.
        ///
        /// In `.posix`, dash runs the command in the background and then makes the file, where busybox and bash
        /// redirect: neither the exit status nor whether the shell waits can be told.
        case both(appends: Bool)
    }

    /// The number before the operator.
    public var descriptor: Int?
    /// The variable of `{name}>`, which is given the descriptor's number.
    public var descriptorVariable: String?
    public var kind: Kind
    /// What follows the operator; of a here-document, its text.
    public var target: ShellWord

    public init(descriptor: Int? = nil, descriptorVariable: String? = nil, kind: Kind, target: ShellWord) {
        self.descriptor = descriptor
        self.descriptorVariable = descriptorVariable
        self.kind = kind
        self.target = target
    }
}
