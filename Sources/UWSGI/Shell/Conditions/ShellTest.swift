import ShellSyntax

/// What is known of the answer to a question before anything runs.
enum ShellAnswer: Hashable {
    /// It depends on known text only.
    case known(Bool)
    /// So it is when a variable that the specification does not mention is indeed not set.
    case presumed(Bool)
    /// A file, or a text that cannot be seen, decides.
    case open

    var negated: ShellAnswer {
        switch self {
        case .known(let value): .known(!value)
        case .presumed(let value): .presumed(!value)
        case .open: .open
        }
    }

    /// What is known of `a && b`.
    func and(_ other: ShellAnswer) -> ShellAnswer {
        switch (self, other) {
        case (.known(false), _), (_, .known(false)): .known(false)
        case (.known(true), let answer), (let answer, .known(true)): answer
        case (.presumed(let a), .presumed(let b)): .presumed(a && b)
        default: .open
        }
    }

    func or(_ other: ShellAnswer) -> ShellAnswer { negated.and(other.negated).negated }

    /// What is known of the answer where it is most likely this one, and otherwise that one.
    func unless(_ other: ShellAnswer) -> ShellAnswer {
        if case .known(let answer) = self, self != other { return .presumed(answer) }
        return self
    }

    func outcome(in state: State) -> Outcome {
        switch self {
        case .known(true): .succeeding(state)
        case .known(false): .failing(state)
        case .presumed(true): Outcome(ok: state, failed: state.reached(.possible))
        case .presumed(false): Outcome(ok: state.reached(.possible), failed: state)
        case .open: .question(state)
        }
    }
}

/// Evaluates `test`, `[` and `[[` as far as their words are known.
///
/// Source: POSIX.1-2024, test; the manual of bash for `==`, patterns and `=~` in `[[`.
struct ShellTest {
    /// One word between the brackets: the texts that it may be.
    struct Operand {
        var texts: [String]
        /// As the right side of `==` in `[[`.
        var patterns: [ShellGlob]

        /// Its text as an operator.
        var sign: String { texts.count == 1 ? texts.first ?? "" : "" }
    }

    private var words: ArraySlice<Operand>
    private let isExtended: Bool

    static func evaluate(_ words: [Operand], isExtended: Bool) -> ShellAnswer {
        guard words.count <= 64 else { return .open }
        var test = ShellTest(words: words[...], isExtended: isExtended)
        let answer = test.disjunction()
        return test.words.isEmpty ? answer : .open
    }

    /// The texts between brackets that bash evaluates: numbers in `[[`, and the name behind `-v`.
    /// - Parameter isExtended: whether they stand in `[[`; in `[` numbers are nothing but digits.
    static func expressions(in words: [Operand], isExtended: Bool = true) -> [String] {
        var texts: [String] = []
        for (index, word) in words.enumerated() {
            let sign = word.sign
            guard sign.utf8.count <= 3, sign.utf8.first == UInt8(ascii: "-") else { continue }
            let isNumeric = isExtended && ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"].contains(sign)
            if isNumeric, index > 0 { texts += words[index - 1].texts }
            if isNumeric || sign == "-v", index + 1 < words.count { texts += words[index + 1].texts }
        }
        return texts
    }

    private mutating func take(_ signs: String...) -> Bool {
        guard let first = words.first, signs.contains(first.sign) else { return false }
        words.removeFirst()
        return true
    }

    private mutating func disjunction() -> ShellAnswer {
        var answer = conjunction()
        while take("-o", "||") { answer = answer.or(conjunction()) }
        return answer
    }

    private mutating func conjunction() -> ShellAnswer {
        var answer = negation()
        while take("-a", "&&") { answer = answer.and(negation()) }
        return answer
    }

    private mutating func negation() -> ShellAnswer {
        if words.count > 1, take("!") { return negation().negated }
        if words.count > 2, take("(") {
            let answer = disjunction()
            _ = take(")")
            return answer
        }
        return primary()
    }

