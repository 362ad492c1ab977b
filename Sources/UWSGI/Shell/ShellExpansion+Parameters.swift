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
        for text in scalars(of: parameter) {
            pieces += values(of: parameter, text.value, splits: splits, inFields: inFields).map { piece in
                var piece = piece
                piece.reach = min(piece.reach, text.reach)
                return piece
            }
        }
        return pieces
    }

    // MARK: What a parameter holds

    /// The lists that `$@` and `${a[@]}` stand for; `nil` for what is one text.
    private mutating func lists(of parameter: ShellParameter) -> [[Argument]]? {
        if parameter.name == "@" || parameter.name == "*" { return state.scope.argumentLists }
        switch parameter.index {
        case .all?, .joined?:
            return state.scope.contents(of: parameter.name).map { content in
                switch content {
                case .unset, .container: []
                case .text(TextMark.absent): []
                case .text(let text): [Argument(text, at: location, isElastic: text.hasUnknown)]
                case .array(let elements): elements.map { Argument($0.text, at: location) }
                }
            }
        case .element?, nil: return nil
        }
    }

    /// The texts that a parameter may hold; `nil` for unset.
    private mutating func scalars(of parameter: ShellParameter) -> [Text] {
        let name = parameter.name
        if name == "0" { return [Text(value: state.scope.name)] }
        if name == "#" {
            return state.scope.argumentLists.map { list in
                Text(value: list.contains(where: \.isElastic) ? TextMark.unknown : String(list.count))
            }
        }
        if let number = Int(name) {
            return state.scope.argumentLists.map { list in
                if let anything = list.first(where: \.isElastic) { return Text(value: anything.text) }
                return Text(value: number > 0 && number <= list.count ? list[number - 1].text : nil)
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

    private func text(of content: Variable.Content, _ name: String) -> String? {
        switch content {
        case .container: return TextMark.unknown
        case .unset: return nil
        case .text(TextMark.absent): return Self.alwaysSet.contains(name) ? TextMark.unknown : TextMark.absent
        case .text(let text): return text
        case .array(let elements): return elements.first { $0.key == "0" }?.text
        }
    }

    private mutating func elements(of name: String, at word: ShellWord) -> [String?] {
        let keys = texts(of: word)
        return state.scope.contents(of: name).flatMap { content -> [String?] in
            switch content {
            case .unset: return [nil]
            case .container: return [TextMark.unknown]
            case .text(let text): return keys.map { $0 == "0" || !$0.isKnown || !text.isKnown ? text : nil }
            case .array(let elements):
                return keys.map { key in
                    guard key.isKnown else { return Scope.anyText(elements.map(\.text)) }
                    let index = number(of: key).map(String.init)
                    return elements.first { $0.key == key || $0.key == index }?.text
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
    private func isMissing(_ value: String?, alsoIfEmpty: Bool) -> Bool? {
        guard let value else { return true }
        if value == TextMark.absent { return true }
        if value == TextMark.unknown || value == TextMark.unknownNamingUWSGI { return nil }
        guard alsoIfEmpty else { return false }
        if value.withoutAbsent.isEmpty { return true }
        return value.utf8.contains { !TextMark.isMark($0) } ? false : nil
    }

    private mutating func values(
        of parameter: ShellParameter, _ value: String?, splits: Bool, inFields: Bool
    ) -> [FieldBuilder] {
        let text = value ?? ""
        switch parameter.operation {
        case .plain:
            if value == nil || value == TextMark.absent { noteUnset(isKnown: value == nil) }
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
            } else if value != nil {
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
            if value != TextMark.absent, isMissing(value, alsoIfEmpty: alsoIfEmpty) == true { fatal = state }
            return [piece(text, splits: splits)]
        case .indirect:
            guard text.isKnown, !text.isEmpty else { return [piece(TextMark.unknown, splits: splits)] }
            let inner = ShellParameter(name: text, source: parameter.source)
            return values(of: inner, isQuoted: !splits, splits: splits, inFields: inFields)
        default:
            let pieces = transformed(text, by: parameter).map { piece($0, splits: splits) }
            guard value == TextMark.absent, UWSGIWord.occurs(in: parameter.source) else { return pieces }
            return pieces + [piece(TextMark.unknownNamingUWSGI, splits: splits, reach: .possible)]
        }
    }

    /// Under `set -u` an unset variable ends the shell.
    private mutating func noteUnset(isKnown: Bool) {
        guard state.scope.endsOnUnset else { return }
        fatal = isKnown ? state : state.reached(.possible)
        if !isKnown { fatal = state }
    }

    /// The word in `${x:-word}`.
    private mutating func operand(_ word: ShellWord, splits: Bool, inFields: Bool) -> [FieldBuilder] {
        var pieces = [FieldBuilder(at: location)]
        append(word, to: &pieces, splits: splits, isOperand: true)
        return pieces
    }

    /// What an operation makes of a text: each of the texts that it may be.
    private mutating func transformed(_ text: String, by parameter: ShellParameter) -> [String] {
        let anything =
            text.mayNameUWSGI || UWSGIWord.occurs(in: text.utf8) || UWSGIWord.occurs(in: parameter.source)
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
        case .replace(let word, let replacement, let how):
            let replacements = replacement.map { patterns(of: $0) } ?? [ShellGlob()]
            results = patterns(of: word).flatMap { pattern in
                replacements.map { pattern.replacing(in: known, with: $0, how) }
            }
        case .substring(let offset, let length):
            let offsets = texts(of: offset).map { number(of: $0) }
            let lengths: [Int?] = length.map { texts(of: $0).map { number(of: $0) } } ?? [.max]
            results = offsets.flatMap { start in
                lengths.map { count in
                    guard let start, let count else { return nil }
                    return ShellPattern.substring(
                        of: known, offset: start, length: count == .max ? nil : count)
                }
            }
        case .changeCase(let upper, let all, let word):
            let globs = word.map { patterns(of: $0) } ?? [ShellGlob()]
            results = globs.map { $0.changingCase(of: known, upper: upper, all: all) }
        default: results = [nil]
        }
        // Nothing is made of nothing, whatever is done to it.
        if known.isEmpty, results.contains(where: { $0 == nil }) {
            return [text.hasAbsent ? TextMark.absent : ""]
        }
        return results.map { $0.map { text.hasAbsent ? $0 + TextMark.absent : $0 } ?? anything }
    }

    // MARK: Operations on lists

    private mutating func listValues(
        of parameter: ShellParameter, _ lists: [[Argument]], isQuoted: Bool, splits: Bool, inFields: Bool
    ) -> [FieldBuilder] {
        let joins =
            !inFields || isQuoted && (parameter.name == "*" || parameter.index.map(Self.isJoined) ?? false)
        var pieces: [FieldBuilder] = []
        for list in lists {
            switch parameter.operation {
            case .plain: pieces.append(piece(list, joins: joins, splits: splits))
            case .useDefault(let word, let alsoIfEmpty), .assignDefault(let word, let alsoIfEmpty):
                let isMissing = isMissing(list, alsoIfEmpty: alsoIfEmpty)
                if isMissing != true { pieces.append(piece(list, joins: joins, splits: splits)) }
                if isMissing != false {
                    pieces += operand(word, splits: inFields && !isQuoted, inFields: inFields)
                }
            case .useAlternative(let word, let alsoIfEmpty):
                let isMissing = isMissing(list, alsoIfEmpty: alsoIfEmpty)
                if isMissing != false { pieces.append(FieldBuilder(at: location)) }
                if isMissing != true {
                    pieces += operand(word, splits: inFields && !isQuoted, inFields: inFields)
                }
            case .errorIfUnset:
                if list.isEmpty { fatal = state }
                pieces.append(piece(list, joins: joins, splits: splits))
            case .length:
                let count = list.contains(where: \.isElastic) ? TextMark.unknown : String(list.count)
                pieces.append(piece(count, splits: false))
            case .substring(let offset, let length):
                pieces.append(piece(slice(list, of: parameter, offset, length), joins: joins, splits: splits))
            case .indirect, .names, .unread:
                pieces.append(piece(Scope.anyArguments([list]), joins: joins, splits: splits))
            default:
                let changed = list.map { argument in
                    var changed = argument
                    let texts = transformed(argument.text, by: parameter)
                    changed.text = texts.count == 1 ? texts[0] : Scope.anyText(texts)
                    return changed
                }
                pieces.append(piece(changed, joins: joins, splits: splits))
            }
        }
        return pieces
    }

    private static func isJoined(_ index: ShellParameter.Index) -> Bool {
        if case .joined = index { return true }
        return false
    }

    private func isMissing(_ list: [Argument], alsoIfEmpty: Bool) -> Bool? {
        if list.isEmpty { return true }
        if list.allSatisfy(\.isElastic) { return nil }
        return alsoIfEmpty && list.allSatisfy { $0.text.withoutAbsent.isEmpty }
    }

    /// `${@:2}`, `${@:2:1}`, `${a[@]:1}`
    private mutating func slice(
        _ list: [Argument], of parameter: ShellParameter, _ offset: ShellWord, _ length: ShellWord?
    ) -> [Argument] {
        let starts = texts(of: offset).map { number(of: $0) }
        let counts: [Int?] = length.map { texts(of: $0).map { number(of: $0) } } ?? [list.count + 1]
        guard !list.contains(where: \.isElastic), starts.count == 1, counts.count == 1, var start = starts[0],
            let count = counts[0], count >= 0
        else { return Scope.anyArguments([list]) }
        var all = list
        if parameter.name == "@" || parameter.name == "*" {
            // Positional parameters count from `$0`.
            all.insert(Argument(state.scope.name, at: location), at: 0)
        }
        if start < 0 { start = max(0, all.count + start) }
        return Array(all.dropFirst(start).prefix(count))
    }

    private func piece(_ list: [Argument], joins: Bool, splits: Bool) -> FieldBuilder {
        var result = FieldBuilder(at: location)
        for (index, argument) in list.enumerated() {
            if joins {
                if index > 0 { result.append(" ") }
                result.append(argument)
                continue
            }
            if index > 0 { result.endField() }
            if splits {
                let separators = ShellSeparators.usual
                result.append(
                    FieldBuilder(splitting: argument.text, separators: separators, at: argument.location))
            } else {
                result.append(argument)
            }
        }
        return result
    }

    // MARK: Assignments

    /// What an assignment gives to its variable: each of the contents that it may be.
    mutating func contents(of assignment: ShellAssignment) -> [Variable.Member] {
        switch assignment.value {
        case .word(let word):
            let pieces = pieces(of: word)
            if let index = assignment.index {
                return settingElement(of: assignment, index, to: pieces.map(\.text)).map(Self.member)
            }
            guard assignment.appends else {
                return pieces.map { Self.member(.text($0.text), isExpected: $0.reach == .expected) }
            }
            return bounded(
                state.scope.texts(of: assignment.name).flatMap { before in
                    pieces.map { .text(before + $0.text) }
                }
            ).map(Self.member)
        case .array(let words): return arrays(of: words, assignment).map(Self.member)
        }
    }

    private static func member(_ content: Variable.Content) -> Variable.Member {
        member(content, isExpected: true)
    }

    private static func member(_ content: Variable.Content, isExpected: Bool) -> Variable.Member {
        Variable.Member(content: content, isExported: false, isExpected: isExpected)
    }

    private func bounded(_ contents: [Variable.Content]) -> [Variable.Content] {
        guard contents.count > Scope.mostAlternatives else { return contents }
        return [
            .text(contents.contains(where: \.namesUWSGI) ? TextMark.unknownNamingUWSGI : TextMark.unknown)
        ]
    }

    private mutating func arrays(of words: [ShellWord], _ assignment: ShellAssignment) -> [Variable.Content] {
        let lists = fields(of: words).map(\.list)
        let before = assignment.appends ? state.scope.contents(of: assignment.name).map(Self.elements) : [[]]
        return bounded(
            before.flatMap { old in
                lists.map { list in
                    // How many elements unknown text makes cannot be seen.
                    if list.contains(where: \.isElastic) {
                        return .text(Scope.anyText((old.map(\.text) + list.map(\.text))))
                    }
                    let start = old.count
                    return .array(
                        old
                            + list.enumerated().map {
                                Variable.Element(key: String(start + $0.offset), text: $0.element.text)
                            })
                }
            })
    }

    private static func elements(of content: Variable.Content) -> [Variable.Element] {
        switch content {
        case .unset, .container, .text(TextMark.absent): []
        case .text(let text): [Variable.Element(key: "0", text: text)]
        case .array(let elements): elements
        }
    }

    /// `a[i]=x`
    private mutating func settingElement(
        of assignment: ShellAssignment, _ index: ShellWord, to values: [String]
    ) -> [Variable.Content] {
        let keys = texts(of: index)
        return bounded(
            state.scope.contents(of: assignment.name).flatMap { content in
                keys.flatMap { key in
                    values.map { value in
                        var elements = Self.elements(of: content)
                        guard key.isKnown else { return .text(Scope.anyText(elements.map(\.text) + [value])) }
                        let number = number(of: key).map(String.init) ?? key
                        elements.removeAll { $0.key == number || $0.key == key }
                        elements.append(Variable.Element(key: key == number ? number : key, text: value))
                        return .array(elements)
                    }
                }
            })
    }
}
