import Basics

extension UInt8 {
    /// Whether it ends an unquoted word: a metacharacter.
    var endsShellWord: Bool {
        switch self {
        case 0x20, 0x09, 0x0A, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    /// Whether it may end a word, quote or expand, at a delimiter or in double quotes.
    var mayBeSpecialInShellWord: Bool {
        switch self {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"):
            true
        default: endsShellWord
        }
    }

    /// Whether a variable's name may begin with it.
    var startsShellName: Bool { isIdentifierByte && !isDecimalDigit }

    /// Whether it is the name of a special parameter: POSIX.1-2024, Shell Command Language, 2.5.2.
    var isSpecialParameter: Bool {
        switch self {
        case UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "$"),
            UInt8(ascii: "!"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
