import Basics

/// The bytes of a script, and where reading stands.
///
/// Source: POSIX.1-2024, Shell Command Language, 2.2.1 (line continuations), 2.3 (tokens).
struct ShellScanner {
    /// How often a byte may be read on average. Ordinary scripts need less than 3, with here-documents 5.
    static let mostReads = 64

    let bytes: [UInt8]
    var index = 0
    /// Bytes read so far, each as often as it was, in the scripts around this one too.
    var work: Int
    private let mostWork: Int

    init(_ bytes: [UInt8], work: Int = 0, mostWork: Int? = nil) {
        self.bytes = bytes
        self.work = work
        self.mostWork = mostWork ?? bytes.count * Self.mostReads + 1024
    }

    /// A scanner of a text taken from this one, which shares its work.
    func nested(_ bytes: [UInt8]) -> ShellScanner { ShellScanner(bytes, work: work, mostWork: mostWork) }

    var isWorkDone: Bool { work > mostWork }

    var isAtEnd: Bool { index >= bytes.count }

    /// The next byte outside single quotes, with line continuations taken out.
    mutating func peek() -> UInt8? {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\"), index + 1 < bytes.count, bytes[index + 1] == 0x0A else {
                return byte
            }
            advance(by: 2)
        }
        return nil
    }

    /// The byte after the next.
    func peekSecond() -> UInt8? {
        var second = index + 1
        while second + 1 < bytes.count, bytes[second] == UInt8(ascii: "\\"), bytes[second + 1] == 0x0A {
            second += 2
        }
        return second < bytes.count ? bytes[second] : nil
    }

    /// The next byte as it stands: the first of a line continuation too.
    var raw: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func advance(by count: Int = 1) {
        index += count
        work += count
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        advance()
        return true
    }

    /// Takes an operator of two bytes, or nothing.
    mutating func take(_ first: UInt8, _ second: UInt8) -> Bool {
        let start = index
        if take(first), take(second) { return true }
        index = start
        return false
    }

    /// Skips blanks and comments, but not a newline.
    mutating func skipBlanks() {
        while let byte = peek() {
            if byte == 0x20 || byte == 0x09 {
                advance()
            } else if byte == UInt8(ascii: "#") {
                while let byte = raw, byte != 0x0A { advance() }
            } else {
                return
            }
        }
    }

    /// Takes a variable's name.
    /// - Returns: an empty text where none begins.
    mutating func takeName() -> String {
        guard let first = peek(), first.startsShellName else { return "" }
        return take { $0.isIdentifierByte }
    }

    mutating func takeDigits() -> String { take { $0.isDecimalDigit } }

    private mutating func take(while belongs: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = raw, belongs(byte) { advance() }
        let end = index
        guard let byte = peek(), belongs(byte) else {
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        // A line continuation stands in it.
        var name = Array(bytes[start..<end])
        while let byte = peek(), belongs(byte) {
            name.append(byte)
            advance()
        }
        return String(decoding: name, as: UTF8.self)
    }
}
