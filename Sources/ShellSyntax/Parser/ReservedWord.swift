/// Words that have a meaning of their own where a command may begin: POSIX.1-2024, Shell Command Language, 2.4.
enum ReservedWord: String {
    case negation = "!"
    case openBrace = "{"
    case closeBrace = "}"
    case caseWord = "case"
    case doWord = "do"
    case done
    case elif
    case elseWord = "else"
    case esac
    case fi
    case forWord = "for"
    case ifWord = "if"
    case inWord = "in"
    case then
    case until
    case whileWord = "while"
    // bash only
    case openTest = "[["
    case closeTest = "]]"
    case coproc
    case function
    case select
    case time

    var isOnlyInBash: Bool {
        switch self {
        case .openTest, .closeTest, .coproc, .function, .select, .time: true
        default: false
        }
    }

    /// Whether it can only stand within or after another one.
    var isInner: Bool {
        switch self {
        case .closeBrace, .closeTest, .doWord, .done, .elif, .elseWord, .esac, .fi, .inWord, .then: true
        default: false
        }
    }
}

extension ShellParser {
    /// The reserved word that comes next, without taking it.
    mutating func peekReservedWord() -> ReservedWord? {
        guard let first = scanner.peek(), Self.startsReservedWord(first) else { return nil }
        var end = scanner.index
        let bytes = scanner.bytes
        while end < bytes.count, !bytes[end].endsShellWord {
            // None is longer; a backslash may be a line continuation, which takes the long way.
            if bytes[end] == UInt8(ascii: "\\") { return peekContinuedReservedWord() }
            if end - scanner.index >= 8 { return nil }
            end += 1
        }
        return reservedWord(String(decoding: bytes[scanner.index..<end], as: UTF8.self))
    }

    private mutating func peekContinuedReservedWord() -> ReservedWord? {
        let start = scanner.index
        defer { scanner.index = start }
        var text: [UInt8] = []
        while let byte = scanner.peek(), !byte.endsShellWord {
            guard text.count < 8, byte != UInt8(ascii: "\\") else { return nil }
            text.append(byte)
            scanner.advance()
        }
        return reservedWord(String(decoding: text, as: UTF8.self))
    }

    private func reservedWord(_ text: String) -> ReservedWord? {
        guard let word = ReservedWord(rawValue: text), dialect == .bash || !word.isOnlyInBash else {
            return nil
        }
        return word
    }

    private static func startsReservedWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "f"), UInt8(ascii: "i"),
            UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "u"), UInt8(ascii: "w"):
            true
        default: false
        }
    }

    mutating func take(_ word: ReservedWord) -> Bool {
        scanner.skipBlanks()
        guard peekReservedWord() == word else { return false }
        for _ in word.rawValue.utf8 {
            _ = scanner.peek()
            scanner.advance()
        }
        tokenEnd = scanner.index
        return true
    }

    mutating func expect(_ word: ReservedWord) throws(ShellError) {
        guard take(word) else { throw .malformed }
    }
}
