/// Words that have a meaning of their own where a command may begin: POSIX.1-2024, Shell Command Language, 2.4.
///
/// Several together say where a list may end.
struct ReservedWord: OptionSet {
    let rawValue: UInt32

    static let negation = ReservedWord(rawValue: 1 << 0)
    static let openBrace = ReservedWord(rawValue: 1 << 1)
    static let closeBrace = ReservedWord(rawValue: 1 << 2)
    static let caseWord = ReservedWord(rawValue: 1 << 3)
    static let doWord = ReservedWord(rawValue: 1 << 4)
    static let done = ReservedWord(rawValue: 1 << 5)
    static let elif = ReservedWord(rawValue: 1 << 6)
    static let elseWord = ReservedWord(rawValue: 1 << 7)
    static let esac = ReservedWord(rawValue: 1 << 8)
    static let fi = ReservedWord(rawValue: 1 << 9)
    static let forWord = ReservedWord(rawValue: 1 << 10)
    static let ifWord = ReservedWord(rawValue: 1 << 11)
    static let inWord = ReservedWord(rawValue: 1 << 12)
    static let then = ReservedWord(rawValue: 1 << 13)
    static let until = ReservedWord(rawValue: 1 << 14)
    static let whileWord = ReservedWord(rawValue: 1 << 15)
    // bash only
    static let openTest = ReservedWord(rawValue: 1 << 16)
    static let closeTest = ReservedWord(rawValue: 1 << 17)
    static let coproc = ReservedWord(rawValue: 1 << 18)
    static let function = ReservedWord(rawValue: 1 << 19)
    static let select = ReservedWord(rawValue: 1 << 20)
    static let time = ReservedWord(rawValue: 1 << 21)

    static let onlyInBash: ReservedWord = [.openTest, .closeTest, .coproc, .function, .select, .time]
    /// Those that can only stand within or after another one.
    static let inner: ReservedWord = [
        .closeBrace, .closeTest, .doWord, .done, .elif, .elseWord, .esac, .fi, .inWord, .then,
    ]

    /// Those that begin a compound command.
    static let compound: ReservedWord = [
        .openBrace, .caseWord, .forWord, .ifWord, .until, .whileWord, .openTest, .select,
    ]

    /// The longest word's length.
    static let longest = 8

    /// Each by its bytes, as one number: so they are compared at once.
    private static let spellings: [(spelling: UInt64, word: ReservedWord)] = [
        (spelling("!"), .negation),
        (spelling("{"), .openBrace),
        (spelling("}"), .closeBrace),
        (spelling("case"), .caseWord),
        (spelling("do"), .doWord),
        (spelling("done"), .done),
        (spelling("elif"), .elif),
        (spelling("else"), .elseWord),
        (spelling("esac"), .esac),
        (spelling("fi"), .fi),
        (spelling("for"), .forWord),
        (spelling("if"), .ifWord),
        (spelling("in"), .inWord),
        (spelling("then"), .then),
        (spelling("until"), .until),
        (spelling("while"), .whileWord),
        (spelling("[["), .openTest),
        (spelling("]]"), .closeTest),
        (spelling("coproc"), .coproc),
        (spelling("function"), .function),
        (spelling("select"), .select),
        (spelling("time"), .time),
    ]

    private static func spelling(_ text: StaticString) -> UInt64 {
        text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    static func spelled(_ spelling: UInt64) -> ReservedWord? {
        for known in spellings where known.spelling == spelling { return known.word }
        return nil
    }
}

extension ShellParser {
    /// The reserved word that comes next, without taking it.
    mutating func peekReservedWord() -> ReservedWord? {
        guard let first = scanner.peek(), Self.startsReservedWord(first) else { return nil }
        return spellReservedWord().word
    }

    /// The reserved word that begins here, and where it ends.
    private func spellReservedWord() -> (word: ReservedWord?, end: Int) {
        let bytes = scanner.bytes
        var end = scanner.index
        var spelling: UInt64 = 0
        var length = 0
        while end < bytes.count, !bytes[end].endsShellWord {
            if bytes[end] == UInt8(ascii: "\\"), end + 1 < bytes.count, bytes[end + 1] == 0x0A {
                end += 2
                continue
            }
            length += 1
            guard length <= ReservedWord.longest else { return (nil, end) }
            spelling = spelling << 8 | UInt64(bytes[end])
            end += 1
        }
        guard let word = ReservedWord.spelled(spelling),
            dialect == .bash || ReservedWord.onlyInBash.isDisjoint(with: word)
        else { return (nil, end) }
        return (word, end)
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
        guard scanner.peek() != nil else { return false }
        let next = spellReservedWord()
        guard next.word == word else { return false }
        scanner.advance(by: next.end - scanner.index)
        tokenEnd = scanner.index
        return true
    }

    mutating func expect(_ word: ReservedWord) throws(ShellError) {
        guard take(word) else { throw .malformed }
    }
}
