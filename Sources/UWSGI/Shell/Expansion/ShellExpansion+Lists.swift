import ShellSyntax

/// What `$@` and `${a[@]}` become.
extension ShellExpansion {
    mutating func listValues(
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

    static func isJoined(_ index: ShellParameter.Index) -> Bool {
        if case .joined = index { return true }
        return false
    }

    func isMissing(_ list: [Argument], alsoIfEmpty: Bool) -> Bool? {
        if list.isEmpty { return true }
        if list.allSatisfy(\.isElastic) { return nil }
        return alsoIfEmpty && list.allSatisfy { $0.text.withoutAbsent.isEmpty }
    }

    /// `${@:2}`, `${@:2:1}`, `${a[@]:1}`
    mutating func slice(
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

    func piece(_ list: [Argument], joins: Bool, splits: Bool) -> FieldBuilder {
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
}
