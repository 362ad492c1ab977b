import Basics
import ShellSyntax

/// `export` and its like, whose words are assignments, and what else changes variables and parameters.
enum ShellDeclaration {
    static let names: Set<String> = ["export", "readonly", "local", "declare", "typeset"]

    /// Variables that bash does not let anyone change.
    static let readOnlyNames: Set<String> = [
        "BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID",
    ]

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
        var isReadOnly: Bool
        /// What is made of what is assigned from now on; `nil` where that is left.
        var conversion: ValueConversion?

        init(of name: String, isInFunction: Bool) {
            exports = name == "export" ? true : nil
            isReadOnly = name == "readonly"
            isGlobal = name == "export" || name == "readonly" || !isInFunction
        }

        /// - Returns: whether a word is an option.
        mutating func take(_ text: String, of name: String) -> Bool {
            guard let sign = text.first, sign == "-" || sign == "+" else { return false }
            if text.contains("x") { exports = sign == "-" }
            if name == "export", text.contains("n") { exports = false }
            if text.contains("n"), name != "export" { refersToNames = true }
            if text.contains("g") { isGlobal = true }
            if text.contains("r"), name != "export" { isReadOnly = true }
            if let letter = text.last(where: { ValueConversion(letter: $0) != nil }), name != "export" {
                conversion = sign == "-" ? ValueConversion(letter: letter) : ValueConversion.none
            }
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
                words = expansion.fields(of: [word][...]).map { $0.list.map { .text($0.text) } }
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
        let outcome = result ?? .succeeding(expansion.state)
        let isBashs = name == "declare" || name == "typeset"
        return isBashs ? orMissing(outcome, in: expansion.state) : outcome
    }

    func declare(_ name: String, _ words: [ShellDeclaration.Word], in start: State) -> Outcome {
        if name == "local", !isInFunction {
            // bash only complains; dash ends the script.
            if dialect == .bash { return .failing(start) }
            return kind != .any ? .leaving(.abort, failed: start) : .aborting(start)
        }
        var state = start
        var options = ShellDeclaration.Options(of: name, isInFunction: isInFunction)
        // Plain variables cannot refuse it.
        var mayFail = start.scope.hasUnseenChanges
        for word in words {
            let text: String
            var array: (ShellAssignment, [Variable.Member])?
            switch word {
            case .text(let value): text = value
            case .array(let assignment, let contents):
                text = assignment.name
                array = (assignment, contents)
            }
            if array == nil, options.take(text, of: name) {
                mayFail = true
                continue
            }
            noteSubscripts(in: [Argument(text, at: location)], state)
            if options.isOfFunctions {
                if options.exports == true { state.scope.callables[text]?.isExported = true }
                continue
            }
            let setting = ServerOptions.setting(text)
            var variable = array?.0.name ?? setting?.name ?? text
            let appends = variable.hasSuffix("+") || array?.0.appends == true
            if variable.hasSuffix("+") { variable.removeLast() }
            mayFail = mayFail || array != nil || Self.mayRefuse(variable, in: state)
            guard EnvironmentNames.isIdentifier(variable) || dialect == .bash && variable.isKnown else {
                // Which variable this sets cannot be seen.
                if !variable.isKnown { noteUnseenChanges(in: &state) }
                continue
            }
            if state.scope.readOnlyStates(of: variable) == [true], array != nil || setting != nil {
                return .aborting(state)
            }
            if !options.isGlobal { state.scope.locals.append(variable) }
            if options.refersToNames, let setting {
                state.scope.setAttributes(of: variable) { $0.targets = [setting.value] }
                continue
            }
            if let conversion = options.conversion { convert(variable, conversion, in: &state) }
            if let array {
                state.scope.assign(variable, members: array.1)
            } else if let setting {
                let before = appends ? state.scope.texts(of: variable) : [""]
                state.scope.assign(variable, before.map { .assigned($0 + setting.value) })
            } else if !options.isGlobal, name != "export" {
                declareLocal(variable, in: &state)
            }
            if options.isReadOnly { state.scope.setAttributes(of: variable) { $0.isReadOnly = [true] } }
            if let exports = options.exports { state.scope.setExported(variable, exports) }
        }
        return mayFail ? .ordinary(state) : .succeeding(state)
    }

