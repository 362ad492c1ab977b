/// `$'…'`, with the escapes of C: the manual of bash, 3.1.2.4.
extension ShellParser {
    /// Reads the quotes from their opening one on.
    /// - Parameter start: where the dollar sign is.
    mutating func readDollarSingleQuotes(_ word: inout WordBuilder, from start: Int) throws(ShellError) {
        scanner.advance()
        // dash takes the sign and the backslashes for themselves: then no side is taken.
        let isRead = dialect == .bash
        if isRead { beginLiteral(&word, isQuoted: true) } else { flush(&word) }
        // What the locale decides, or ends the text early.
        var isUnclear = !isRead
        let firstByte = literal.count
        while let byte = scanner.raw {
            scanner.advance()
            if byte == UInt8(ascii: "'") {
                guard isUnclear else { return }
                literal.removeSubrange(min(firstByte, literal.count)...)
                if isRead, literal.isEmpty { word.hasLiteral = false }
                flush(&word)
                word.parts.append(.unread(source: scanner.bytes[start..<scanner.index], isQuoted: true))
                return
            }
            guard byte == UInt8(ascii: "\\"), let escaped = scanner.raw else {
                if isRead { literal.append(byte) }
                continue
            }
            // dash ends at the quote, the others do not.
            guard isRead || escaped != UInt8(ascii: "'") else { throw .malformed }
            scanner.advance()
            if isRead, !appendEscape(escaped) { isUnclear = true }
        }
        throw .malformed
    }

    /// Appends what an escape stands for.
    /// - Returns: whether that is certain.
    private mutating func appendEscape(_ escaped: UInt8) -> Bool {
        switch escaped {
        case UInt8(ascii: "a"): literal.append(0x07)
        case UInt8(ascii: "b"): literal.append(0x08)
        case UInt8(ascii: "e"), UInt8(ascii: "E"): literal.append(0x1B)
        case UInt8(ascii: "f"): literal.append(0x0C)
        case UInt8(ascii: "n"): literal.append(0x0A)
        case UInt8(ascii: "r"): literal.append(0x0D)
        case UInt8(ascii: "t"): literal.append(0x09)
        case UInt8(ascii: "v"): literal.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
            literal.append(escaped)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            scanner.index -= 1
            return appendCode(radix: 8, most: 3)
        case UInt8(ascii: "x"): return appendCode(radix: 16, most: 2)
        case UInt8(ascii: "u"): return appendCode(radix: 16, most: 4, isCharacter: true)
        case UInt8(ascii: "U"): return appendCode(radix: 16, most: 8, isCharacter: true)
        case UInt8(ascii: "c"): return false
        default:
            literal.append(UInt8(ascii: "\\"))
            literal.append(escaped)
        }
        return true
    }

    /// Appends a byte, or an ASCII character, by its number.
    private mutating func appendCode(radix: Int, most: Int, isCharacter: Bool = false) -> Bool {
        var value = 0
        var count = 0
        while count < most, let byte = scanner.raw, let digit = byte.hexadecimalDigit, digit < radix {
            value = value * radix + digit
            count += 1
            scanner.advance()
        }
        // A zero ends the text; beyond ASCII a character's bytes depend on the locale.
        guard count > 0, value > 0, !isCharacter || value < 0x80 else { return false }
        literal.append(UInt8(truncatingIfNeeded: value))
        return true
    }
}

extension UInt8 {
    var hexadecimalDigit: Int? {
        switch self {
        case 0x30...0x39: Int(self) - 0x30
        case 0x41...0x46: Int(self) - 0x41 + 10
        case 0x61...0x66: Int(self) - 0x61 + 10
        default: nil
        }
    }
}
