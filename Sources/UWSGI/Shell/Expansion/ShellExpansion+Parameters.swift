import ShellSyntax

/// Parameter expansion: POSIX.1-2024, Shell Command Language, 2.6.2, and the manual of bash, 3.5.3.
extension ShellExpansion {
    /// The pieces that a parameter may become.
    /// - Parameters:
    ///   - splits: whether its text is split into fields.
    ///   - inFields: whether fields are made at all, so that `"$@"` makes one of each parameter.
    mutating func values(
        of parameter: ShellParameter, isQuoted: Bool, splits: Bool, inFields: Bool
    ) -> [FieldBuilder] {
        if let lists = lists(of: parameter) {
            return listValues(of: parameter, lists, isQuoted: isQuoted, splits: splits, inFields: inFields)
        }
        var pieces: [FieldBuilder] = []
        let texts = scalars(of: parameter)
        let endedBefore = endsForCertain
        defer { if texts.count > 1 || state.scope.hasUnseenChanges { endsForCertain = endedBefore } }
        for text in texts {
            pieces += values(of: parameter, text.value, splits: splits, inFields: inFields).map { piece in
                var piece = piece
                piece.reach = min(piece.reach, text.reach)
                // Quotes make a field even of nothing.
                if isQuoted { piece.append("") }
                return piece
            }
        }
        return pieces
    }

    // MARK: What a parameter holds

    /// The lists that `$@` and `${a[@]}` stand for; `nil` for what is one text.
    mutating func lists(of parameter: ShellParameter) -> [Fields]? {
        if parameter.name == "@" || parameter.name == "*" {
            return state.scope.argumentLists.map { Fields(list: $0.arguments, reach: $0.reach) }
        }
        switch parameter.index {
        case .all?, .joined?:
            return state.scope.members(of: parameter.name).map { member in
                Fields(list: list(of: member.content), reach: member.isExpected ? .expected : .possible)
            }
        case .element?, nil: return nil
        }
    }

    private func list(of content: Variable.Content) -> [Argument] {
        switch content {
        case .unset, .container: []
        case .text(TextMark.absent): []
        case .text(let text): [Argument(text, at: location, isElastic: text.hasUnknown)]
        case .array(let elements): elements.map { Argument($0.text, at: location) }
        }
    }

    /// The texts that a parameter may hold; `nil` for unset.
    mutating func scalars(of parameter: ShellParameter) -> [Text] {
        let name = parameter.name
        if name == "0" { return [Text(value: state.scope.name)] }
        if name == "#" {
            return state.scope.argumentLists.map { list in
                Text(value: list.count.map(String.init) ?? TextMark.unknown, reach: list.reach)
            }
        }
        if let number = Int(name) {
            return state.scope.argumentLists.map { list in
                let arguments = list.arguments
                if let anything = arguments.first(where: \.isElastic) {
                    return Text(value: anything.text, reach: list.reach)
                }
                let isThere = number > 0 && number <= arguments.count
                return Text(value: isThere ? arguments[number - 1].text : nil, reach: list.reach)
            }
        }
        guard EnvironmentNames.isIdentifier(name) else { return [Text(value: TextMark.unknown)] }
        if case .element(let word)? = parameter.index {
            return elements(of: name, at: word).map { Text(value: $0) }
        }
        return state.scope.members(of: name).map { member in
            Text(value: text(of: member.content, name), reach: member.isExpected ? .expected : .possible)
        }
    }

    func text(of content: Variable.Content, _ name: String) -> String? {
        switch content {
        case .container: return TextMark.unknown
        case .unset: return nil
        case .text(TextMark.absent): return Self.alwaysSet.contains(name) ? TextMark.unknown : TextMark.absent
        case .text(let text): return text
        case .array(let elements): return elements.first { $0.key == "0" }?.text
        }
    }

