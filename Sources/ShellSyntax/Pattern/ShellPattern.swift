/// Pattern matching notation: POSIX.1-2024, Shell Command Language, 2.14.
///
/// As in `case`, `[[ a == b ]]` and `${x#b}`: slashes and leading dots are ordinary characters.
public struct ShellPattern: Sendable {
    /// A stretch of a pattern's text, after expansion.
    public struct Element: Sendable, Hashable {
        public var text: String
        /// Whether its characters stand for themselves.
        public var isQuoted: Bool

        public init(_ text: String, isQuoted: Bool = false) {
            self.text = text
            self.isQuoted = isQuoted
        }
    }

    /// What matches one stretch of a text.
    enum Token: Hashable {
        case byte(UInt8)
        /// `?`
        case anyCharacter
        /// `*`
        case anyText
        case set(ShellPatternSet)
    }

    /// Steps that one comparison may take; one of usual size takes a few dozen.
    static let mostSteps = 1 << 18

    let tokens: [Token]
    /// Whether it asks what one character is: whether that is one byte depends on the locale.
    let dependsOnLocale: Bool

    /// Reads a pattern.
    ///
    /// - Returns: `nil` for what shells read differently or only with options: extended globs, equivalence
    ///   classes, bytes beyond ASCII in brackets, a backslash that quotes nothing, and in `.posix` `[^a]`.
    public init?(_ elements: [Element], dialect: ShellDialect = .posix) {
        var reader = ShellPatternReader(elements, dialect: dialect)
        guard let tokens = reader.read() else { return nil }
        self.tokens = tokens
        dependsOnLocale = tokens.contains { token in
            switch token {
            case .anyCharacter, .set: true
            case .byte, .anyText: false
            }
        }
    }

    /// Whether the pattern matches the whole text; `nil` if that cannot be told.
    public static func matches(
        _ pattern: [Element], _ text: String, dialect: ShellDialect = .posix
    ) -> Bool? {
        ShellPattern(pattern, dialect: dialect)?.matches(text)
    }

    /// Whether it matches the whole text; `nil` if that depends on the locale, or is too much work.
    public func matches(_ text: String) -> Bool? {
        let bytes = Array(text.utf8)
        guard isIndependentOfLocale(bytes) else { return nil }
        var steps = Self.mostSteps
        return matches(bytes[...], &steps)
    }

    func isIndependentOfLocale(_ text: [UInt8]) -> Bool {
        !dependsOnLocale || text.allSatisfy { $0 < 0x80 }
    }

    /// Compares, going back to the last `*` only: what one before it could match, the last can as well.
    func matches(_ text: ArraySlice<UInt8>, _ steps: inout Int) -> Bool? {
        var token = 0
        var position = text.startIndex
        var afterStar: (token: Int, position: Int)?
        while true {
            steps -= 1
            guard steps > 0 else { return nil }
            if token < tokens.count, tokens[token] == .anyText {
                token += 1
                afterStar = (token, position)
            } else if token < tokens.count, position < text.endIndex,
                Self.matches(tokens[token], text[position])
            {
                token += 1
                position += 1
            } else if token == tokens.count, position == text.endIndex {
                return true
            } else {
                guard let star = afterStar, star.position < text.endIndex else { return false }
                token = star.token
                position = star.position + 1
                afterStar = (token, position)
            }
        }
    }

    static func matches(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let expected): byte == expected
        case .anyCharacter, .anyText: true
        case .set(let set): set.contains(byte)
        }
    }
}

/// A bracket expression: a set of ASCII characters.
struct ShellPatternSet: Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    var isNegated = false

    mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
    }

    func contains(_ byte: UInt8) -> Bool {
        let isMember =
            if byte < 64 { low & (1 << UInt64(byte)) != 0 } else {
                byte < 128 && high & (1 << UInt64(byte - 64)) != 0
            }
        return isMember != isNegated
    }
}