    private mutating func primary() -> ShellAnswer {
        guard let left = words.popFirst() else { return .known(false) }
        if let sign = words.first?.sign, words.count >= 2, Self.isBinary(sign) {
            words.removeFirst()
            let right = words.removeFirst()
            return compare(left, sign, right)
        }
        let sign = left.sign
        if sign.utf8.count == 2, sign.utf8.first == UInt8(ascii: "-"), let operand = words.first {
            switch sign {
            case "-n":
                words.removeFirst()
                return Self.isNotEmpty(operand)
            case "-z":
                words.removeFirst()
                return Self.isNotEmpty(operand).negated
            case "-a", "-o": break
            default:
                // Files, options, variables of the shell.
                words.removeFirst()
                return .open
            }
        }
        return Self.isNotEmpty(left)
    }

    private static func isBinary(_ sign: String) -> Bool {
        [
            "=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef",
        ].contains(sign)
    }

    /// One answer of the answers for each text.
    private static func merge(_ answers: some Sequence<ShellAnswer>) -> ShellAnswer {
        var merged: ShellAnswer?
        for answer in answers {
            guard let before = merged else {
                merged = answer
                continue
            }
            if before != answer { return .open }
        }
        return merged ?? .open
    }

    private static func isNotEmpty(_ operand: Operand) -> ShellAnswer {
        merge(operand.texts.lazy.map(isNotEmpty))
    }

    private static func isNotEmpty(_ text: String) -> ShellAnswer {
        if text.isKnown { return .known(!text.isEmpty) }
        // Unknown text beside known text is not empty.
        if text.utf8.contains(where: { !TextMark.isMark($0) }) { return .known(true) }
        return text.hasUnknown ? .open : .presumed(false)
    }

    private func compare(_ left: Operand, _ sign: String, _ right: Operand) -> ShellAnswer {
        let usesPatterns = isExtended && ["=", "==", "!="].contains(sign)
        guard left.texts.count * max(right.texts.count, right.patterns.count) <= 64 else { return .open }
        return Self.merge(
            left.texts.lazy.flatMap { a in
                usesPatterns
                    ? right.patterns.map { Self.matches(a, $0, isNegated: sign == "!=") }
                    : right.texts.map { Self.compare(a, sign, $0) }
            })
    }

    private static func matches(_ text: String, _ pattern: ShellGlob, isNegated: Bool) -> ShellAnswer {
        let isPresumed = text.hasAbsent || pattern.hasAbsent
        guard !text.hasUnknown, let matches = pattern.matches(text.withoutAbsent) else { return .open }
        let answer = matches != isNegated
        return isPresumed ? .presumed(answer) : .known(answer)
    }

    private static func compare(_ left: String, _ sign: String, _ right: String) -> ShellAnswer {
        guard !left.hasUnknown, !right.hasUnknown else { return .open }
        let a = left.withoutAbsent
        let b = right.withoutAbsent
        let answer: Bool
        switch sign {
        case "=", "==": answer = a == b
        case "!=": answer = a != b
        case "=~":
            guard let matches = ShellRegularExpression.matches(b, a) else { return .open }
            answer = matches
        case "-eq", "-ne", "-lt", "-le", "-gt", "-ge":
            let isPresumed = left.hasAbsent || right.hasAbsent
            guard let x = Int(a), let y = Int(b) else { return isPresumed ? .presumed(false) : .open }
            answer =
                switch sign {
                case "-eq": x == y
                case "-ne": x != y
                case "-lt": x < y
                case "-le": x <= y
                case "-gt": x > y
                default: x >= y
                }
        default: return .open
        }
        return left.hasAbsent || right.hasAbsent ? .presumed(answer) : .known(answer)
    }
}

/// Regular expressions of `=~`, as far as they are plain text, perhaps anchored.
enum ShellRegularExpression {
    static func matches(_ expression: String, _ text: String) -> Bool? {
        var rest = expression[...]
        let isAtStart = rest.first == "^"
        if isAtStart { rest.removeFirst() }
        let isAtEnd = rest.last == "$"
        if isAtEnd { rest.removeLast() }
        let special: Set<Character> = [".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "\\", "^", "$"]
        guard rest.utf8.count <= 256, text.utf8.count <= 4096, !rest.contains(where: special.contains) else {
            return nil
        }
        let literal = String(rest)
        switch (isAtStart, isAtEnd) {
        case (true, true): return text == literal
        case (true, false): return text.hasPrefix(literal)
        case (false, true): return text.hasSuffix(literal)
        case (false, false): return text.includes(literal)
        }
    }
}
