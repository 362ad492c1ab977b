/// Why a script cannot be read: what it does is then unknown.
enum ShellError: Error, Sendable, Hashable {
    /// Longer than ``ShellScanner/longest`` bytes.
    case tooLong
    /// Nested deeper than ``ShellScanner/deepest``.
    case tooDeep
    /// Not the language of a shell, at this byte.
    case malformed(at: Int)
}

/// The bytes of a shell script and the words and operators in them.
///
/// Reads each byte a bounded number of times; sources: POSIX.1-2024, Shell Command Language, 2.2, 2.3, 2.6 and
/// 2.7; for `$'…'`, `<(…)`, `<<<` and `[[`, the manual of bash.
struct ShellScanner {
    /// The longest script that is read, in bytes: the most that Linux passes in one argument.
    static let longest = 128 << 10
    static let deepest = 48

    let bytes: [UInt8]
    var index = 0
    var depth = 0
    /// Whether bash's quoting is understood, which other shells take literally.
    let knowsDollarQuotes: Bool
    /// Here-documents whose text begins at the next line.
    private var pendingDocuments: [(delimiter: [UInt8], stripsTabs: Bool, number: Int)] = []
    private(set) var documents: [String] = []

    init(_ script: String, knowsDollarQuotes: Bool) throws {
        guard script.utf8.count <= Self.longest else { throw ShellError.tooLong }
        bytes = Array(script.utf8)
        self.knowsDollarQuotes = knowsDollarQuotes
    }

    // MARK: Bytes

    /// The next byte outside single quotes, with line continuations taken out.
    mutating func peek() -> UInt8? {
        while index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "\n")
        {
            index += 2
        }
        return index < bytes.count ? bytes[index] : nil
    }

    /// The byte after the next.
    func peekSecond() -> UInt8? {
        var second = index + 1
        while second + 1 < bytes.count, bytes[second] == UInt8(ascii: "\\"),
            bytes[second + 1] == UInt8(ascii: "\n")
        {
            second += 2
        }
        return second < bytes.count ? bytes[second] : nil
    }

    mutating func advance() { index += 1 }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        index += 1
        return true
    }

    /// Takes an operator of several bytes, or nothing.
    mutating func take(_ text: StaticString) -> Bool {
        let start = index
        for offset in 0..<text.utf8CodeUnitCount {
            let wanted = text.withUTF8Buffer { $0[offset] }
            guard take(wanted) else {
                index = start
                return false
            }
        }
        return true
    }

    var isAtEnd: Bool { index >= bytes.count }

    func malformed() -> ShellError { .malformed(at: index) }

    mutating func descend() throws {
        depth += 1
        if depth > Self.deepest { throw ShellError.tooDeep }
    }

    mutating func ascend() { depth -= 1 }

    /// Skips blanks and comments, but no newline.
    mutating func skipBlanks() {
        while let byte = peek() {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                index += 1
            } else if byte == UInt8(ascii: "#") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            } else {
                return
            }
        }
    }

    /// Skips blanks, comments and newlines.
    mutating func skipLines() {
        skipBlanks()
        while takeNewline() { skipBlanks() }
    }

    /// Takes a newline, and the here-documents that begin after it.
    mutating func takeNewline() -> Bool {
        guard peek() == UInt8(ascii: "\n") else { return false }
        index += 1
        let pending = pendingDocuments
        pendingDocuments = []
        for document in pending { readDocument(document) }
        return true
    }

    // MARK: Here-documents

    /// Announces a here-document.
    /// - Returns: its number in ``documents``, once it has been read.
    mutating func expectDocument(_ delimiter: [UInt8], stripsTabs: Bool) -> Int {
        let number = documents.count
        documents.append("")
        pendingDocuments.append((delimiter, stripsTabs, number))
        return number
    }

    private mutating func readDocument(_ document: (delimiter: [UInt8], stripsTabs: Bool, number: Int)) {
        var text: [UInt8] = []
        while index < bytes.count {
            var start = index
            let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            index = min(end + 1, bytes.count)
            if document.stripsTabs { while start < end, bytes[start] == UInt8(ascii: "\t") { start += 1 } }
            if bytes[start..<end].elementsEqual(document.delimiter) { break }
            text += bytes[start..<end]
            text.append(UInt8(ascii: "\n"))
        }
        documents[document.number] = String(decoding: text, as: UTF8.self)
    }

    // MARK: Words

    /// Bytes that end an unquoted word.
    static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "&"),
            UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    static func isNameStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    static func isName(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    mutating func takeName() -> String {
        var name: [UInt8] = []
        while let byte = peek(), Self.isName(byte) {
            name.append(byte)
            index += 1
        }
        return String(decoding: name, as: UTF8.self)
    }
}