    /// Whether a variable may not be one that can be assigned to.
    private static func mayRefuse(_ name: String, in state: State) -> Bool {
        !EnvironmentNames.isIdentifier(name) || ShellDeclaration.readOnlyNames.contains(name)
            || state.scope.readOnlyStates(of: name) != [false]
    }

    /// A local variable without a value: bash and busybox have it unset, dash keeps what it was.
    private func declareLocal(_ name: String, in state: inout State) {
        let unset = Variable(.unset, isExported: false)
        let before = state.scope.variable(name)
        state.scope.bind(name, dialect == .bash ? unset : before.joined(with: unset))
    }

    /// From now on something is made of what is assigned to a variable.
    private func convert(_ name: String, _ conversion: ValueConversion, in state: inout State) {
        // Of the shells that may be `sh` some refuse the option.
        let isCertain = dialect == .bash || conversion == .none
        state.scope.setAttributes(of: name) {
            $0.conversions = isCertain ? [conversion] : [conversion, .none]
        }
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
                if state.scope.targets(of: word.text) != [word.text] {
                    state.scope.setAttributes(of: word.text) { $0.targets = [nil] }
                }
            } else if let bracket = word.text.firstIndex(of: "["), word.text.isKnown {
                unsetElement(String(word.text[..<bracket]), in: &state)
            } else if isOfFunctions {
                state.scope.callables[word.text] = nil
            } else if word.text.isKnown {
                unset(word.text, in: &state)
            } else {
                noteUnseenChanges(in: &state)
            }
        }
        return .succeeding(state)
    }

    private func unset(_ name: String, in state: inout State) {
        let targets = state.scope.targets(of: name)
        for target in targets {
            let before = state.scope.variable(target)
            let isReadOnly = state.scope.readOnlyStates(of: target).contains(true)
            state.scope.unset(target)
            if targets.count > 1 || isReadOnly {
                state.scope.bind(target, state.scope.variable(target).joined(with: before))
            } else if target == name, !state.scope.attributes.isEmpty {
                state.scope.attributes[name] = nil
            }
        }
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
        var shifted: [ParameterList] = []
        var tooShort: [ParameterList] = []
        for var list in start.scope.argumentLists {
            tracer.budget.spend(list.arguments.count)
            if list.count == nil || count.map({ $0 < 0 }) ?? true {
                list.arguments = list.arguments.isEmpty ? [] : Scope.anyArguments([list.arguments])
                shifted.append(list)
            } else if let count, count <= list.arguments.count {
                list.arguments.removeFirst(count)
                shifted.append(list)
            } else {
                tooShort.append(list)
            }
        }
        let isKnown = shifted.allSatisfy { $0.count != nil }
        let done = Self.with(shifted, in: start).map { isKnown ? Outcome.succeeding($0) : .ordinary($0) }
        let refused = Self.with(tooShort, in: start).map { refuseShift(in: $0) }
        guard let done else { return refused ?? .ordinary(start) }
        return refused.map { .either(done, $0) } ?? done
    }

    private static func with(_ lists: [ParameterList], in state: State) -> State? {
        guard let reach = lists.map(\.reach).max() else { return nil }
        var state = state.reached(reach)
        state.scope.argumentLists = lists
        return state
    }

    /// dash ends the script where there are too few parameters.
    private func refuseShift(in state: State) -> Outcome {
        guard dialect == .bash else { return .aborting(state) }
        return state.scope.endsOnFailure && !ignoresFailure
            ? .leaving(.abort, failed: state) : .failing(state)
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
                case UInt8(ascii: "k"): state.scope.behaviour.set(.assignsAnywhere, isOn)
                case UInt8(ascii: "o"):
                    guard let option = rest.popFirst() else { break }
                    switch option.text {
                    case "allexport": state.scope.exportsAll = isOn
                    case "errexit": state.scope.endsOnFailure = isOn
                    case "nounset": state.scope.endsOnUnset = isOn
                    case "pipefail": state.scope.failsWithAnyPart = isOn
                    case "noexec": if isOn { return .leaving(.exit, ok: state) }
                    default: state.scope.behaviour.set(BashBehaviour(option: option.text), isOn)
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
