/// Cuts a stream into pieces that can be read one by one: YAML documents, JSON documents, and the items of a JSON
/// List, so that a List of any length takes the memory of its largest item.
struct ManifestSplitter {
    /// One piece.
    struct Piece {
        let bytes: [UInt8]
        /// The line that it begins on, from 1.
        let line: Int
        /// How many bytes stand before it.
        let offset: Int
        /// Whether it was cut as JSON.
        let isJSON: Bool
        /// What a typed List says its items are (`Pod` for a `PodList`): the API leaves it out of the items.
        var itemKind: String?
    }

    private enum State {
        case betweenDocuments
        /// Behind a JSON document, where only another document may follow.
        case behindJSON
        /// Inside the `items` of an object, or inside an array that is the document.
        case items(ofObject: Bool)
        /// Behind the items of a List.
        case behindItems
        case finished
    }

    /// The largest piece that is read, in bytes.
    let largestPiece: Int
    private(set) var window: ByteWindow
    private var state = State.betweenDocuments
    private var listKind: String?
    private var isFirst = true

    init(_ source: any ByteSource, largestPiece: Int) {
        window = ByteWindow(source)
        self.largestPiece = largestPiece
    }

    /// The next piece, `nil` at the end.
    /// - Throws: ``ManifestError`` when nothing behind this place can be told apart; what the source throws.
    mutating func next() throws -> Piece? {
        do {
            while true {
                window.compact()
                switch state {
                case .finished: return nil
                case .betweenDocuments:
                    if let piece = try nextDocument() { return piece }
                case .behindJSON: try expectDocument()
                case .items(let ofObject):
                    if let piece = try nextItem(ofObject: ofObject) { return piece }
                case .behindItems:
                    if let piece = try members(from: window.start, isBehindItems: true) { return piece }
                }
            }
        } catch {
            state = .finished
            throw error
        }
    }

    private mutating func nextDocument() throws -> Piece? {
        if isFirst {
            isFirst = false
            if try isUTF16() { return try everything() }
        }
        guard let position = try window.firstNonBlank(from: window.start) else {
            state = .finished
            return nil
        }
        var json = position
        if try isMarker(UInt8(ascii: "-"), at: position) {
            json = try window.firstNonBlank(from: position + 3) ?? position
        }
        switch try jsonOpening(at: json) {
        case UInt8(ascii: "{"):
            window.release(to: json)
            listKind = nil
            return try members(from: json + 1, isBehindItems: false)
        case UInt8(ascii: "["):
            window.release(to: json + 1)
            listKind = nil
            state = .items(ofObject: false)
            return nil
        default:
            return try yamlDocument(firstContent: position)
        }
    }

    /// Whether the text begins with the byte order mark of UTF-16, as PowerShell writes it. That of UTF-8 is let go.
    private mutating func isUTF16() throws -> Bool {
        let head = [try window.byte(at: 0), try window.byte(at: 1), try window.byte(at: 2)]
        if head == [0xEF, 0xBB, 0xBF] { window.release(to: 3) }
        return head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF
    }

    /// All of a text that is not told apart here: libyaml does it.
    private mutating func everything() throws -> Piece {
        while try window.fill() { try checkSize(window.bytes.count) }
        state = .finished
        return Piece(bytes: window.bytes, line: 1, offset: 0, isJSON: false)
    }

    /// The bracket at a position, when what follows can be JSON and no YAML in flow style without quotes.
    private mutating func jsonOpening(at position: Int) throws -> UInt8? {
        let opening = try window.byte(at: position)
        guard opening == UInt8(ascii: "{") || opening == UInt8(ascii: "["),
            let second = try window.firstNonBlank(from: position + 1)
        else { return nil }
        let next = window.bytes[second]
        if opening == UInt8(ascii: "{") {
            return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}") ? opening : nil
        }
        guard next == UInt8(ascii: "{") else { return next == UInt8(ascii: "]") ? opening : nil }
        return try jsonOpening(at: second) == nil ? nil : opening
    }
}

// MARK: - JSON

extension ManifestSplitter {
    /// Walks the members of an object, until it ends or a list of items begins.
    private mutating func members(from position: Int, isBehindItems: Bool) throws -> Piece? {
        var position = position
        while let next = try window.firstNonBlank(from: position) {
            switch window.bytes[next] {
            case UInt8(ascii: ","):
                position = next + 1
            case UInt8(ascii: "}"):
                return try endOfObject(at: next, isBehindItems: isBehindItems)
            case UInt8(ascii: "\""):
                let endOfName = try endOfValue(at: next)
                guard let colon = try window.firstNonBlank(from: endOfName),
                    window.bytes[colon] == UInt8(ascii: ":"),
                    let value = try window.firstNonBlank(from: colon + 1)
                else { return try noJSON(at: endOfName, isBehindItems: isBehindItems) }
                let name = window.bytes[(next + 1)..<(endOfName - 1)]
                if name.elementsEqual("items".utf8), window.bytes[value] == UInt8(ascii: "[") {
                    window.release(to: value + 1)
                    state = .items(ofObject: true)
                    return nil
                }
                let endOfMember = try endOfValue(at: value)
                if endOfMember == value {
                    return try noJSON(at: value, isBehindItems: isBehindItems)
                }
                if name.elementsEqual("kind".utf8) { listKind = itemKind(in: value..<endOfMember) }
                position = endOfMember
                if isBehindItems { window.release(to: position) }
            default:
                return try noJSON(at: next, isBehindItems: isBehindItems)
            }
        }
        throw endsTooSoon()
    }

