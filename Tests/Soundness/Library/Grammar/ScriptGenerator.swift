/// Makes random scripts by the ``Grammar``.
struct ScriptGenerator {
    private let grammar: Grammar
    private let dialect: ScriptDialect
    private(set) var random: SplitMix64
    /// How many functions have been named, and which of them may be called.
    private var functionCount = 0
    private var callable: [String] = []
    private var delimiterCount = 0

    init(dialect: ScriptDialect, random: SplitMix64, grammar: Grammar = .shells) {
        self.dialect = dialect
        self.random = random
        self.grammar = grammar
    }

    /// A script of some statements.
    mutating func script() -> ScriptTree { list(depth: 3) }

    private mutating func list(depth: Int) -> ScriptTree {
        var statements: [ScriptTree.Part] = []
        repeat {
            statements.append(.node(tree("statement", depth: depth)))
        } while statements.count < 5 && !random.oneIn(depth > 2 ? 4 : 2)
        return ScriptTree(
            kind: .list, parts: statements, terminator: random.oneIn(3) ? "\n" : "; ")
    }

    private mutating func tree(_ name: String, depth: Int) -> ScriptTree {
        switch name {
        case "list": return list(depth: depth - 1)
        case "function":
            functionCount += 1
            return ScriptTree(kind: .word, parts: [.text("f\(functionCount)")])
        case "call":
            let name = callable.isEmpty ? ":" : random.pick(callable)
            return ScriptTree(kind: .statement, parts: [.text(name)])
        case "end":
            return ScriptTree(kind: .word, parts: [.text("E\(delimiterCount)")])
        default: break
        }
        guard let rule = grammar.rules[name] else {
            // A name that nothing defines is a fault of the table: it shows in every script.
            return ScriptTree(kind: .word, parts: [.text("«\(name)»")])
        }
        let template = choose(rule.templates, mayNest: depth > 0)
        return fill(template, kind: rule.kind, depth: template.nests ? depth - 1 : depth)
    }

    private mutating func fill(_ template: Grammar.Template, kind: ScriptTree.Kind, depth: Int) -> ScriptTree
    {
        var parts: [ScriptTree.Part] = []
        var defined: String?
        delimiterCount += 1
        let delimiter = delimiterCount
        for piece in template.pieces {
            switch piece {
            case .text(let text): parts.append(.text(text))
            case .name("end", _): parts.append(.text("E\(delimiter)"))
            case .name(let name, let isQuoted):
                let child = tree(name, depth: depth)
                // Not a node: the name has to stay the same in definition and call.
                if name == "function" {
                    defined = child.text
                    parts.append(.text(child.text))
                } else {
                    parts.append(isQuoted ? .quoted(child) : .node(child))
                }
            }
        }
        if let defined { callable.append(defined) }
        return ScriptTree(kind: kind, traits: template.traits, parts: parts)
    }

    private mutating func choose(_ templates: [Grammar.Template], mayNest: Bool) -> Grammar.Template {
        let fitting = templates.filter {
            (mayNest || !$0.nests) && (dialect == .bash || $0.dialect == .posix)
        }
        let total = fitting.reduce(0) { $0 + $1.weight }
        var left = random.below(total)
        for template in fitting {
            left -= template.weight
            if left < 0 { return template }
        }
        return Grammar.Template(weight: 1, pieces: [.text(":")], dialect: .posix, traits: [], nests: false)
    }
}
