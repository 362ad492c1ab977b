/// Expands the words of a shell script with what is known of variables and positional parameters.
struct ShellExpansion {
    /// The variables and parameters at this point of the script.
    struct Context {
        var environment: ProcessEnvironment
        /// `$0`
        var name: Word
        /// `$1` and on
        var arguments: ArraySlice<Word>
        /// Whether a default was used although a source that cannot be seen may set the variable.
        var hasAssumed = false
        /// Bytes that may still be produced.
        var budget: Int
    }

    /// Where the script stands: the place of words that it makes.
    let place: Place
    var context: Context

    private var fields: [Word] = []
    private var current = ""
    private var hasCurrent = false
    private var currentPlace: Place?
    private var isElastic = false

    init(place: Place, context: Context) {
        self.place = place
        self.context = context
    }

    /// The fields that a word becomes.
    mutating func fields(of words: some Sequence<ShellWord>) -> [Word] {
        fields = []
        for word in words where context.budget >= 0 {
            append(word, splits: true)
            endField()
        }
        defer { fields = [] }
        return fields
    }

    /// The text that a word becomes where no fields are made: in an assignment.
    mutating func text(of word: ShellWord) -> Word {
        fields = []
        append(word, splits: false)
        hasCurrent = true
        endField()
        defer { fields = [] }
        return fields.first ?? Word("", at: place)
    }

    /// Expands something else in the middle of a word.
    private mutating func apart<Result>(_ body: (inout ShellExpansion) -> Result) -> Result {
        let outer = (fields, current, hasCurrent, currentPlace, isElastic)
        (fields, current, hasCurrent, currentPlace, isElastic) = ([], "", false, nil, false)
        defer { (fields, current, hasCurrent, currentPlace, isElastic) = outer }
        return body(&self)
    }

    // MARK: Fields

    private mutating func endField() {
        guard hasCurrent else { return }
        context.budget -= current.utf8.count + 1
        fields.append(Word(current, at: currentPlace ?? place, isElastic: isElastic))
        current = ""
        hasCurrent = false
        currentPlace = nil
        isElastic = false
    }

    private mutating func append(_ text: some StringProtocol) {
        context.budget -= text.utf8.count
        // Once the budget is used up, words end: whoever reads on sees that it is negative.
        if context.budget >= 0 { current += text }
        hasCurrent = true
    }

    /// - Parameter isOperand: whether the word stands inside `${…}`, where blanks need not be quoted and so
    ///   separate fields as well.
    private mutating func append(_ word: ShellWord, splits: Bool, isOperand: Bool = false) {
        // Quotes make a word even of nothing, but not around `$@` without parameters.
        let holdsArguments = word.parts.contains {
            if case .parameter(let parameter, true) = $0 { return parameter.name == "@" }
            return false
        }
        for part in word.parts where context.budget >= 0 {
            switch part {
            case .literal(let text, true) where text.isEmpty && holdsArguments: break
            case .literal(let text, let isQuoted):
                if isOperand, splits, !isQuoted { appendValue(text, splits: true) } else { append(text) }
            case .unknown(let isQuoted): appendValue(Self.unknown, splits: splits && !isQuoted)
            case .command(let list, let isQuoted):
                appendValue(output(of: list), splits: splits && !isQuoted)
            case .parameter(let parameter, let isQuoted):
                append(parameter, isQuoted: isQuoted, splits: splits)
            }
        }
    }

    private static let unknown = String(Character(Word.unknown))

    /// Text that comes from an expansion: split at blanks, unless it is quoted.
    private mutating func appendValue(_ value: String, splits: Bool) {
        guard splits else {
            append(value)
            return
        }
        var isFirst = true
        var rest = value[...]
        while context.budget >= 0 {
            let end = rest.utf8.firstIndex { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A } ?? rest.endIndex
            let piece = rest[..<end]
            if !piece.isEmpty {
                if !isFirst { endField() }
                if !hasCurrent, piece.utf8.contains(where: { $0 <= 1 }) { isElastic = true }
                append(piece)
            } else if isFirst, end < rest.endIndex {
                endField()
            }
            guard end < rest.endIndex else { return }
            isFirst = false
            rest = rest[rest.utf8.index(after: end)...]
            if rest.isEmpty {
                endField()
                return
            }
        }
    }

    // MARK: Parameters

