/// The templates of one name of a ``Grammar``.
struct GrammarTable: Sendable {
    var name: String
    /// What a piece that it gives may be replaced by.
    var kind: ScriptTree.Kind
    /// A line for each template: how often it is chosen beside the others, marks, and after a blank the template.
    ///
    /// The marks are `b` for Bash alone, `v` for ``ScriptTree/Traits/runsValue`` and `s` for
    /// ``ScriptTree/Traits/isBroken``; what they let pass is said there. `\n` is the end of a line, `«_»` a blank at
    /// either end, `«»` nothing.
    var lines: String

    init(_ name: String, _ kind: ScriptTree.Kind, _ lines: String) {
        self.name = name
        self.kind = kind
        self.lines = lines
    }
}

extension Grammar {
    /// Scripts as shells run them, most of which do something with the word uWSGI.
    static let shells = Grammar([
        .statement, .compound, .flow, .ordinary, .idiom, .broken,
        .condition, .subject, .pattern,
        .launch, .environment, .exec, .wrapper, .program, .options, .redirection,
        .assignment, .limit, .value, .words,
        .way,
    ])
}
