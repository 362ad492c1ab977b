import ShellSyntax

/// Expands the words of a script with what is known of variables, parameters and commands: POSIX.1-2024, Shell
/// Command Language, 2.6.
///
/// Where a part may be one of several texts, the word may become several lists of fields; at most
/// ``Scope/mostAlternatives``, beyond which the part is unknown.
struct ShellExpansion {
    let runner: ShellRunner
    /// The state after what was expanded: `${X:=d}` assigns, `$(…)` may start something.
    var state: State
    /// Where an expansion ended the shell: `${X?}`, or an unset variable under `set -u`.
    var fatal: State?
    /// Whether it is known that the shell ends, as far as the word is reached at all.
    var endsForCertain = false
    /// Where an expansion ended the line on which it stands.
    var discarded: State?
    /// The outcome of the last command substitution.
    var lastStatus: Outcome?
    /// The programs that are missing on ways that are ``Reach/afterFailure``: what the one substitution has found out
    /// that can fail; `nil` before there was one.
    private(set) var missingAfterFailure: [String]?
    /// The number of the next `/dev/fd/…`.
    private var nextDescriptor = 63

    init(runner: ShellRunner, state: State) {
        self.runner = runner
        self.state = state
    }

    var location: ArgumentLocation { runner.location }
    var tracer: LaunchTracer { runner.tracer }

    // MARK: What words become

    /// The fields that words become by one way.
    struct Fields: Hashable {
        var list: [Argument]
        var reach: Reach
    }

    /// A text that a word becomes by one way; `nil` for an unset parameter.
    struct Text: Hashable {
        var value: String?
        var reach = Reach.expected
    }

    /// The fields that words become: by each way one list.
    mutating func fields(of words: ArraySlice<ShellWord>) -> [Fields] {
        if let fields = plainFields(of: words) { return [Fields(list: fields, reach: .expected)] }
        var builders = [FieldBuilder(at: location)]
        for word in words {
            guard !tracer.budget.isExhausted else {
                let rest = Argument(TextMark.unknown(madeOf: word.source), at: location, isElastic: true)
                return [Fields(list: [rest], reach: .expected)]
            }
            append(word, to: &builders, splits: true)
            for index in builders.indices { builders[index].endField() }
        }
        return Self.unique(builders.map { Fields(list: $0.fields, reach: $0.reach) })
    }

    /// What words become of which each is one text without an expansion, as in most commands.
    private func plainFields(of words: ArraySlice<ShellWord>) -> [Argument]? {
        var fields: [Argument] = []
        fields.reserveCapacity(words.count)
        for index in words.indices {
            guard let (text, isQuoted) = ShellWord.literal(of: words[index].parts), !tracer.budget.isExhausted
            else { return nil }
            if !isQuoted, text.hasByte(where: { $0 == UInt8(ascii: "{") || TextMark.isMark($0) }) {
                return nil
            }
            fields.append(Argument(text, at: location))
        }
        // A word pays for its bytes however it is read.
        let bytes = fields.reduce(0) { $0 + $1.text.utf8.count + 1 }
        return tracer.budget.spendBytes(bytes) ? fields : nil
    }

    /// The texts that a word may become where no fields are made: in an assignment.
    mutating func texts(of word: ShellWord) -> [String] {
        if let text = word.plainText { return [text] }
        return Self.unique(pieces(of: word).map(\.text))
    }

    /// The same, with how sure each of them is.
    mutating func readings(of word: ShellWord) -> [Text] {
        if let text = word.plainText { return [Text(value: text)] }
        return Self.unique(pieces(of: word).map { Text(value: $0.text, reach: $0.reach) })
    }

    /// The pieces that a word may become where no fields are made.
    mutating func pieces(of word: ShellWord) -> [FieldBuilder] {
        var builders = [FieldBuilder(at: location)]
        append(word, to: &builders, splits: false)
        return builders
    }

