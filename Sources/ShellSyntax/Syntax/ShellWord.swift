/// A word of a script before expansion.
public struct ShellWord: Sendable {
    /// One stretch of a word.
    ///
    /// Adjacent literals of the same quoting are one part; an empty pair of quotes is an empty quoted literal.
    public enum Part: Sendable {
        /// Text, with quotes and escapes taken off. Unquoted text may hold glob characters, tildes and, in bash,
        /// braces; quoted text is plain.
        case literal(String, isQuoted: Bool)
        indirect case parameter(ShellParameter, isQuoted: Bool)
        /// `$(…)` and backquotes; `nil` where the commands could not be read. The source is the whole expansion.
        indirect case command(ShellList?, source: ShellSource, isQuoted: Bool)
        /// `$((…))` and `$[…]`: the expression as a word, whose expansions are performed first.
        indirect case arithmetic(ShellWord, isQuoted: Bool)
        /// `<(…)` and `>(…)`.
        indirect case process(ShellList?, source: ShellSource)
        /// What is not read: `@(a|b)`, text that is not UTF-8 or holds NUL, what shells read differently.
        indirect case unread(source: ShellSource, isQuoted: Bool)
    }

    public var parts: [Part]
    /// The word as written. Of a here-document, its text as written.
    public var source: ShellSource
    private var assignment: BoxedAssignment?

    public init(parts: [Part], source: ShellSource = []) {
        self.parts = parts
        self.source = source
    }

    /// The text of a word without expansions, quoted as a whole or not at all.
    public var literal: (text: String, isQuoted: Bool)? { Self.literal(of: parts) }

    /// The same of a word's parts, for which the rest of it need not be copied.
    public static func literal(of parts: [Part]) -> (text: String, isQuoted: Bool)? {
        if parts.count == 1, case .literal(let text, let isQuoted) = parts[0] { return (text, isQuoted) }
        return nil
    }

    /// The text of a word without quotes and expansions: only such a word can be a reserved one.
    public var plainText: String? {
        if let literal, !literal.isQuoted { return literal.text }
        return nil
    }

    /// What an argument like that of `declare a=(…)` assigns; its elements are an unread part of the word.
    public internal(set) var arrayAssignment: ShellAssignment? {
        get { if case .boxed(let value) = assignment { value } else { nil } }
        set { assignment = newValue.map { .boxed($0) } }
    }

    /// A word may hold an assignment, which holds words.
    private indirect enum BoxedAssignment: Sendable { case boxed(ShellAssignment) }
}
