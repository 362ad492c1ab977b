/// `[[ … ]]`: the manual of bash, 3.2.5.2.
extension ShellParser {
    /// `[[ … ]]`: words, among which operators need no quotes.
    mutating func parseTest() throws(ShellError) -> ShellCompound {
        try expect(.openTest)
        var words: [ShellWord] = []
        var grammar = TestGrammar()
        while true {
            try skipLines()
            guard let byte = scanner.peek() else { throw .malformed }
            if take(.closeTest) {
                guard grammar.isComplete else { throw .malformed }
                return .test(words)
            }
            if byte.endsShellWord, !isAtProcessSubstitution {
                words.append(try parseTestOperator(byte))
            } else {
                words.append(try parseWord(until: .delimiter))
            }
            guard let word = words.last, grammar.accepts(word) else { throw .malformed }
            if word.plainText == "=~", grammar.expectsOperand {
                // A regular expression may begin with a parenthesis.
                scanner.skipBlanks()
                let regex = try parseWord(until: .regex)
                guard !regex.parts.isEmpty, grammar.accepts(regex) else { throw .malformed }
                words.append(regex)
            }
        }
    }

    private mutating func parseTestOperator(_ byte: UInt8) throws(ShellError) -> ShellWord {
        let start = scanner.index
        scanner.advance()
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "|"):
            guard scanner.take(byte) else { throw .malformed }
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"): break
        default: throw .malformed
        }
        let source = scanner.bytes[start..<scanner.index]
        let text = String(decoding: source.filter { $0 == byte }, as: UTF8.self)
        return ShellWord(parts: [.literal(text, isQuoted: false)], source: source)
    }
}

/// Which word may follow which in `[[ … ]]`. Parentheses are counted, not followed.
private struct TestGrammar {
    private enum State { case term, operand, afterWord, afterTerm }

    private var state = State.term
    private var open = 0

    var isComplete: Bool { open == 0 && (state == .afterWord || state == .afterTerm) }

    var expectsOperand: Bool { state == .operand }

    /// Takes the next word, if it may stand here.
    mutating func accepts(_ word: ShellWord) -> Bool {
        let text = word.plainText ?? ""
        switch (state, text) {
        case (.term, "!"): break
        case (.term, "("): open += 1
        case (.afterWord, "&&"), (.afterWord, "||"), (.afterTerm, "&&"), (.afterTerm, "||"): state = .term
        case (.afterWord, ")"), (.afterTerm, ")"):
            open -= 1
            state = .afterTerm
            return open >= 0
        case (.afterWord, _) where Self.binary.contains(text): state = .operand
        case (.afterWord, _), (.afterTerm, _): return false
        case (_, "&&"), (_, "||"), (_, "("), (_, ")"), (_, "<"), (_, ">"): return false
        case (.term, _): state = Self.isUnary(text) ? .operand : .afterWord
        case (.operand, _): state = .afterTerm
        }
        return true
    }

    private static let binary: Set<String> = [
        "=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-ef", "-nt", "-ot",
    ]

    private static func isUnary(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count == 2, bytes.first == UInt8(ascii: "-"), let letter = bytes.last else {
            return false
        }
        return "abcdefghknoprstuvwxzGLNORS".utf8.contains(letter)
    }
}
