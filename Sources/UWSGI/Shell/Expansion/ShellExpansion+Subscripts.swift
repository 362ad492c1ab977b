import Basics
import ShellSyntax

/// What bash runs where it takes a text for an expression or for the name of a variable: the commands in a subscript,
/// expanded as if they stood in the script. By the name of `sh` it does the same.
extension ShellExpansion {
    /// More variables are not looked at for one text.
    private static let mostTexts = 32

    /// Takes note of the commands in the subscripts of an expression or a name, and of the variables that it names:
    /// bash evaluates their text in turn.
    func noteSubscripts(in text: String) {
        var pending = [text]
        var seen: Set<String> = []
        while let text = pending.popLast(), seen.count < Self.mostTexts {
            guard seen.insert(text).inserted else { continue }
            tracer.budget.spend(text.utf8.count + 1)
            if text.utf8.contains(UInt8(ascii: "[")) { runCommands(in: text) }
            for name in Self.names(in: text) {
                for content in state.scope.contents(of: name) {
                    switch content {
                    case .text(let text): pending.append(text)
                    case .array(let elements): pending += elements.prefix(Self.mostTexts).map(\.text)
                    case .container, .unset: break
                    }
                }
            }
        }
    }

    /// The same of each of several words, most of which hold no subscript.
    func noteSubscripts(in words: some Sequence<Argument>) {
        for word in words where word.text.utf8.contains(UInt8(ascii: "[")) { noteSubscripts(in: word.text) }
    }

    /// The numbers that a word gives which is an expression.
    mutating func numbers(of word: ShellWord) -> [Int?] {
        texts(of: word).map { text in
            noteSubscripts(in: text)
            return number(of: text)
        }
    }

    /// Runs the command substitutions in a text, whatever else stands in it.
    func runCommands(in text: String) {
        let possible = state.reached(.possible)
        if text.mayNameUWSGI || text.mayHoldCommand && !text.isKnown && UWSGIWord.occurs(in: text.utf8) {
            tracer.notePossibleServer(Argument("uwsgi", at: location), in: possible)
        }
        guard text.mayHoldCommand, text.isKnown else { return }
        // In a here-document quotes are plain, as they are in a subscript.
        let script = ": << SUBSCRIPT\n\(text)\nSUBSCRIPT"
        _ = tracer.descend { runner.run(script: script, in: possible) }
    }

    /// The names that stand in an expression.
    private static func names(in text: String) -> [String] {
        var names: [String] = []
        var rest = text.utf8[...]
        while let start = rest.firstIndex(where: \.isIdentifierByte) {
            let name = rest[start...].prefix { $0.isIdentifierByte }
            rest = rest[name.endIndex...]
            if let first = name.first, !first.isDecimalDigit, names.count < mostTexts {
                names.append(String(Substring(name)))
            }
        }
        return names
    }
}
