import Basics
import ShellSyntax

/// `export` and its like, whose words are assignments, and what else changes variables and parameters.
enum ShellDeclaration {
    static let names: Set<String> = ["export", "readonly", "local", "declare", "typeset"]

    /// A word of `export` and its like.
    enum Word {
        case text(String)
        /// `a=(…)`
        case array(ShellAssignment, [Variable.Member])
    }

    /// What the options of `export` and its like ask for.
    struct Options {
        /// Whether the mark for export is set or taken away; `nil` where it is left.
        var exports: Bool?
        var refersToNames = false
        var isGlobal: Bool
        var isOfFunctions = false
        var changesCase = false

        init(of name: String, isInFunction: Bool) {
            exports = name == "export" ? true : nil
            isGlobal = name == "export" || name == "readonly" || !isInFunction
        }

        /// - Returns: whether a word is an option.
        mutating func take(_ text: String, of name: String) -> Bool {
            guard let sign = text.first, sign == "-" || sign == "+" else { return false }
            if text.contains("x") { exports = sign == "-" }
            if name == "export", text.contains("n") { exports = false }
            if text.contains("n"), name != "export" { refersToNames = true }
            if text.contains("g") { isGlobal = true }
            if text.contains("l") || text.contains("u"), name != "export" { changesCase = true }
            if text.contains("f") { isOfFunctions = true }
            return true
        }
    }
}

extension ShellRunner {
    /// The words of `export` and its like are not split.
    func declare(_ command: ShellSimpleCommand, with expansion: ShellExpansion) -> Outcome {
        var expansion = expansion
        var lists: [[ShellDeclaration.Word]] = [[]]
        for word in command.words.dropFirst() {
            var words: [[ShellDeclaration.Word]]
            if let assignment = word.arrayAssignment {
                words = [[.array(assignment, expansion.contents(of: assignment))]]
            } else if word.isAssignment {
                words = expansion.texts(of: word).map { [.text($0)] }
            } else {
                words = expansion.fields(of: [word]).map { $0.list.map { .text($0.text) } }
            }
            if lists.count * words.count > Scope.mostAlternatives {
                words = [
                    [
                        .text(
                            Scope.anyText(
                                words.joined().compactMap {
                                    if case .text(let text) = $0 { text } else { nil }
                                }))
                    ]
                ]
            }
            lists = lists.flatMap { list in words.map { list + $0 } }
        }
        let name = command.words.first?.plainText ?? "export"
        var result: Outcome?
        for list in lists {
            let outcome = declare(name, list, in: expansion.state)
            result = result.map { .either($0, outcome) } ?? outcome
        }
        return result ?? .succeeding(expansion.state)
    }

    func declare(_ name: String, _ words: [ShellDeclaration.Word], in start: State) -> Outcome {
        if name == "local", !isInFunction {
            // bash only complains; dash ends the script.
            if dialect == .bash { return .failing(start) }
            return .aborting(start)
        }
        var state = start
        var options = ShellDeclaration.Options(of: name, isInFunction: isInFunction)
        for word in words {
            let text: String
            var array: (ShellAssignment, [Variable.Member])?
            switch word {
            case .text(let value): text = value
            case .array(let assignment, let contents):
                text = assignment.name
                array = (assignment, contents)
            }
            if array == nil, options.take(text, of: name) { continue }
            if options.isOfFunctions {
                if options.exports == true { state.scope.callables[text]?.isExported = true }
                continue
            }
            let setting = ServerOptions.setting(text)
            var variable = array?.0.name ?? setting?.name ?? text
            let appends = variable.hasSuffix("+") || array?.0.appends == true
            if variable.hasSuffix("+") { variable.removeLast() }
            guard EnvironmentNames.isIdentifier(variable) || dialect == .bash && variable.isKnown else {
                // Which variable this sets cannot be seen.
                if !variable.isKnown { state.scope.hasUnseenChanges = true }
                continue
            }
            if state.scope.readOnly[variable] != nil, array != nil || setting != nil {
                return .aborting(state)
            }
            if !options.isGlobal { state.scope.locals.append(variable) }
            if options.refersToNames, let setting {
                state.scope.nameReferences[variable] = setting.value
                continue
            }
            if let array {
                state.scope.assign(variable, members: array.1)
            } else if let setting {
                let before = appends ? state.scope.texts(of: variable) : [""]
                // In bash `-l` and its like change the case of whatever is assigned.
                let value =
                    options.changesCase
                    ? TextMark.unknown(madeOf: setting.value.lowercased().utf8) : setting.value
                state.scope.assign(variable, before.map { .text($0 + value) })
            } else if !options.isGlobal, name != "export" {
                // A local variable without a value: bash and busybox have it unset, dash keeps what it was.
                let unset = Variable(.unset, isExported: false)
                let before = state.scope.variable(variable)
                state.scope.bind(variable, dialect == .bash ? unset : before.joined(with: unset))
            }
            if name == "readonly" { state.scope.readOnly[variable] = true }
            if let exports = options.exports { state.scope.setExported(variable, exports) }
        }
        return .ordinary(state)
    }

