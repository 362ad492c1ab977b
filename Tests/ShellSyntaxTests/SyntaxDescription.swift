import ShellSyntax

/// Writes what was read in one line, so that tables can show it.
///
/// Quoted text stands in single quotes; commands in brackets; `…` marks what is unread.
enum SyntaxDescription {
    static func of(_ script: ShellScript) -> String {
        var text = of(script.list)
        if let start = script.bashStart { text += " bash from \(start)" }
        if let unread = script.unread {
            text += (text.isEmpty ? "" : " ") + "…{\(String(decoding: unread, as: UTF8.self))}"
        }
        return text
    }

    static func of(_ list: ShellList) -> String {
        var text = ""
        for (index, element) in list.elements.enumerated() {
            if index > 0 {
                switch element.connector {
                case .always: text += "; "
                case .and: text += " && "
                case .or: text += " || "
                }
            }
            text += of(element.command) + (element.isInBackground ? "&" : "")
        }
        return text
    }

    static func of(_ command: ShellCommand) -> String {
        switch command {
        case .simple(let simple): of(simple)
        case .pipeline(let commands, let isNegated):
            (isNegated ? "! " : "") + commands.map { of($0) }.joined(separator: " | ")
        case .compound(let compound, let redirections):
            of(compound) + redirections.map { " " + of($0) }.joined()
        case .function(let name, let body): "\(name)() \(of(body))"
        }
    }

    static func of(_ simple: ShellSimpleCommand) -> String {
        let pieces =
            simple.assignments.map { of($0) } + simple.words.map { of($0) }
            + simple.redirections.map { of($0) }
        return "[" + pieces.joined(separator: " ") + "]"
    }

    static func of(_ assignment: ShellAssignment) -> String {
        var text = assignment.name
        if let index = assignment.index { text += "[\(of(index))]" }
        text += assignment.appends ? "+=" : "="
        switch assignment.value {
        case .word(let word): text += word.parts.isEmpty ? "" : of(word)
        case .array(let words): text += "(" + words.map { of($0) }.joined(separator: " ") + ")"
        }
        return text
    }

    static func of(_ redirection: ShellRedirection) -> String {
        var text = redirection.descriptor.map(String.init) ?? ""
        if let variable = redirection.descriptorVariable { text += "{\(variable)}" }
        switch redirection.kind {
        case .input: text += "<"
        case .output(let appends): text += appends ? ">>" : ">"
        case .hereDocument: text += "<<"
        case .hereString: text += "<<<"
        case .duplicate: text += "dup"
        case .both(let appends): text += appends ? "&>>" : "&>"
        }
        return text + of(redirection.target)
    }

    static func of(_ compound: ShellCompound) -> String {
        switch compound {
        case .braceGroup(let list): return "{ \(of(list)) }"
        case .subshell(let list): return "( \(of(list)) )"
        case .ifClause(let branches, let otherwise):
            let pieces = branches.enumerated().map { index, branch in
                "\(index == 0 ? "if" : " elif") \(of(branch.condition)) then \(of(branch.body))"
            }
            return pieces.joined() + (otherwise.map { " else \(of($0))" } ?? "") + " fi"
        case .whileClause(let condition, let body, let isUntil):
            return "\(isUntil ? "until" : "while") \(of(condition)) do \(of(body)) done"
        case .forClause(let name, let words, let body, let isSelect):
            let list = words.map { " in" + $0.map { " " + of($0) }.joined() } ?? ""
            return "\(isSelect ? "select" : "for") \(name)\(list) do \(of(body)) done"
        case .arithmeticFor(let source, let body):
            return "for ((\(String(decoding: source, as: UTF8.self)))) do \(of(body)) done"
        case .caseClause(let word, let items):
            return "case \(of(word)) in" + items.map { " " + of($0) }.joined() + " esac"
        case .test(let words): return "[[ " + words.map { of($0) }.joined(separator: " ") + " ]]"
        case .arithmetic(let word): return "((\(of(word))))"
        }
    }

    static func of(_ item: ShellCaseItem) -> String {
        let ending =
            switch item.ending {
            case .leaves: ";;"
            case .fallsThrough: ";&"
            case .goesOnTesting: ";;&"
            }
        return item.patterns.map { of($0) }.joined(separator: "|") + ") \(of(item.body))\(ending)"
    }

    static func of(_ word: ShellWord) -> String {
        if let assignment = word.arrayAssignment { return "array:" + of(assignment) }
        return word.parts.isEmpty ? "∅" : word.parts.map { of($0) }.joined()
    }

    static func of(_ part: ShellWord.Part) -> String {
        switch part {
        case .literal(let text, let isQuoted): isQuoted ? "'\(text)'" : text
        case .parameter(let parameter, let isQuoted): quoted(of(parameter), isQuoted)
        case .command(let list, let source, let isQuoted):
            quoted(
                "$(" + (list.map { of($0) } ?? "…\(String(decoding: source, as: UTF8.self))") + ")", isQuoted)
        case .arithmetic(let word, let isQuoted): quoted("$((" + of(word) + "))", isQuoted)
        case .process(let list, let source):
            (source.first == UInt8(ascii: "<") ? "<(" : ">(") + (list.map { of($0) } ?? "…") + ")"
        case .unread(let source, let isQuoted):
            quoted("…{\(String(decoding: source, as: UTF8.self))}", isQuoted)
        }
    }

    private static func quoted(_ text: String, _ isQuoted: Bool) -> String { isQuoted ? "\"\(text)\"" : text }

    static func of(_ parameter: ShellParameter) -> String {
        var name = parameter.name
        switch parameter.index {
        case nil: break
        case .all: name += "[@]"
        case .joined: name += "[*]"
        case .element(let word): name += "[\(of(word))]"
        }
        switch parameter.operation {
        case .plain: return "$\(name)"
        case .length: return "${length \(name)}"
        case .useDefault(let word, let empty): return "${\(name)\(empty ? ":" : "")-\(operand(word))}"
        case .assignDefault(let word, let empty): return "${\(name)\(empty ? ":" : "")=\(operand(word))}"
        case .useAlternative(let word, let empty): return "${\(name)\(empty ? ":" : "")+\(operand(word))}"
        case .errorIfUnset(let word, let empty):
            return "${\(name)\(empty ? ":" : "")?\(word.map { operand($0) } ?? "")}"
        case .removePrefix(let word, let longest): return "${\(name)\(longest ? "##" : "#")\(operand(word))}"
        case .removeSuffix(let word, let longest): return "${\(name)\(longest ? "%%" : "%")\(operand(word))}"
        case .replace(let pattern, let replacement, let kind):
            let end = replacement.map { " by \(operand($0))" } ?? ""
            return "${\(name) replace \(kind) \(operand(pattern))\(end)}"
        case .substring(let offset, let length):
            return "${\(name) from \(operand(offset))\(length.map { " for \(operand($0))" } ?? "")}"
        case .changeCase(let upper, let all, let pattern):
            let kind = (upper ? "upper" : "lower") + (all ? " all" : " first")
            return "${\(name) \(kind)\(pattern.map { " \(operand($0))" } ?? "")}"
        case .indirect: return "${indirect \(name)}"
        case .names: return "${names \(name)}"
        case .unread(let source): return "${\(name)…{\(String(decoding: source, as: UTF8.self))}}"
        }
    }

    private static func operand(_ word: ShellWord) -> String { word.parts.isEmpty ? "" : of(word) }
}