    /// `Pod` of a `"PodList"`; nothing of a plain `"List"`.
    private func itemKind(in range: Range<Int>) -> String? {
        let text = String(decoding: window.bytes[range], as: UTF8.self)
        guard text.hasPrefix("\""), text.hasSuffix("List\""), text.utf8.count > 6 else { return nil }
        return String(text.dropFirst().dropLast(5))
    }

    private mutating func endOfObject(at position: Int, isBehindItems: Bool) throws -> Piece? {
        let piece = Piece(
            bytes: Array(window.bytes[window.start...position]), line: window.line, offset: window.offset,
            isJSON: true)
        window.release(to: position + 1)
        state = .behindJSON
        return isBehindItems ? nil : piece
    }

    private mutating func nextItem(ofObject: Bool) throws -> Piece? {
        guard let position = try window.firstNonBlank(from: window.start) else { throw endsTooSoon() }
        switch window.bytes[position] {
        case UInt8(ascii: ","):
            window.release(to: position + 1)
            return nil
        case UInt8(ascii: "]"):
            window.release(to: position + 1)
            state = ofObject ? .behindItems : .behindJSON
            return nil
        default:
            window.release(to: position)
            let line = window.line
            let end = try endOfValue(at: position)
            guard end > position else {
                throw ManifestError(line: line, reason: "no JSON: a list cannot go on like this")
            }
            let piece = Piece(
                bytes: Array(window.bytes[position..<end]), line: line, offset: window.offset, isJSON: true,
                itemKind: listKind)
            window.release(to: end)
            return piece
        }
    }

    /// Only another document may follow: what else stands there is no part of any.
    private mutating func expectDocument() throws {
        state = .betweenDocuments
        guard let next = try window.firstNonBlank(from: window.start) else { return }
        let byte = window.bytes[next]
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "#") { return }
        for mark in [UInt8(ascii: "-"), UInt8(ascii: ".")] where try isMarker(mark, at: next) { return }
        window.release(to: next)
        throw ManifestError(line: window.line, reason: "no JSON: something stands behind the document")
    }

    /// What begins like JSON may still be YAML in flow style, as long as nothing has been taken out of it.
    private mutating func noJSON(at position: Int, isBehindItems: Bool) throws -> Piece? {
        guard isBehindItems else { return try yamlDocument(firstContent: window.start) }
        window.release(to: position)
        throw ManifestError(line: window.line, reason: "no JSON: a List cannot go on like this")
    }

    /// The position behind a value; the position itself when there is none.
    private mutating func endOfValue(at position: Int) throws -> Int {
        var extent = JSONExtent()
        var position = position
        while true {
            if let end = extent.end(in: window.bytes, from: position) { return end }
            position = window.bytes.count
            try checkSize(position)
            guard try window.fill() else {
                guard extent.isWholeAtEnd else { throw endsTooSoon() }
                return position
            }
        }
    }

    private func checkSize(_ position: Int) throws {
        guard position - window.start <= largestPiece else {
            throw ManifestError(
                line: window.line,
                reason: "a document of more than \(largestPiece >> 20) MiB; "
                    + "what kubectl writes as JSON is read item by item, whatever its size")
        }
    }

    private func endsTooSoon() -> ManifestError {
        ManifestError(line: window.line, reason: "no JSON: it ends in the middle of what begins here")
    }
}

// MARK: - YAML

extension ManifestSplitter {
    /// Everything up to the next document's marker. Comments and directives before a marker belong to the document
    /// that it begins (YAML 1.2.2, sections 9.1.1 and 9.2).
    private mutating func yamlDocument(firstContent: Int) throws -> Piece {
        // The first line's indentation counts.
        let lead = window.bytes[window.start..<firstContent]
        window.release(to: (lead.lastIndex(of: 0x0A) ?? window.start - 1) + 1)
        var lineStart = window.start
        var hasContent = false
        while let first = try window.byte(at: lineStart) {
            if hasContent, first == UInt8(ascii: "-"), try isMarker(first, at: lineStart) { break }
            let lineEnd = try endOfLine(from: lineStart)
            if first == UInt8(ascii: "."), try isMarker(first, at: lineStart) {
                lineStart = lineEnd
                break
            }
            hasContent = hasContent || isContent(lineStart..<lineEnd)
            lineStart = lineEnd
        }
        let piece = Piece(
            bytes: Array(window.bytes[window.start..<lineStart]), line: window.line, offset: window.offset,
            isJSON: false)
        window.release(to: lineStart)
        state = .betweenDocuments
        return piece
    }

    /// Whether a line begins with `---` or `...` and nothing else up to a blank.
    private mutating func isMarker(_ byte: UInt8, at position: Int) throws -> Bool {
        for offset in 0..<3 where try window.byte(at: position + offset) != byte { return false }
        return try window.byte(at: position + 3)?.isBlank ?? true
    }

    /// The position behind a line and its line feed.
    private mutating func endOfLine(from position: Int) throws -> Int {
        var position = position
        while true {
            if let lineFeed = window.bytes[position...].firstIndex(of: 0x0A) { return lineFeed + 1 }
            position = window.bytes.count
            try checkSize(position)
            guard try window.fill() else { return position }
        }
    }

    private func isContent(_ line: Range<Int>) -> Bool {
        guard let first = window.bytes[line].first(where: { !$0.isBlank }) else { return false }
        return first != UInt8(ascii: "#") && window.bytes[line.lowerBound] != UInt8(ascii: "%")
    }
}
