import ShellSyntax

/// What `$@` and `${a[@]}` become.
extension ShellExpansion {
    mutating func listValues(
        of parameter: ShellParameter, _ lists: [Fields], isQuoted: Bool, splits: Bool, inFields: Bool
    ) -> [FieldBuilder] {
        let isJoined = isQuoted && (parameter.name == "*" || parameter.index.map(Self.isJoined) ?? false)
        let style = ListStyle(
            joins: !inFields || isJoined, splits: splits, splitsOperands: inFields && !isQuoted,
            inFields: inFields)
        return lists.flatMap { fields in
            values(of: parameter, fields.list, style).map { piece in
                var piece = piece
                piece.reach = min(piece.reach, fields.reach)
                return piece
            }
        }
    }

    /// How a list becomes fields.
    struct ListStyle {
        /// One text of all, with blanks between.
        var joins: Bool
        var splits: Bool
        /// Whether the word in `${@:-word}` is split.
        var splitsOperands: Bool
        var inFields: Bool
    }

    private mutating func values(
        of parameter: ShellParameter, _ list: [Argument], _ style: ListStyle
    ) -> [FieldBuilder] {
        switch parameter.operation {
        case .plain: return [piece(list, style)]
        case .useDefault(let word, let alsoIfEmpty), .assignDefault(let word, let alsoIfEmpty):
            let isMissing = isMissing(list, alsoIfEmpty: alsoIfEmpty)
            return (isMissing != true ? [piece(list, style)] : [])
                + (isMissing != false
                    ? operand(word, splits: style.splitsOperands, inFields: style.inFields) : [])
        case .useAlternative(let word, let alsoIfEmpty):
            let isMissing = isMissing(list, alsoIfEmpty: alsoIfEmpty)
            return (isMissing != false ? [FieldBuilder(at: location)] : [])
                + (isMissing != true
                    ? operand(word, splits: style.splitsOperands, inFields: style.inFields) : [])
        case .errorIfUnset:
            if list.isEmpty { fatal = state }
            return [piece(list, style)]
        case .length:
            let count = list.contains(where: \.isElastic) ? TextMark.unknown : String(list.count)
            return [piece(count, splits: false)]
        case .substring(let offset, let length):
            return [piece(slice(list, of: parameter, offset, length), style)]
        case .indirect, .names, .unread: return [piece(Scope.anyArguments([list]), style)]
        default: return [piece(list.map { transformed($0, by: parameter) }, style)]
        }
    }

    private mutating func transformed(_ argument: Argument, by parameter: ShellParameter) -> Argument {
        var changed = argument
        let texts = transformed(argument.text, by: parameter)
        changed.text = texts.count == 1 ? texts[0] : Scope.anyText(texts)
        return changed
    }

    static func isJoined(_ index: ShellParameter.Index) -> Bool {
        if case .joined = index { return true }
        return false
    }

    func isMissing(_ list: [Argument], alsoIfEmpty: Bool) -> Bool? {
        if list.isEmpty { return true }
        if list.allSatisfy(\.isElastic) { return nil }
        guard alsoIfEmpty else { return false }
        if list.allSatisfy({ $0.text.withoutAbsent.isEmpty }) { return true }
        return list.contains { $0.text.utf8.contains { !TextMark.isMark($0) } } ? false : nil
    }

    /// `${@:2}`, `${@:2:1}`, `${a[@]:1}`
    mutating func slice(
        _ list: [Argument], of parameter: ShellParameter, _ offset: ShellWord, _ length: ShellWord?
    ) -> [Argument] {
        let starts = numbers(of: offset)
        let counts: [Int?] = length.map { numbers(of: $0) } ?? [list.count + 1]
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

    func piece(_ list: [Argument], _ style: ListStyle) -> FieldBuilder {
        var result = FieldBuilder(at: location)
        if style.joins { result.append("") }
        for (index, argument) in list.enumerated() {
            if style.joins {
                if index > 0 { result.append(" ") }
                result.append(argument)
                continue
            }
            if index > 0 { result.endField() }
            if style.splits {
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
