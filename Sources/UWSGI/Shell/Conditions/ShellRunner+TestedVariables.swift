import Basics
import ShellSyntax

/// What a test says about a variable that cannot be seen: on the way where `[ -n "$X" ]` fails there is nothing in it.
extension ShellTest {
    /// What one answer says of a variable, and the other one does not.
    struct Told {
        var name: String
        /// The text that it has on one way; empty for one that is perhaps not even set.
        var text: String
        /// Whether that is the way where the test succeeds.
        var isOnSuccess: Bool
    }

    /// - Parameter words: between the brackets, or with them.
    static func told(by words: ArraySlice<ShellWord>, isExtended: Bool) -> Told? {
        var words = words
        if !isExtended {
            guard let name = words.popFirst()?.plainText else { return nil }
            if name == "[", words.popLast()?.plainText != "]" { return nil }
        }
        switch words.count {
        case 2:
            guard let sign = words.first?.plainText, sign == "-n" || sign == "-z",
                let name = variable(words.last, isExtended)
            else { return nil }
            return Told(name: name, text: "", isOnSuccess: sign == "-z")
        case 3:
            guard let sign = words.dropFirst().first?.plainText, sign == "=" || sign == "==" || sign == "!=",
                let name = variable(words.first, isExtended), let text = words.last?.plainText,
                !text.utf8.contains(where: mayBeMore)
            else { return nil }
            return Told(name: name, text: text, isOnSuccess: sign != "!=")
        default: return nil
        }
    }

    /// Without quotes there is not even a word in `[` for a variable that holds nothing.
    private static func variable(_ word: ShellWord?, _ isExtended: Bool) -> String? {
        guard let word, let name = word.variableName, isExtended || word.parts.contains(where: \.isQuoted)
        else { return nil }
        return name
    }

    /// Whether a character may mean more than itself: in `[` a file's name may take the place of a pattern.
    private static func mayBeMore(_ byte: UInt8) -> Bool {
        !byte.isIdentifierByte && byte != UInt8(ascii: "-")
    }
}

extension ShellRunner {
    /// The outcome of a test, with what either answer says of the variables in it.
    func noting(_ words: [ShellWord], isExtended: Bool, _ outcome: Outcome, from start: State) -> Outcome {
        let noted = noting(absentNames(in: words, start), outcome, from: start)
        guard let told = ShellTest.told(by: words[...], isExtended: isExtended) else { return noted }
        return noting(told, noted, from: start)
    }

    private func noting(_ told: ShellTest.Told, _ outcome: Outcome, from start: State) -> Outcome {
        // What uWSGI reads itself is looked at by its own rules.
        guard !told.name.hasPrefix(EnvironmentNames.prefix), start.scope.attributes.isEmpty,
            case let contents = start.scope.contents(of: told.name), contents.count == 1,
            case .text(let before)? = contents.first, !before.isEmpty,
            before.utf8.allSatisfy(TextMark.isMark)
        else { return outcome }
        let exported = start.scope.variable(told.name).exportStates
        var members = exported.map { Variable.Member(content: .text(told.text), isExported: $0) }
        if told.text.isEmpty {
            // A variable that the specification does not mention is most likely not set.
            if !before.hasUnknown { for index in members.indices { members[index].isExpected = false } }
            members.append(Variable.Member(content: .unset, isExported: false))
        }
        var others: [Variable.Member]?
        if told.text.isEmpty {
            // On the other way it is not empty.
            let text = before.mayNameUWSGI ? before : TextMark.unknownButSet
            others = exported.map { Variable.Member(content: .text(text), isExported: $0) }
        }
        func bound(_ state: State?, _ members: [Variable.Member]?) -> State? {
            guard var state, let members else { return state }
            state.scope.bind(told.name, Variable(members: members))
            return state
        }
        var noted = outcome
        // `${X:-}` hides that the image may set the variable.
        if !before.hasUnknown {
            noted.ok = noted.ok ?? start.reached(.possible)
            noted.failed = noted.failed ?? start.reached(.possible)
        }
        noted.ok = bound(noted.ok, told.isOnSuccess ? members : others)
        noted.failed = bound(noted.failed, told.isOnSuccess ? others : members)
        return noted
    }
}

extension ShellParameter {
    /// Whether it is what the parameter holds, and nothing where it is not set.
    fileprivate var isPlain: Bool {
        switch operation {
        case .plain: true
        case .useDefault(let word, _): word.isEmpty
        default: false
        }
    }
}

extension ShellWord {
    /// Whether nothing stands in it but perhaps a pair of quotes.
    var isEmpty: Bool {
        parts.allSatisfy { if case .literal(let text, _) = $0 { text.isEmpty } else { false } }
    }

    /// The variable that it consists of, and nothing else.
    var variableName: String? {
        guard parts.count <= 3 else { return nil }
        var name: String?
        for part in parts {
            switch part {
            case .literal(let text, _) where text.isEmpty: break
            case .parameter(let parameter, _):
                guard name == nil, parameter.index == nil, parameter.isPlain,
                    EnvironmentNames.isIdentifier(parameter.name)
                else { return nil }
                name = parameter.name
            default: return nil
            }
        }
        return name
    }
}

extension ShellWord.Part {
    fileprivate var isQuoted: Bool {
        switch self {
        case .literal(_, let isQuoted), .parameter(_, let isQuoted): isQuoted
        default: false
        }
    }
}
