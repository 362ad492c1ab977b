/// What is known of a command's success before anything runs.
enum ShellVerdict: Hashable {
    /// It depends on known text only.
    case known(Bool)
    /// So it is when a variable that the specification does not mention is indeed not set.
    case presumed(Bool)
    /// Some program or file decides; most commands succeed.
    case ordinary
    /// The value of a variable that cannot be seen decides.
    case undecided

    var negated: ShellVerdict {
        switch self {
        case .known(let value): .known(!value)
        case .presumed(let value): .presumed(!value)
        case .ordinary, .undecided: self
        }
    }

    /// What is known of `a && b`.
    func and(_ other: ShellVerdict) -> ShellVerdict {
        switch (self, other) {
        case (.known(false), _), (_, .known(false)): .known(false)
        case (.known(true), let verdict), (let verdict, .known(true)): verdict
        case (.presumed(let a), .presumed(let b)): .presumed(a && b)
        case (.undecided, _), (_, .undecided): .undecided
        default: .ordinary
        }
    }

    func or(_ other: ShellVerdict) -> ShellVerdict { negated.and(other.negated).negated }
}

/// Evaluates `test`, `[` and `[[` as far as their words are known.
///
/// Source: POSIX.1-2024, test; the manual of bash for `==`, patterns and `=~` in `[[`.
struct ShellTest {
    private var words: ArraySlice<Word>
    private let matchesPatterns: Bool

    /// - Parameter words: the words between the brackets.
    static func evaluate(_ words: [Word], matchesPatterns: Bool) -> ShellVerdict {
        guard words.count <= 64 else { return .ordinary }
        var test = ShellTest(words: words[...], matchesPatterns: matchesPatterns)
        let verdict = test.disjunction()
        return test.words.isEmpty ? verdict : .ordinary
    }

    private mutating func take(_ texts: String...) -> Bool {
        guard let first = words.first, texts.contains(first.text) else { return false }
        words.removeFirst()
        return true
    }

    private mutating func disjunction() -> ShellVerdict {
        var verdict = conjunction()
        while take("-o", "||") { verdict = verdict.or(conjunction()) }
        return verdict
    }

    private mutating func conjunction() -> ShellVerdict {
        var verdict = negation()
        while take("-a", "&&") { verdict = verdict.and(negation()) }
        return verdict
    }

    private mutating func negation() -> ShellVerdict {
        if words.count > 1, take("!") { return negation().negated }
        if words.count > 2, take("(") {
            let verdict = disjunction()
            _ = take(")")
            return verdict
        }
        return primary()
    }

    private mutating func primary() -> ShellVerdict {
        guard let left = words.popFirst() else { return .known(false) }
        if let sign = words.first?.text, words.count >= 2, Self.isBinary(sign) {
            words.removeFirst()
            let right = words.removeFirst()
            return compare(left, sign, right)
        }
        if left.text.utf8.count == 2, left.text.utf8.first == UInt8(ascii: "-"), let operand = words.first {
            switch left.text {
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
                return .ordinary
            }
        }
        return Self.isNotEmpty(left)
    }

    private static func isBinary(_ sign: String) -> Bool {
        ["=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]
            .contains(sign)
    }

    private static func isNotEmpty(_ word: Word) -> ShellVerdict {
        guard !word.text.isKnown else { return .known(!word.text.isEmpty) }
        let rest = word.text.withoutAbsent
        if rest.isKnown { return rest.isEmpty ? .presumed(false) : .known(true) }
        // Unknown text beside known text is not empty.
        return rest.utf8.contains { $0 > 1 } ? .known(true) : .undecided
    }

    private func compare(_ left: Word, _ sign: String, _ right: Word) -> ShellVerdict {
        let a = left.text.withoutAbsent
        let b = right.text.withoutAbsent
        guard a.isKnown, b.isKnown else { return .undecided }
        let isPresumed = !left.text.isKnown || !right.text.isKnown
        let result: Bool
        switch sign {
        case "=", "==", "!=":
            let isEqual = matchesPatterns ? ShellPattern.matches(b, a) : a == b
            guard let isEqual else { return .undecided }
            result = isEqual == (sign != "!=")
        case "-eq", "-ne", "-lt", "-le", "-gt", "-ge":
            guard let x = Int(a), let y = Int(b) else { return isPresumed ? .presumed(false) : .ordinary }
            result =
                switch sign {
                case "-eq": x == y
                case "-ne": x != y
                case "-lt": x < y
                case "-le": x <= y
                case "-gt": x > y
                default: x >= y
                }
        default: return .undecided
        }
        return isPresumed ? .presumed(result) : .known(result)
    }
}

extension String {
    /// The text if the variables that the specification does not mention are empty.
    var withoutAbsent: String {
        utf8.contains(1) ? String(decoding: utf8.filter { $0 != 1 }, as: UTF8.self) : self
    }
}

/// Patterns of `case` and `[[`: `*` and `?` only.
enum ShellPattern {
    /// Longer texts are not matched, so that many patterns stay cheap.
    private static let longest = 256

    /// - Returns: `nil` for a pattern that is not read, with brackets or escapes in it.
    static func matches(_ pattern: String, _ text: String) -> Bool? {
        let special: [UInt8] = [UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "(")]
        if pattern == text { return true }
        guard pattern.utf8.count <= longest, text.utf8.count <= longest else { return nil }
        if pattern.utf8.contains(where: { special.contains($0) }) { return nil }
        return Wildcard.matches(Array(pattern.utf8), Array(text.utf8), anyByte: UInt8(ascii: "?"))
    }
}

/// Matching with `*` for any run of characters.
enum Wildcard {
    /// Takes at most as many steps as the product of both lengths, and no recursion.
    static func matches(_ pattern: [UInt8], _ text: [UInt8], anyByte: UInt8? = nil) -> Bool {
        var position = 0
        var index = 0
        var star: (position: Int, index: Int)?
        while index < text.count {
            if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
                star = (position, index)
                position += 1
            } else if position < pattern.count,
                pattern[position] == text[index] || pattern[position] == anyByte
            {
                position += 1
                index += 1
            } else if let last = star {
                position = last.position + 1
                index = last.index + 1
                star = (last.position, index)
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
