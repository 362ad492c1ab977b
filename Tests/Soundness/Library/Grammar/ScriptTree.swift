/// A generated script as a tree, so that it can be made smaller without losing its grammar.
struct ScriptTree: Sendable {
    /// What a node may be replaced by when a script is made smaller.
    enum Kind: Sendable {
        /// Statements, each of which may be left out.
        case list
        /// A command of any kind.
        case statement
        /// A command that is asked for its exit status.
        case condition
        /// A word, or several.
        case word
        /// A piece that may be missing.
        case optional
    }

    /// What matters about a script when it is held against detection.
    struct Traits: OptionSet, Sendable {
        let rawValue: Int
        /// Runs what a variable or a file holds: what comes from the world may itself name uWSGI. Nothing in the
        /// specification speaks for that, so worlds that name it count only for a verdict, not against one. It is so
        /// also where such text becomes parameters that something runs later, where an assignment before it is lost
        /// with its subshell (`h | cat; $X`), and where a shell may read the container's input
        /// (`sh -c 'exec "$0"'`, which is `exec sh`).
        static let runsValue = Traits(rawValue: 1)
        /// Has an error of syntax, before which shells run what they have read.
        static let isBroken = Traits(rawValue: 2)
    }

    enum Part: Sendable {
        case text(String)
        case node(ScriptTree)
        /// The node's text as one word in single quotes.
        case quoted(ScriptTree)
    }

    var kind: Kind
    var traits: Traits = []
    var parts: [Part]
    /// What ends the statements of a list, where their text leaves the choice.
    var terminator = "; "

    /// The script itself.
    var text: String {
        guard kind == .list else { return parts.map(\.text).joined() }
        return parts.map { part in
            let statement = part.text
            if statement.contains("<<") || statement.contains("\n") { return statement + "\n" }
            // `&;` is an error.
            return statement + (statement.hasSuffix("&") ? " " : terminator)
        }.joined()
    }

    /// The traits of it and all below it.
    var allTraits: Traits {
        parts.reduce(traits) { $0.union($1.tree?.allTraits ?? []) }
    }

    /// How many nodes it has.
    var size: Int { parts.reduce(1) { $0 + ($1.tree?.size ?? 0) } }
}

extension ScriptTree.Part {
    var text: String {
        switch self {
        case .text(let text): text
        case .node(let tree): tree.text
        case .quoted(let tree): "'\(tree.text.replacing("'", with: "'\\''"))'"
        }
    }

    var tree: ScriptTree? {
        switch self {
        case .text: nil
        case .node(let tree), .quoted(let tree): tree
        }
    }

    /// The same part with another tree in it.
    func replacing(_ tree: ScriptTree) -> ScriptTree.Part {
        switch self {
        case .text: self
        case .node: .node(tree)
        case .quoted: .quoted(tree)
        }
    }
}