    func runUnset(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        var isOfFunctions = false
        var isOfReferences = false
        for word in operands {
            if word.text == "-f" {
                isOfFunctions = true
            } else if word.text == "-v" || word.text == "-n" {
                isOfFunctions = false
                isOfReferences = word.text == "-n"
            } else if isOfReferences {
                state.scope.nameReferences[word.text] = nil
            } else if let bracket = word.text.firstIndex(of: "["), word.text.isKnown {
                unsetElement(String(word.text[..<bracket]), in: &state)
            } else if isOfFunctions {
                state.scope.callables[word.text] = nil
            } else if word.text.isKnown {
                state.scope.unset(state.scope.nameReferences[word.text] ?? word.text)
            } else {
                state.scope.hasUnseenChanges = true
            }
        }
        return .succeeding(state)
    }

    /// `unset 'a[1]'`: which element is gone is not worked out; `a[0]` is `a` itself where it is not an array.
    private func unsetElement(_ name: String, in state: inout State) {
        let variable = state.scope.variable(name)
        let unset = Variable(.unset, isExported: false)
        let isList = variable.members.contains { if case .array = $0.content { true } else { false } }
        state.scope.bind(name, isList ? variable.anything : variable.joined(with: unset))
    }

    // MARK: Parameters and options

    func runShift(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        let count = operands.first.map { Int($0.text.withoutAbsent) } ?? 1
        var shifted = start
        var hasTooFew = false
        shifted.scope.argumentLists = start.scope.argumentLists.map { list in
            var list = list
            if list.count == nil || count.map({ $0 < 0 }) ?? true {
                list.arguments = list.arguments.isEmpty ? [] : Scope.anyArguments([list.arguments])
            } else if let count, count <= list.arguments.count {
                list.arguments.removeFirst(count)
            } else {
                hasTooFew = true
            }
            return list
        }
        guard hasTooFew else { return .ordinary(shifted) }
        // dash ends the script.
        if dialect == .bash {
            if start.scope.endsOnFailure, !ignoresFailure, start.scope.argumentLists.count == 1 {
                return .leaving(.abort, failed: shifted)
            }
            return start.scope.argumentLists.count == 1 ? .failing(shifted) : .question(shifted)
        }
        return .aborting(shifted)
    }

    func runSet(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        var rest = operands
        while let word = rest.first {
            let text = word.text
            guard let sign = text.utf8.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+"),
                text.utf8.count > 1
            else { break }
            rest.removeFirst()
            let isOn = sign == UInt8(ascii: "-")
            if text == "--" {
                state.scope.argumentLists = [ParameterList(Array(rest))]
                return .succeeding(state)
            }
            for letter in text.utf8.dropFirst() {
                switch letter {
                case UInt8(ascii: "a"): state.scope.exportsAll = isOn
                case UInt8(ascii: "e"): state.scope.endsOnFailure = isOn
                case UInt8(ascii: "u"): state.scope.endsOnUnset = isOn
                case UInt8(ascii: "n"): if isOn { return .leaving(.exit, ok: state) }
                case UInt8(ascii: "o"):
                    guard let option = rest.popFirst() else { break }
                    switch option.text {
                    case "allexport": state.scope.exportsAll = isOn
                    case "errexit": state.scope.endsOnFailure = isOn
                    case "nounset": state.scope.endsOnUnset = isOn
                    case "pipefail": state.scope.failsWithAnyPart = isOn
                    case "noexec": if isOn { return .leaving(.exit, ok: state) }
                    default: break
                    }
                default: break
                }
            }
        }
        if !rest.isEmpty { state.scope.argumentLists = [ParameterList(Array(rest))] }
        return .succeeding(state)
    }
}

extension ShellWord {
    /// Whether it begins like an assignment, whose value is not split.
    var isAssignment: Bool {
        guard case .literal(let text, false)? = parts.first else { return false }
        let name = text.utf8.prefix { $0.isIdentifierByte }
        let rest = text.utf8[name.endIndex...]
        return !name.isEmpty && (rest.first == UInt8(ascii: "=") || rest.starts(with: "+=".utf8))
    }
}

extension Scope {
    /// What a parameter holds of which not even the name is known.
    var anyParameter: String {
        let arguments = argumentLists.lazy.flatMap(\.arguments).map(\.text)
        return Self.anyText(arguments + variables.keys.flatMap { texts(of: $0) })
    }

    /// The texts of a variable as a shell finds them, empty where it is unset.
    func texts(of name: String) -> [String] {
        contents(of: name).map { content in
            switch content {
            case .container: textOfInvisible
            case .unset: ""
            case .text(let text): text
            case .array(let elements): elements.first { $0.key == "0" }?.text ?? ""
            }
        }
    }
}
