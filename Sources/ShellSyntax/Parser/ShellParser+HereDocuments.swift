/// A here-document whose text begins after the next newline.
struct PendingDocument {
    /// The place of its operator's end.
    var position: Int
    var delimiter: [UInt8]
    var isQuoted: Bool
    var stripsTabs: Bool
}

/// A here-document whose text has been found.
struct HereDocument {
    var text: Range<Int>
    /// Where reading goes on: behind the delimiter's line.
    var next: Int
}

/// Here-documents: POSIX.1-2024, Shell Command Language, 2.7.4.
///
/// A command comes before the text of its here-documents. So a line with some is read twice: the first time finds
/// their places, the second reads their texts.
extension ShellParser {
    /// Reads a here-document from behind its `<<`.
    mutating func parseHereDocument() throws(ShellError) -> ShellRedirection {
        let position = scanner.index
        let stripsTabs = scanner.take(UInt8(ascii: "-"))
        scanner.skipBlanks()
        let (delimiter, isQuoted) = try parseDelimiter()
        let pending = PendingDocument(
            position: position, delimiter: delimiter, isQuoted: isQuoted, stripsTabs: stripsTabs)
        pendingDocuments.append(pending)
        let text: ShellWord
        if let document = documents[position] {
            text = try self.text(of: document, pending)
        } else {
            hasNewDocuments = true
            text = ShellWord(parts: [])
        }
        return ShellRedirection(kind: .hereDocument(text), target: text)
    }

    /// The word that ends a here-document, quotes taken off; expansions are not performed in it.
    private mutating func parseDelimiter() throws(ShellError) -> (text: [UInt8], isQuoted: Bool) {
        var text: [UInt8] = []
        var isQuoted = false
        let start = scanner.index
        while let byte = scanner.peek(), !byte.endsShellWord {
            scanner.advance()
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                isQuoted = true
                while let next = scanner.raw, next != byte {
                    // Escapes in double quotes and expansions make no sense here.
                    guard next != UInt8(ascii: "\\"), next != UInt8(ascii: "`") else { throw .malformed }
                    text.append(next)
                    scanner.advance()
                }
                guard scanner.take(byte) else { throw .malformed }
            case UInt8(ascii: "\\"):
                isQuoted = true
                guard let next = scanner.raw else { throw .malformed }
                text.append(next)
                scanner.advance()
            case UInt8(ascii: "`"): throw .malformed
            case UInt8(ascii: "$"):
                switch scanner.peek() {
                case UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "'"), UInt8(ascii: "\""):
                    throw .malformed
                default: text.append(byte)
                }
            default: text.append(byte)
            }
        }
        guard scanner.index > start, !text.contains(0x0A) else { throw .malformed }
        tokenEnd = scanner.index
        return (text, isQuoted)
    }

    // MARK: Places

    /// Finds the texts of the here-documents that begin here, and skips them.
    mutating func locateDocuments() throws(ShellError) {
        for pending in pendingDocuments {
            if let known = documents[pending.position] {
                scanner.index = known.next
            } else {
                documents[pending.position] = try locate(pending)
            }
        }
        pendingDocuments = []
    }

    private mutating func locate(_ pending: PendingDocument) throws(ShellError) -> HereDocument {
        let start = scanner.index
        while !scanner.isAtEnd {
            let line = scanner.index
            if isDelimiter(try takeLine(pending), of: pending) {
                return HereDocument(text: start..<line, next: scanner.index)
            }
        }
        return HereDocument(text: start..<scanner.bytes.count, next: scanner.bytes.count)
    }

    private func isDelimiter(_ line: ShellSource, of pending: PendingDocument) -> Bool {
        let tabs = pending.stripsTabs ? line.prefix { $0 == 0x09 }.count : 0
        return line.dropFirst(tabs).elementsEqual(pending.delimiter)
    }

    /// Takes a line with its newline. Unless the delimiter is quoted, a backslash joins the next one to it.
    private mutating func takeLine(_ pending: PendingDocument) throws(ShellError) -> ShellSource {
        var start = scanner.index
        var joined: [UInt8] = []
        var end = endOfLine()
        while !pending.isQuoted, !scanner.isAtEnd, endsInBackslash(start..<end) {
            joined += scanner.bytes[start..<end - 1]
            scanner.advance()
            start = scanner.index
            end = endOfLine()
        }
        if !scanner.isAtEnd { scanner.advance() }
        guard !joined.isEmpty else { return scanner.bytes[start..<end] }
        joined += scanner.bytes[start..<end]
        // A delimiter in two pieces ends the text for bash and not for dash.
        guard dialect == .bash || !isDelimiter(joined[...], of: pending) else { throw .malformed }
        return joined[...]
    }

    private mutating func endOfLine() -> Int {
        while let byte = scanner.raw, byte != 0x0A { scanner.advance() }
        return scanner.index
    }

    private func endsInBackslash(_ line: Range<Int>) -> Bool {
        var count = 0
        while count < line.count, scanner.bytes[line.upperBound - 1 - count] == UInt8(ascii: "\\") {
            count += 1
        }
        return count % 2 == 1
    }

    // MARK: Texts

    private mutating func text(
        of document: HereDocument, _ pending: PendingDocument
    ) throws(ShellError) -> ShellWord {
        let source = scanner.bytes[document.text]
        scanner.work += source.count
        let text = pending.stripsTabs ? Self.withoutTabs(source, isQuoted: pending.isQuoted) : source
        if pending.isQuoted || !text.contains(where: Self.isSpecialInDocument) {
            guard let literal = Self.text(of: text) else {
                return ShellWord(parts: [.unread(source: text, isQuoted: true)], source: source)
            }
            return ShellWord(parts: [.literal(literal, isQuoted: true)], source: source)
        }
        var parser = nested(Array(text))
        do throws(ShellError) {
            let word = try parser.parseDocumentText()
            scanner.work = parser.scanner.work
            return word
        } catch {
            scanner.work = parser.scanner.work
            // bash reads it when the command runs, the others with the line.
            guard dialect == .bash || error != .malformed else { throw error }
            return ShellWord(parts: [.unread(source: text, isQuoted: true)], source: source)
        }
    }

    private static func isSpecialInDocument(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`") || byte == UInt8(ascii: "\\")
    }

    /// Takes away the tabs at the start of each line, also behind nothing but a continuation.
    private static func withoutTabs(_ text: ShellSource, isQuoted: Bool) -> ShellSource {
        var stripped: [UInt8] = []
        stripped.reserveCapacity(text.count)
        var isLineStart = true
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            let isEscape = !isQuoted && byte == UInt8(ascii: "\\") && index + 1 < text.endIndex
            if isEscape {
                let isContinuation = text[index + 1] == 0x0A
                if !isContinuation { stripped += text[index...index + 1] }
                isLineStart = isLineStart && isContinuation
                index += 2
                continue
            }
            if !isLineStart || byte != 0x09 {
                stripped.append(byte)
                isLineStart = byte == 0x0A
            }
            index += 1
        }
        return stripped[...]
    }

    /// A parser of a text taken from this script.
    func nested(_ text: [UInt8]) -> ShellParser {
        ShellParser(scanner: scanner.nested(text), dialect: dialect, depth: depth, deepest: deepest)
    }

    /// Reads the whole script as a here-document's text.
    private mutating func parseDocumentText() throws(ShellError) -> ShellWord {
        try descend()
        var word = try parseWord(until: .text, isQuoted: true)
        if hasNewDocuments {
            scanner.index = 0
            word = try parseWord(until: .text, isQuoted: true)
        }
        ascend()
        return word
    }
}
