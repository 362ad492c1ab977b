/// Which shells' language a script is written in.
enum ScriptDialect: Sendable { case posix, bash }

/// A grammar of shell scripts, as a table of templates for each name in it.
///
/// In a template `«name»` stands for what that name's own templates give, and `«'name»` for the same as one word in
/// single quotes. `«list»` is a list of statements, each with its end; `«function»` the name of a new function, which
/// only what comes later calls by `«call»`, so that nothing recurs; `«end»` a delimiter of a here-document.
struct Grammar: Sendable {
    struct Template: Sendable {
        enum Piece: Sendable {
            case text(String)
            case name(String, isQuoted: Bool)
        }

        var weight: Int
        var pieces: [Piece]
        var dialect: ScriptDialect
        var traits: ScriptTree.Traits
        /// Whether other statements may stand in it.
        var nests: Bool
    }

    struct Rule: Sendable {
        var kind: ScriptTree.Kind
        var templates: [Template]
    }

    let rules: [String: Rule]

    init(_ tables: [GrammarTable]) {
        var rules: [String: Rule] = [:]
        for table in tables {
            rules[table.name] = Rule(
                kind: table.kind, templates: table.lines.split(separator: "\n").map(Self.template))
        }
        self.rules = rules
    }

    private static func template(_ line: Substring) -> Template {
        let digits = line.prefix { $0.isNumber }
        let marks = line.dropFirst(digits.count).prefix { $0 != " " }
        let body = line.dropFirst(digits.count + marks.count + 1)
            .replacing("\\n", with: "\n").replacing("«_»", with: " ").replacing("«»", with: "")
        var traits: ScriptTree.Traits = []
        if marks.contains("v") { traits.insert(.runsValue) }
        if marks.contains("s") { traits.insert(.isBroken) }
        let pieces = pieces(body[...])
        let nests = pieces.contains { piece in
            if case .name(let name, _) = piece { return nesting.contains(name) }
            return false
        }
        return Template(
            weight: Int(digits) ?? 1, pieces: pieces, dialect: marks.contains("b") ? .bash : .posix,
            traits: traits, nests: nests)
    }

    private static let nesting: Set = ["list", "statement", "condition", "way", "compound"]

    private static func pieces(_ body: Substring) -> [Template.Piece] {
        var pieces: [Template.Piece] = []
        var rest = body
        while let start = rest.firstIndex(of: "«"), let end = rest[start...].firstIndex(of: "»") {
            if start > rest.startIndex { pieces.append(.text(String(rest[..<start]))) }
            let name = rest[rest.index(after: start)..<end]
            let isQuoted = name.first == "'"
            pieces.append(.name(String(isQuoted ? name.dropFirst() : name), isQuoted: isQuoted))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }
}
