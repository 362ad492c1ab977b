/// `$name` or `${name…}`
///
/// Read alike in both dialects: dash stops with "Bad substitution" when it expands what only others know
/// (`${x/a/b}`, `${x:1}`, `${!x}`, `${x[1]}`, `${x^}`); busybox knows the first two.
public struct ShellParameter: Sendable {
    /// Which elements of an array.
    public enum Index: Sendable {
        /// `[@]`
        case all
        /// `[*]`
        case joined
        case element(ShellWord)
    }

    public indirect enum Operation: Sendable {
        case plain
        /// `${#x}`
        case length
        /// `-` and `:-`
        case useDefault(ShellWord, alsoIfEmpty: Bool)
        /// `=` and `:=`
        case assignDefault(ShellWord, alsoIfEmpty: Bool)
        /// `+` and `:+`
        case useAlternative(ShellWord, alsoIfEmpty: Bool)
        /// `?` and `:?`
        case errorIfUnset(ShellWord?, alsoIfEmpty: Bool)
        /// `#` and `##`
        case removePrefix(ShellWord, longest: Bool)
        /// `%` and `%%`
        case removeSuffix(ShellWord, longest: Bool)
        /// `/`, `//`, `/#` and `/%`
        case replace(ShellWord, with: ShellWord?, Replacement)
        /// `:offset` and `:offset:length`, which are arithmetic
        case substring(offset: ShellWord, length: ShellWord?)
        /// `^`, `^^`, `,` and `,,`
        case changeCase(upper: Bool, all: Bool, pattern: ShellWord?)
        /// `${!x}`
        case indirect
        /// `${!x*}`, `${!x@}`; with an index `${!x[@]}`, an array's keys
        case names
        /// `${x@Q}`, `${!x:-y}` and whatever else: what follows the name.
        case unread(ShellSource)

        public enum Replacement: Sendable, Hashable { case first, all, atStart, atEnd }
    }

    /// `x`, `1`, `@`, `*`, `#`, `?`, `$`, `!`, `-` or `0`. Empty where not even a name could be read.
    public var name: String
    public var index: Index?
    public var operation: Operation
    /// The expansion as written.
    public var source: ShellSource

    public init(name: String, index: Index? = nil, operation: Operation = .plain, source: ShellSource = []) {
        self.name = name
        self.index = index
        self.operation = operation
        self.source = source
    }
}
