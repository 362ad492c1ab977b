import Basics

/// Reads the text of a pattern into tokens.
struct ShellPatternReader {
    /// A byte, and whether it stands for itself.
    private struct Piece {
        var byte: UInt8
        var isQuoted: Bool
    }

    private var pieces: [Piece] = []
    /// Whether a backslash quotes nothing.
    private var isUnclear = false
    private var index = 0
    /// Whether no bracket closes from here on.
    private var hasNoBracket = false

    private let dialect: ShellDialect

    init(_ elements: [ShellPattern.Element], dialect: ShellDialect) {
        self.dialect = dialect
        // A backslash that an expansion has made quotes the next character, as in `p='\*'; case $x in $p)`.
        var quotesNext = false
        for element in elements {
            for byte in element.text.utf8 {
                if !element.isQuoted, !quotesNext, byte == UInt8(ascii: "\\") {
                    quotesNext = true
                    continue
                }
                if quotesNext, element.isQuoted { isUnclear = true }
                pieces.append(Piece(byte: byte, isQuoted: element.isQuoted || quotesNext))
                quotesNext = false
            }
        }
        if quotesNext { isUnclear = true }
    }

    mutating func read() -> [ShellPattern.Token]? {
        guard !isUnclear else { return nil }
        var tokens: [ShellPattern.Token] = []
        tokens.reserveCapacity(pieces.count)
        while index < pieces.count {
            let piece = pieces[index]
            index += 1
            guard !piece.isQuoted else {
                tokens.append(.byte(piece.byte))
                continue
            }
            // Bash may know extended globs here, or not.
            guard !beginsExtendedGlob(piece.byte) else { return nil }
            switch piece.byte {
            case UInt8(ascii: "*"): if tokens.last != .anyText { tokens.append(.anyText) }
            case UInt8(ascii: "?"): tokens.append(.anyCharacter)
            case UInt8(ascii: "["):
                guard let token = readBracket() else { return nil }
                tokens.append(token)
            default: tokens.append(.byte(piece.byte))
            }
        }
        return tokens
    }

    private func beginsExtendedGlob(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "!"):
            isUnquoted(UInt8(ascii: "("), at: index)
        default: false
        }
    }

    private func isUnquoted(_ byte: UInt8, at index: Int) -> Bool {
        index < pieces.count && pieces[index].byte == byte && !pieces[index].isQuoted
    }

    // MARK: Brackets

    /// Reads a bracket expression from behind its bracket, which is a character if none closes it.
    private mutating func readBracket() -> ShellPattern.Token? {
        let start = index
        guard !hasNoBracket else { return .byte(UInt8(ascii: "[")) }
        var set = ShellPatternSet()
        let isCaret = isUnquoted(UInt8(ascii: "^"), at: index)
        if isCaret || isUnquoted(UInt8(ascii: "!"), at: index) {
            // To dash `^` is a character; bash gets `[!]a]` wrong when it replaces.
            guard dialect == .bash || !isCaret, !isUnquoted(UInt8(ascii: "]"), at: index + 1) else {
                return nil
            }
            set.isNegated = true
            index += 1
        }
        var isFirst = true
        while index < pieces.count {
            if !isFirst, isUnquoted(UInt8(ascii: "]"), at: index) {
                index += 1
                return .set(set)
            }
            isFirst = false
            if isUnquoted(UInt8(ascii: "["), at: index), index + 1 < pieces.count {
                switch pieces[index + 1].byte {
                case UInt8(ascii: ":"):
                    guard readClass(into: &set) else { return nil }
                    continue
                case UInt8(ascii: "."), UInt8(ascii: "="): return nil
                default: break
                }
            }
            guard readRange(into: &set) else { return nil }
        }
        index = start
        hasNoBracket = true
        return .byte(UInt8(ascii: "["))
    }

    /// Reads a character, or two with a `-` between them.
    private mutating func readRange(into set: inout ShellPatternSet) -> Bool {
        let first = pieces[index].byte
        guard first < 0x80 else { return false }
        index += 1
        guard isUnquoted(UInt8(ascii: "-"), at: index), index + 1 < pieces.count,
            !isUnquoted(UInt8(ascii: "]"), at: index + 1)
        else {
            set.insert(first)
            return true
        }
        let last = pieces[index + 1].byte
        index += 2
        // An empty range is an error for some; between letters of both cases the locale decides.
        guard last < 0x80, first <= last, !isUnquoted(UInt8(ascii: "["), at: index - 1) else { return false }
        for byte in first...last { set.insert(byte) }
        return true
    }

    /// Reads a class, as in `[:alpha:]`.
    private mutating func readClass(into set: inout ShellPatternSet) -> Bool {
        var end = index + 2
        var name: [UInt8] = []
        while end < pieces.count, pieces[end].byte.startsShellName, name.count < 7 {
            name.append(pieces[end].byte)
            end += 1
        }
        guard end + 1 < pieces.count, pieces[end].byte == UInt8(ascii: ":"),
            pieces[end + 1].byte == UInt8(ascii: "]"),
            pieces[index..<end + 2].allSatisfy({ !$0.isQuoted }),
            let belongs = Self.membership(in: String(decoding: name, as: UTF8.self))
        else { return false }
        for byte: UInt8 in 0..<0x80 where belongs(byte) { set.insert(byte) }
        index = end + 2
        return true
    }

    /// The classes in the POSIX locale: XBD 7.3.1. For ASCII other locales agree.
    private static func membership(in name: String) -> ((UInt8) -> Bool)? {
        switch name {
        case "alnum": { $0.isAlphanumeric }
        case "alpha": { $0.isLowercaseLetter || $0.isUppercaseLetter }
        case "blank": { $0 == 0x20 || $0 == 0x09 }
        case "cntrl": { $0 < 0x20 || $0 == 0x7F }
        case "digit": { $0.isDecimalDigit }
        case "graph": { (0x21...0x7E).contains($0) }
        case "lower": { $0.isLowercaseLetter }
        case "print": { (0x20...0x7E).contains($0) }
        case "punct": { (0x21...0x7E).contains($0) && !$0.isAlphanumeric }
        case "space": { $0 == 0x20 || (0x09...0x0D).contains($0) }
        case "upper": { $0.isUppercaseLetter }
        case "xdigit": { $0.isHexadecimalDigit }
        default: nil
        }
    }
}
