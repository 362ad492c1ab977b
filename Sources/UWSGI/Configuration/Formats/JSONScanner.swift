import Basics

/// The words of a JSON text, one after the other, as yajl takes them.
struct JSONScanner {
    /// Why a text is not JSON.
    struct Malformed: Error {
        var reason: String
    }

    private let bytes: ConfigurationText
    private let numbers: [Int]
    private var index = 0
    private var line = 0

    init(_ text: MagicText) {
        bytes = text.joined
        numbers = text.lines.map(\.number)
    }

    var isKnown: Bool { bytes.isKnownText }

    /// The line of the file that is being read.
    var lineNumber: Int { numbers.indices.contains(line) ? numbers[line] : line + 1 }

    /// A member's name, with the colon behind it.
    mutating func name() throws(Malformed) -> ConfigurationText {
        guard peek() == UInt8(ascii: "\"") else { throw Malformed(reason: "a member has no name") }
        let name = try string()
        skipBlanks()
        guard take(UInt8(ascii: ":")) else { throw Malformed(reason: "a member has no value") }
        skipBlanks()
        return name
    }

    // MARK: Scalars

    /// A scalar as uWSGI takes it for a value.
    mutating func scalar() throws(Malformed) -> ConfigurationText {
        if peek() == UInt8(ascii: "\"") { return try string() }
        let words: [(StaticString, StaticString)] = [("true", "1"), ("false", "0"), ("null", "0")]
        for (word, value) in words {
            let word = ConfigurationText(word)
            if bytes[index...].starts(with: word) {
                index += word.count
                return ConfigurationText(value)
            }
        }
        return try number()
    }

    private mutating func number() throws(Malformed) -> ConfigurationText {
        let start = index
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")), digits() == 0 { throw Malformed(reason: "there is no value") }
        if take(UInt8(ascii: ".")), digits() == 0 { throw Malformed(reason: "a number ends in its point") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if digits() == 0 { throw Malformed(reason: "a number ends in its exponent") }
        }
        return Array(bytes[start..<index])
    }

    private mutating func digits() -> Int {
        let start = index
        while let byte = peek(), byte.isDecimalDigit { index += 1 }
        return index - start
    }

    private mutating func string() throws(Malformed) -> ConfigurationText {
        var text: ConfigurationText = []
        var isCut = false
        index += 1
        while let byte = peek() {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard String(validating: text, as: UTF8.self) != nil else {
                    throw Malformed(reason: "a string is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                let character = try escape()
                // An escaped NUL ends the text in C.
                isCut = isCut || character.isEmpty
                if !isCut { text += character }
            case 1..<0x20: throw Malformed(reason: "a string contains a control character")
            default: if !isCut { text.append(byte) }
            }
        }
        throw Malformed(reason: "a string does not end")
    }

    /// The text of an escape; none for a NUL.
    private mutating func escape() throws(Malformed) -> ConfigurationText {
        guard let byte = peek() else { throw Malformed(reason: "a string does not end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): break
        default: throw Malformed(reason: "an escape is not known")
        }
        var units = [try hexadecimal()]
        if units == [0] { return [] }
        if units[0] & 0xFC00 == 0xD800, take(UInt8(ascii: "\\")) {
            guard take(UInt8(ascii: "u")) else { throw Malformed(reason: "an escape is not known") }
            units.append(try hexadecimal())
        }
        // Half a pair of surrogates: parsers differ.
        return String(validating: units, as: UTF16.self).map { Array($0.utf8) } ?? .unknown
    }

    private mutating func hexadecimal() throws(Malformed) -> UInt16 {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4, let value = UInt16(Array(digits).string, radix: 16) else {
            throw Malformed(reason: "an escape is not known")
        }
        index += 4
        return value
    }

    // MARK: Characters

    func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        index += 1
        return true
    }

    /// Blanks and comments of both kinds.
    mutating func skipBlanks() {
        while let byte = peek() {
            if byte == 0x0A {
                line += 1
                index += 1
            } else if byte == 0x20 || byte == 0x09 || (0x0B...0x0D).contains(byte) {
                index += 1
            } else if byte == UInt8(ascii: "/"), index + 1 < bytes.count {
                guard skipComment(bytes[index + 1]) else { return }
            } else {
                return
            }
        }
    }

    private mutating func skipComment(_ kind: UInt8) -> Bool {
        guard kind == UInt8(ascii: "/") || kind == UInt8(ascii: "*") else { return false }
        var end = index + 2
        while end < bytes.count {
            if kind == UInt8(ascii: "/"), bytes[end] == 0x0A { break }
            if kind == UInt8(ascii: "*"), bytes[end] == UInt8(ascii: "*"), end + 1 < bytes.count,
                bytes[end + 1] == UInt8(ascii: "/")
            {
                index = end + 2
                return true
            }
            if bytes[end] == 0x0A { line += 1 }
            end += 1
        }
        guard kind == UInt8(ascii: "/") else { return false }
        index = end
        return true
    }
}