    mutating func elements(of name: String, at word: ShellWord) -> [String?] {
        let keys = texts(of: word)
        for key in keys { noteSubscripts(in: key) }
        return state.scope.contents(of: name).flatMap { content -> [String?] in
            switch content {
            case .unset: return [nil]
            case .container: return [TextMark.unknown]
            case .text(let text): return keys.map { $0 == "0" || !$0.isKnown || !text.isKnown ? text : nil }
            case .array(let elements):
                return keys.map { key in
                    guard key.isKnown else { return Scope.anyText(elements.map(\.text)) }
                    var index = number(of: key)
                    // Counted from behind the last one.
                    if let back = index, back < 0 {
                        index = elements.lazy.compactMap { Int($0.key) }.max().map { $0 &+ 1 &+ back }
                    }
                    let wanted = index.map(String.init)
                    return elements.first { $0.key == key || $0.key == wanted }?.text
                }
            }
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

    // MARK: Operations on one text

    /// Whether a value counts as missing; `nil` when that cannot be seen.
    func isMissing(_ value: String?, alsoIfEmpty: Bool) -> Bool? {
        guard let value else { return true }
        if value == TextMark.absent { return true }
        if value == TextMark.unknown || value == TextMark.unknownNamingUWSGI { return nil }
        guard alsoIfEmpty else { return false }
        if value.withoutAbsent.isEmpty { return true }
        return value.utf8.contains { !TextMark.isMark($0) } ? false : nil
    }

    mutating func values(
        of parameter: ShellParameter, _ value: String?, splits: Bool, inFields: Bool
    ) -> [FieldBuilder] {
        let text = value ?? ""
        switch parameter.operation {
        case .plain:
            // Under `set -u` an unset variable ends the shell.
            if state.scope.endsOnUnset, value == nil || value == TextMark.absent { end(at: value) }
            return [piece(text, splits: splits)]
        case .useDefault(let word, let alsoIfEmpty):
            let isMissing = isMissing(value, alsoIfEmpty: alsoIfEmpty)
            var pieces = isMissing == true ? [] : [piece(text, splits: splits)]
            if isMissing != false { pieces += operand(word, splits: splits, inFields: inFields) }
            return pieces
        case .assignDefault(let word, let alsoIfEmpty):
            let isMissing = isMissing(value, alsoIfEmpty: alsoIfEmpty)
            guard isMissing != false else { return [piece(text, splits: splits)] }
            let defaults = texts(of: word)
            let all = (isMissing == nil ? [text] : []) + defaults
            state.scope.assign(parameter.name, all.map { .text($0) })
            return all.map { piece($0, splits: splits) }
        case .useAlternative(let word, let alsoIfEmpty):
            let isMissing = isMissing(value, alsoIfEmpty: alsoIfEmpty)
            var pieces = isMissing == false ? [] : [FieldBuilder(at: location)]
            if isMissing != true {
                pieces += operand(word, splits: splits, inFields: inFields)
            } else if let value, value.hasAbsent || state.scope.hasUnseenChanges {
                // Should the image set the variable after all.
                pieces += operand(word, splits: splits, inFields: inFields).map { piece in
                    var piece = piece
                    piece.reach = .possible
                    return piece
                }
            }
            return pieces
        case .errorIfUnset(_, let alsoIfEmpty):
            // A script that insists on a variable tells that something sets it.
            let isMissing = isMissing(value, alsoIfEmpty: alsoIfEmpty)
            if value?.hasAbsent != true, isMissing == true { end(at: value) }
            return [piece(text, splits: splits)]
        case .indirect: return indirect(text, parameter.source, splits: splits, inFields: inFields)
        default:
            notePrompt(text, parameter.operation)
            let pieces = transformed(text, by: parameter).map { piece($0, splits: splits) }
            guard value == TextMark.absent, UWSGIWord.occurs(in: parameter.source) else { return pieces }
            return pieces + [piece(TextMark.unknownNamingUWSGI, splits: splits, reach: .possible)]
        }
    }

    /// What the variable holds whose name is the text.
    private mutating func indirect(
        _ text: String, _ source: ShellSource, splits: Bool, inFields: Bool
    ) -> [FieldBuilder] {
        guard text.isKnown, !text.isEmpty else {
            // bash gives up the line on which a variable is to be named by one that is not set.
            if text.hasUnknown || text.withoutAbsent.isEmpty {
                discarded = text.hasUnknown ? state.reached(.possible) : state
            }
            return [piece(state.scope.anyParameter, splits: splits)]
        }
        guard EnvironmentNames.isIdentifier(text) || text.utf8.count == 1 else {
            // An element of an array, or what no variable is called.
            noteSubscripts(in: text)
            if !text.utf8.contains(UInt8(ascii: "[")) { discarded = state }
            return [piece(state.scope.anyParameter, splits: splits)]
        }
        let inner = ShellParameter(name: text, source: source)
        return values(of: inner, isQuoted: !splits, splits: splits, inFields: inFields)
    }

    /// `${x@P}` expands the text as a prompt, with the commands that stand in it.
    private func notePrompt(_ text: String, _ operation: ShellParameter.Operation) {
        guard case .unread(let rest) = operation, rest.elementsEqual("@P".utf8),
            UWSGIWord.occurs(in: text.utf8)
        else { return }
        tracer.notePossibleServer(Argument("uwsgi", at: location), in: state)
    }

    /// Notes that a variable that is missing ends the shell.
    private mutating func end(at value: String?) {
        fatal = state
        // An interactive shell goes on.
        if value?.isKnown ?? true, state.scope.behaviour.isEmpty { endsForCertain = true }
    }

    /// The word in `${x:-word}`.
    mutating func operand(_ word: ShellWord, splits: Bool, inFields: Bool) -> [FieldBuilder] {
        var pieces = [FieldBuilder(at: location)]
        // Whether the word is used at all is another question.
        let endedBefore = endsForCertain
        append(word, to: &pieces, splits: splits, isOperand: true)
        endsForCertain = endedBefore
        return pieces
    }

    /// What an operation makes of a text: each of the texts that it may be.
    mutating func transformed(_ text: String, by parameter: ShellParameter) -> [String] {
        guard tracer.budget.spendBytes(text.utf8.count) else { return [Scope.anyText([text])] }
        let anything =
            // `${X@L}` may make capitals small.
            text.mayNameUWSGI || UWSGIWord.occurs(in: text.lowercased().utf8)
                || UWSGIWord.occurs(in: parameter.source)
            ? TextMark.unknownNamingUWSGI : TextMark.unknown
        guard !text.hasUnknown else { return [anything] }
        let known = text.withoutAbsent
        let results: [String?]
        switch parameter.operation {
        case .length: results = [ShellPattern.length(of: known).map(String.init)]
        case .removePrefix(let word, let longest):
            results = patterns(of: word).map { $0.removingPrefix(of: known, longest: longest) }
        case .removeSuffix(let word, let longest):
            results = patterns(of: word).map { $0.removingSuffix(of: known, longest: longest) }
        case .replace where state.scope.behaviour.contains(.ignoresCase): return [known, anything]
        case .replace(let word, let replacement, let how):
            let replacements = replacement.map { patterns(of: $0) } ?? [ShellGlob()]
            results = patterns(of: word).flatMap { pattern in
                replacements.map { pattern.replacing(in: known, with: $0, how) }
            }
        case .substring(let offset, let length):
            let offsets = numbers(of: offset)
            let lengths: [Int?] = length.map { numbers(of: $0) } ?? [.max]
            results = offsets.flatMap { start in
                lengths.map { count in
                    guard let start, let count else { return nil }
                    return ShellPattern.substring(
                        of: known, offset: start, length: count == .max ? nil : count)
                }
            }
        case .changeCase(let upper, let all, let word):
            results =
                word.map { patterns(of: $0).map { $0.changingCase(of: known, upper: upper, all: all) } }
                ?? [ShellPattern.changingCase(of: known, upper: upper, all: all)]
        default: results = [nil]
        }
        // Nothing is made of nothing, whatever is done to it.
        if known.isEmpty, results.contains(where: { $0 == nil }) {
            return [text.hasAbsent ? TextMark.absent : ""]
        }
        return results.map { $0.map { text.hasAbsent ? $0 + TextMark.absent : $0 } ?? anything }
    }
}