    static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        guard elements.count > 1 else { return elements }
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }

    // MARK: Putting together

    /// - Parameter isOperand: whether the word stands inside `${…}`, where blanks need not be quoted and so
    ///   separate fields as well.
    mutating func append(
        _ word: ShellWord, to builders: inout [FieldBuilder], splits: Bool, isOperand: Bool = false
    ) {
        if splits, hasBraces(word) {
            let alternatives = ShellBraces.alternatives(of: word)
            if let alternatives, runner.dialect == .bash {
                appendAlternatives(alternatives, to: &builders)
                return
            }
            // dash takes braces as they stand, bash by the name of sh does not.
            if let alternatives {
                var expanded = [FieldBuilder(at: location)]
                appendAlternatives(alternatives, to: &expanded)
                append([FieldBuilder(word.plainText ?? "", at: location)] + expanded, to: &builders)
                return
            }
            append([piece(TextMark.unknown(madeOf: word.source), splits: true)], to: &builders)
            return
        }
        // Quotes make a word even of nothing, but not around `$@` without parameters.
        let holdsArguments = word.parts.contains { part in
            guard case .parameter(let parameter, true) = part else { return false }
            if case .all? = parameter.index { return true }
            return parameter.name == "@"
        }
        for part in word.parts {
            switch part {
            case .literal(let text, true) where text.isEmpty && holdsArguments: break
            case .literal(let text, let isQuoted):
                // Unknown text in a script itself may be several words.
                append(
                    [piece(text, splits: splits && !isQuoted && (isOperand || text.hasUnknown))],
                    to: &builders)
            case .parameter(let parameter, let isQuoted):
                let pieces = values(
                    of: parameter, isQuoted: isQuoted, splits: splits && !isQuoted, inFields: splits)
                append(pieces, to: &builders)
            case .command(let list, let source, let isQuoted):
                let pieces = output(of: list, source).map { text in
                    piece(text.value ?? "", splits: splits && !isQuoted, reach: text.reach)
                }
                append(pieces, to: &builders)
            case .arithmetic(let word, let isQuoted):
                let texts = self.texts(of: word).map { text in
                    let number = number(of: text)
                    noteFailure(of: text, number)
                    forgetAssigned(in: text)
                    return number.map(String.init) ?? TextMark.unknownNumber
                }
                append(Self.unique(texts).map { piece($0, splits: splits && !isQuoted) }, to: &builders)
            case .process(let list, let source):
                append([piece(processFile(list, source), splits: false)], to: &builders)
            case .unread(let source, true) where Self.dollarQuoted(source) != nil:
                let text = Self.dollarQuoted(source) ?? ""
                append([piece(text, splits: false), piece("$" + text, splits: false)], to: &builders)
            case .unread(let source, let isQuoted):
                append([piece(TextMark.unknown(madeOf: source), splits: splits && !isQuoted)], to: &builders)
            }
        }
    }

    func piece(_ text: String, splits: Bool, reach: Reach = .expected) -> FieldBuilder {
        var piece =
            splits
            ? FieldBuilder(splitting: text, separators: separators, at: location)
            : FieldBuilder(text, at: location)
        piece.reach = reach
        return piece
    }

    /// At which characters text is split.
    var separators: ShellSeparators {
        guard state.scope.hasVariable("IFS") else { return .usual }
        let texts = state.scope.texts(of: "IFS")
        return texts.count == 1 && texts.first?.isKnown == true ? ShellSeparators(texts[0]) : .usual
    }

    /// Appends one of several pieces to each of the builders.
    mutating func append(_ pieces: [FieldBuilder], to builders: inout [FieldBuilder]) {
        var pieces = Self.unique(pieces)
        if pieces.count * builders.count > Scope.mostAlternatives {
            if let fewer = fewerAlternatives(pieces, builders) {
                builders = fewer
                return
            }
            let text = Scope.anyText(pieces.map(\.text))
            pieces = [FieldBuilder(splitting: text, separators: .usual, at: location)]
        }
        guard tracer.budget.spendBytes(pieces.reduce(0) { $0 + $1.byteCount + 1 } * builders.count) else {
            return
        }
        if pieces.count == 1, let piece = pieces.first {
            for index in builders.indices { builders[index].append(piece) }
            return
        }
        builders = builders.flatMap { builder in
            pieces.map { piece in
                var copy = builder
                copy.append(piece)
                return copy
            }
        }
    }

    /// Appends fields one after another: what braces make of a word.
    private func appendAlternatives(_ alternatives: [String], to builders: inout [FieldBuilder]) {
        for index in builders.indices {
            for (offset, text) in alternatives.enumerated() {
                if offset > 0 { builders[index].endField() }
                builders[index].append(text)
            }
        }
    }

    /// Braces that bash expands: `{a,b}` and `{1..3}`.
    private func hasBraces(_ word: ShellWord) -> Bool {
        word.parts.contains { part in
            guard case .literal(let text, false) = part else { return false }
            return ShellBraces.mayExpand(text)
        }
    }

    // MARK: Patterns

    /// A word as a pattern, in which quoted text is plain.
    mutating func patterns(of word: ShellWord) -> [ShellGlob] {
        var patterns = [ShellGlob()]
        for part in word.parts {
            var isQuoted = false
            var texts: [String]
            switch part {
            case .literal(let text, let quoted): (texts, isQuoted) = ([text], quoted)
            case .parameter(_, let quoted), .command(_, _, let quoted), .arithmetic(_, let quoted),
                .unread(_, let quoted):
                isQuoted = quoted
                texts = self.texts(of: ShellWord(parts: [part]))
            case .process: texts = [TextMark.unknown]
            }
            if patterns.count * texts.count > Scope.mostAlternatives { texts = [Scope.anyText(texts)] }
            patterns = patterns.flatMap { pattern in texts.map { pattern.appending($0, isQuoted: isQuoted) } }
        }
        return patterns
    }

    // MARK: Commands

    /// What `$(…)` becomes, and what it starts.
    private mutating func output(of list: ShellList?, _ source: ShellSource) -> [Text] {
        guard let list else {
            state = tracer.giveUp(on: source, at: location, in: state)
            return [Text(value: TextMark.unknown(madeOf: source))]
        }
        let before = state
        var inner = runner.withoutTrapsForEnd(state)
        inner.scope.output = [""]
        let outcome = runner.ending(runSubstitution(list, in: inner))
        lastStatus = outcome
        let texts = printed(outcome) ?? [Text(value: TextMark.unknown(madeOf: source))]
        if texts.contains(where: { $0.reach == .afterFailure }) {
            missingAfterFailure = missingAfterFailure == nil ? outcome.failed?.scope.missingPrograms : []
        }
        if let next = outcome.apart(from: inner).next {
            var after = before
            after.take(waysOf: next)
            after.reach = before.reach
            if !next.scope.files.isSame(as: before.scope.files) { after.scope.files = next.scope.files }
            state = after
        }
        return texts
    }

    /// In bash `set -e` does not hold in command substitutions: the manual, 3.7.3. Nor does it in BusyBox's shell, but
    /// in dash.
    private func runSubstitution(_ list: ShellList, in state: State) -> Outcome {
        guard state.scope.endsOnFailure, !Self.isOneCommand(list, in: state.scope) else {
            return runner.run(list, in: state)
        }
        var lenient = state
        lenient.scope.endsOnFailure = false
        let outcome = runner.run(list, in: lenient)
        return runner.dialect == .posix || state.scope.behaviour.contains(.endsSubstitutions)
            ? .either(outcome, runner.run(list, in: state)) : outcome
    }

    /// Whether a list is but one command, behind which nothing comes that `set -e` would keep from running.
    private static func isOneCommand(_ list: ShellList, in scope: Scope) -> Bool {
        guard list.elements.count == 1, case .simple(let command)? = list.elements.first?.command,
            let name = command.words.first?.plainText
        else { return false }
        return scope.callables[name] == nil && !["eval", ".", "source"].contains(name)
    }

    /// What a substitution makes of what was printed. That a program like `which` finds nothing is not what its
    /// author expects.
    private func printed(_ outcome: Outcome) -> [Text]? {
        guard let all = outcome.printed else { return nil }
        guard all.count > 1, let successes = Outcome(ok: outcome.ok).printed, !successes.isEmpty else {
            return all.map { Text(value: Self.withoutNewlines($0)) }
        }
        return all.map { text in
            Text(
                value: Self.withoutNewlines(text),
                reach: successes.contains(text) ? .expected : .afterFailure)
        }
    }

    private static func withoutNewlines(_ text: String) -> String {
        guard text.utf8.last == 0x0A else { return text }
        var bytes = Array(text.utf8)
        while bytes.last == 0x0A { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The name of a file that holds what `<(…)` prints.
    private mutating func processFile(_ list: ShellList?, _ source: ShellSource) -> String {
        let texts = output(of: list, source)
        let path = "/dev/fd/\(nextDescriptor)"
        nextDescriptor -= 1
        state.scope.files[path] = .text(texts.map { ($0.value ?? "") + "\n" })
        return path
    }

    // MARK: Arithmetic

    /// What arithmetic assigns is not worked out: `i++`, `x = 2`.
    mutating func forgetAssigned(in text: String) {
        guard !text.hasUnknown, let names = ShellArithmetic.assignedVariables(in: text.withoutAbsent) else {
            runner.noteUnseenChanges(in: &state)
            return
        }
        for name in names { state.scope.assign(name, TextMark.unknownNumber) }
    }

    /// Notes what ends the shell where an expression cannot be evaluated; bash gives up the line only.
    private mutating func noteFailure(of text: String, _ number: Int?) {
        if noteReferences(in: text) {
            fatal = state
        } else if number == nil, refersToWord(text) {
            if runner.dialect == .bash { discarded = state } else { fatal = state }
        }
    }

    /// Whether an expression takes a word for a number, at which dash ends; for bash it is an expression of its own.
    private func refersToWord(_ text: String) -> Bool {
        guard !text.hasUnknown else { return false }
        var isFound = false
        _ = ShellArithmetic.evaluate(text.withoutAbsent, dialect: runner.dialect) { name in
            let texts = state.scope.texts(of: name)
            isFound = isFound || texts.contains { $0.isKnown && !$0.isEmpty && Int($0) == nil }
            return 0
        }
        return isFound
    }

    /// Takes note of what bash does where the variables of an expression are not numbers.
    /// - Returns: whether one of them is not set, which ends bash under `set -u`.
    func noteReferences(in text: String) -> Bool {
        noteSubscripts(in: text)
        guard !text.hasUnknown else { return false }
        var isMissing = false
        _ = ShellArithmetic.evaluate(text.withoutAbsent, dialect: runner.dialect) { name in
            for content in state.scope.contents(of: name) {
                if content == .unset || content == .text(TextMark.absent) { isMissing = true }
            }
            return 0
        }
        return isMissing && state.scope.endsOnUnset && runner.dialect == .bash
    }

    /// The number that an expression gives, or `nil` when it cannot be known.
    func number(of text: String) -> Int? {
        guard !text.hasUnknown else { return nil }
        let scope = state.scope
        return ShellArithmetic.evaluate(text.withoutAbsent, dialect: runner.dialect) { name in
            let texts = scope.texts(of: name)
            guard texts.count == 1, let text = texts.first, !text.hasUnknown else { return nil }
            return text.withoutAbsent.isEmpty ? 0 : Int(text.withoutAbsent)
        }
    }
}