    private mutating func append(_ parameter: ShellParameter, isQuoted: Bool, splits: Bool) {
        if parameter.name == "@" || parameter.name == "*", parameter.operation.isPlain {
            appendArguments(joins: parameter.name == "*" && isQuoted || !splits, isQuoted: isQuoted)
            return
        }
        let value = lookUp(parameter.name)
        switch parameter.operation {
        case .plain, .require:
            appendValue(value.text, splits: splits && !isQuoted)
        case .useDefault(let word, let alsoIfEmpty):
            if value.isMissing(alsoIfEmpty: alsoIfEmpty) {
                if value.isInvisible, context.environment.container.hasSources { context.hasAssumed = true }
                append(word, splits: splits && !isQuoted, isOperand: true)
            } else {
                appendValue(value.text, splits: splits && !isQuoted)
            }
        case .assignDefault(let word, let alsoIfEmpty):
            guard value.isMissing(alsoIfEmpty: alsoIfEmpty) else {
                appendValue(value.text, splits: splits && !isQuoted)
                return
            }
            if value.isInvisible, context.environment.container.hasSources { context.hasAssumed = true }
            let text = apart { $0.text(of: word).text }
            context.environment.assign(parameter.name, text)
            appendValue(text, splits: splits && !isQuoted)
        case .useAlternative(let word, let alsoIfEmpty):
            if value.isMissing(alsoIfEmpty: alsoIfEmpty) { return }
            if value.text.isKnown {
                append(word, splits: splits && !isQuoted, isOperand: true)
            } else {
                appendValue(Self.unknown, splits: splits && !isQuoted)
            }
        case .transform:
            appendValue(value.text.isEmpty ? "" : Self.unknown, splits: splits && !isQuoted)
        }
    }

    /// What a parameter holds.
    private struct Value {
        var text: String
        var isUnset = false
        /// The specification does not mention it.
        var isInvisible = false

        func isMissing(alsoIfEmpty: Bool) -> Bool {
            isUnset || isInvisible || alsoIfEmpty && text.isEmpty
        }
    }

    /// Variables that shells and container runtimes set themselves.
    private static let alwaysSet: Set<String> = [
        "HOME", "PATH", "PWD", "OLDPWD", "HOSTNAME", "RANDOM", "UID", "EUID", "USER", "SHELL", "LINENO",
        "SECONDS",
        "PPID", "IFS", "SHLVL", "TERM", "BASH", "BASH_VERSION", "OPTIND", "FUNCNAME",
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_SERVICE_PORT",
    ]

    private func lookUp(_ name: String) -> Value {
        if name == "0" { return Value(text: context.name.text) }
        if let number = Int(name) {
            let index = context.arguments.startIndex + number - 1
            guard number > 0, context.arguments.indices.contains(index) else {
                return Value(text: "", isUnset: true)
            }
            return Value(text: context.arguments[index].text)
        }
        if name == "#" { return Value(text: String(context.arguments.count)) }
        if name == "*" || name == "@" {
            return Value(
                text: context.arguments.isEmpty ? "" : Self.unknown, isUnset: context.arguments.isEmpty)
        }
        guard EnvironmentNames.isIdentifier(name) else { return Value(text: Self.unknown) }
        switch context.environment.content(of: name) {
        case .value(let text): return Value(text: text)
        case .unset: return Value(text: "", isUnset: true)
        case .invisible:
            if Self.alwaysSet.contains(name) { return Value(text: Self.unknown) }
            return Value(text: context.environment.container.textOfInvisible, isInvisible: true)
        }
    }

    private mutating func appendArguments(joins: Bool, isQuoted: Bool) {
        var isFirst = true
        for word in context.arguments {
            if !isFirst {
                if joins { append(" ") } else { endField() }
            }
            isFirst = false
            if isQuoted || joins {
                if !joins, current.isEmpty { currentPlace = word.place }
                append(word.text)
                isElastic = isElastic || word.isElastic
            } else {
                if current.isEmpty { currentPlace = word.place }
                appendValue(word.text, splits: true)
            }
            if context.budget < 0 { return }
        }
    }

    // MARK: Commands

    /// What `$(…)` becomes: unknown, but for commands that only name a program or repeat their words.
    private mutating func output(of list: ShellList?) -> String {
        guard let element = list?.elements.first, list?.elements.count == 1,
            case .simple(let command) = element.command, command.assignments.isEmpty
        else { return Self.unknown }
        let names = command.words.prefix(3).map(\.plainText)
        let operand: Int
        switch names.first {
        case "which": operand = 1
        case "command" where names.dropFirst().first == "-v": operand = 2
        case "type" where names.dropFirst().first == "-p" || names.dropFirst().first == "-P": operand = 2
        case "echo": operand = 1
        default: return Self.unknown
        }
        guard command.words.count > operand, names.first == "echo" || command.words.count == operand + 1
        else {
            return Self.unknown
        }
        let words = apart { $0.fields(of: command.words[operand...]) }
        return words.map(\.text).joined(separator: " ")
    }
}
