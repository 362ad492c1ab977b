import ShellSyntax

/// What an assignment gives to its variable.
extension ShellExpansion {
    /// What an assignment gives to its variable: each of the contents that it may be.
    mutating func contents(of assignment: ShellAssignment) -> [Variable.Member] {
        switch assignment.value {
        case .word(let word):
            let pieces = pieces(of: word)
            if let index = assignment.index {
                return settingElement(of: assignment, index, to: pieces.map(\.text)).map(Self.member)
            }
            guard assignment.appends else {
                return pieces.map { Self.member(.assigned($0.text), isExpected: $0.reach == .expected) }
            }
            return bounded(
                state.scope.texts(of: assignment.name).flatMap { before in
                    pieces.map { .text(before + $0.text) }
                }
            ).map(Self.member)
        case .array(let words): return arrays(of: words, assignment).map(Self.member)
        }
    }

    static func member(_ content: Variable.Content) -> Variable.Member {
        member(content, isExpected: true)
    }

    static func member(_ content: Variable.Content, isExpected: Bool) -> Variable.Member {
        Variable.Member(content: content, isExported: false, isExpected: isExpected)
    }

    func bounded(_ contents: [Variable.Content]) -> [Variable.Content] {
        guard contents.count > Scope.mostAlternatives else { return contents }
        return [
            .text(contents.contains(where: \.namesUWSGI) ? TextMark.unknownNamingUWSGI : TextMark.unknown)
        ]
    }

    mutating func arrays(of words: [ShellWord], _ assignment: ShellAssignment) -> [Variable.Content] {
        let lists = fields(of: words[...]).map(\.list)
        let before = assignment.appends ? state.scope.contents(of: assignment.name).map(Self.elements) : [[]]
        // Each of them is copied.
        tracer.budget.spend(before.reduce(0) { $0 + $1.count } * lists.count)
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

    static func elements(of content: Variable.Content) -> [Variable.Element] {
        switch content {
        case .unset, .container, .text(TextMark.absent): []
        case .text(let text): [Variable.Element(key: "0", text: text)]
        case .array(let elements): elements
        }
    }

    /// `a[i]=x`
    mutating func settingElement(
        of assignment: ShellAssignment, _ index: ShellWord, to values: [String]
    ) -> [Variable.Content] {
        let keys = texts(of: index)
        for key in keys { noteSubscripts(in: key) }
        return bounded(
            state.scope.contents(of: assignment.name).flatMap { content in
                keys.flatMap { key in
                    values.map { value in
                        var elements = Self.elements(of: content)
                        tracer.budget.spend(elements.count)
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
