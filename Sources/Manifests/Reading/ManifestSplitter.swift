/// Cuts a stream into pieces that can be read one by one: YAML documents, JSON documents, and the items of a List in
/// either, so that a List of any length takes the memory of its largest item.
///
/// It cuts by lines, quotes and brackets alone. Where that may not be the whole truth, as in YAML, the reader of the
/// pieces has the last word (``ManifestStream``): a piece that turns out to go on can be extended, and what only looked
/// like a List can be taken as one piece.
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
        var role = Role.whole
        /// What a typed JSON List says its items are (`Pod` for a `PodList`): the API leaves it out of the items.
        var itemKind: String?
    }

    /// What a piece is of its document.
    enum Role {
        /// All of it.
        case whole
        /// Of a YAML List: what stands before the items, with their key and without them; an item, or several, as a
        /// list; what stands behind the items.
        case listHead, listItem, listTail
        /// An item of a JSON List.
        case item
    }

    enum State {
        case betweenDocuments
        /// Behind a JSON document, where only another document may follow.
        case behindJSON
        /// Inside the `items` of an object, or inside an array that is the document.
        case items(ofObject: Bool)
        /// Behind the items of a List.
        case behindItems
        /// At a YAML document that is to be taken as a whole.
        case wholeYAML
        /// At an item of a YAML List, whose items begin in a column (from 0).
        case yamlItems(column: Int)
        /// Behind the items of a YAML List.
        case behindYAMLItems
        case finished
    }

    var window: ByteWindow
    var state = State.betweenDocuments
    /// Behind the piece that was handed out last, where it has not been let go yet.
    var endOfPiece: Int?
    /// The column, from 0, in which the items of the last YAML List begin.
    var listColumn: Int?
    /// How many Lists have begun.
    var listCount = 0
    private var listKind: String?
    private var isFirst = true

    /// - Parameter largestPiece: the largest piece that is read, in bytes.
    init(_ source: any ByteSource, largestPiece: Int) {
        window = ByteWindow(source, limit: largestPiece)
    }

    /// The next piece, `nil` at the end.
    /// - Throws: ``ManifestError`` when nothing after this place can be separated; what the source throws.
    mutating func next() throws -> Piece? {
        do {
            if let end = endOfPiece {
                window.release(to: end)
                endOfPiece = nil
            }
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
                case .wholeYAML:
                    if let piece = try yamlDocument(maySplit: false) { return piece }
                case .yamlItems(let column): return try yamlItem(column: column)
                case .behindYAMLItems:
                    if let piece = try yamlTail() { return piece }
                }
            }
        } catch {
            state = .finished
            throw error
        }
    }

    mutating func beginList(kind: String?) {
        listCount += 1
        listKind = kind
    }

    private mutating func nextDocument() throws -> Piece? {
        if isFirst {
            isFirst = false
            if try isUTF16() { return try everything() }
        }
        guard let position = try window.skipBlankLines() else {
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
            beginList(kind: nil)
            state = .items(ofObject: false)
            return nil
        default:
            return try yamlDocument(maySplit: true)
        }
    }

    /// Whether the text begins with the byte order mark of UTF-16, as PowerShell writes it. That of UTF-8 is let go.
    private mutating func isUTF16() throws -> Bool {
        let head = [try window.byte(at: 0), try window.byte(at: 1), try window.byte(at: 2)]
        if head == [0xEF, 0xBB, 0xBF] { window.release(to: 3) }
        return head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF
    }

    /// All of a text that is not split here: libyaml does it.
    private mutating func everything() throws -> Piece {
        while try window.reach(window.bytes.count) {}
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
        while let next = try isBehindItems
            ? window.skipBlankLines() : window.firstNonBlank(from: position)
        {
            switch window.bytes[next] {
            case UInt8(ascii: ","):
                position = next + 1
                if isBehindItems { window.release(to: position) }
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
                    beginList(kind: listKind)
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
        guard let position = try window.skipBlankLines() else { throw endsTooSoon() }
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
            let (end, lineFeeds) = try extentOfValue(at: position)
            guard end > position else {
                throw ManifestError(line: line, reason: "not valid JSON: expected an element, ',' or ']'")
            }
            let piece = Piece(
                bytes: Array(window.bytes[position..<end]), line: line, offset: window.offset, isJSON: true,
                role: .item, itemKind: listKind)
            window.release(to: end, behind: lineFeeds)
            return piece
        }
    }

    /// Only another document may follow: anything else there belongs to none.
    private mutating func expectDocument() throws {
        state = .betweenDocuments
        guard let next = try window.skipBlankLines() else { return }
        let byte = window.bytes[next]
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "#") { return }
        for mark in [UInt8(ascii: "-"), UInt8(ascii: ".")] where try isMarker(mark, at: next) { return }
        window.release(to: next)
        throw ManifestError(line: window.line, reason: "not valid JSON: unexpected text after the document")
    }

    /// What begins like JSON may still be YAML in flow style, as long as nothing has been taken out of it.
    private mutating func noJSON(at position: Int, isBehindItems: Bool) throws -> Piece? {
        guard isBehindItems else { return try yamlDocument(maySplit: true) }
        window.release(to: position)
        throw ManifestError(line: window.line, reason: "not valid JSON: expected a member, ',' or '}'")
    }

    /// The position behind a value; the position itself when there is none.
    private mutating func endOfValue(at position: Int) throws -> Int {
        try extentOfValue(at: position).end
    }

    /// The same, and how many lines end in the value.
    private mutating func extentOfValue(at position: Int) throws -> (end: Int, lineFeeds: Int) {
        var extent = JSONExtent()
        var position = position
        while true {
            if let end = extent.end(in: window.bytes, from: position) { return (end, extent.lineFeeds) }
            position = window.bytes.count
            guard try window.reach(position) else {
                guard extent.isWholeAtEnd else { throw endsTooSoon() }
                return (position, extent.lineFeeds)
            }
        }
    }

    private func endsTooSoon() -> ManifestError {
        ManifestError(line: window.line, reason: "not valid JSON: unexpected end; the value began here")
    }
}
