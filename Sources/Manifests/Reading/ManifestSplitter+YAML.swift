/// Cutting YAML: documents at their markers, and the items of a List at their dashes.
///
/// A List is cut where its key `items:` begins a line of its own and a dash begins the next: as kubectl writes it. A cut
/// before a dash in the items' own column is right whenever what stands before it is whole: libyaml then is in no quotes
/// and in no brackets, and a plain or block scalar that went on would have to be indented deeper.
extension ManifestSplitter {
    /// Everything up to the next document's marker, or up to the first item of a List. Comments and directives before
    /// a marker belong to the document that it begins (YAML 1.2.2, sections 9.1.1 and 9.2).
    /// - Returns: `nil` when there is only the marker of an end.
    mutating func yamlDocument(maySplit: Bool) throws -> Piece? {
        state = .betweenDocuments
        var lineStart = window.start
        var hasContent = false
        // Directives are for the whole document: a piece of it would not know them.
        var maySplit = maySplit
        while let first = try window.byte(at: lineStart) {
            if hasContent, try isMarker(UInt8(ascii: "-"), at: lineStart) { break }
            let lineEnd = try window.endOfLine(from: lineStart)
            if first == UInt8(ascii: "."), try isMarker(first, at: lineStart) {
                guard hasContent else {
                    window.release(to: lineEnd)
                    return nil
                }
                lineStart = lineEnd
                break
            }
            hasContent = hasContent || isContent(lineStart..<lineEnd)
            if !hasContent, first == UInt8(ascii: "%") { maySplit = false }
            if maySplit, isItemsKey(lineStart..<lineEnd),
                let (position, column) = try firstItem(from: lineEnd)
            {
                beginList(kind: nil)
                state = .yamlItems(column: column)
                listColumn = column
                return handOut(to: position, role: .listHead)
            }
            lineStart = lineEnd
        }
        return handOut(to: lineStart, role: .whole)
    }

    /// The next item of a List, with the comments behind it.
    mutating func yamlItem(column: Int) throws -> Piece {
        var lineEnd = try window.endOfLine(from: window.start)
        while let kind = try line(at: lineEnd, column: column), kind == .content {
            lineEnd = try window.endOfLine(from: lineEnd)
        }
        try setState(behind: lineEnd, column: column)
        return handOut(to: lineEnd, role: .listItem)
    }

    /// The piece that was handed out last and what follows, up to the next item at which it is twice as long at least
    /// or up to the end of the document.
    /// - Returns: `nil` when the document has ended.
    /// - Throws: ``ManifestError`` when it becomes too large; what the source throws.
    mutating func extendedItem() throws -> Piece? {
        guard let end = endOfPiece, let column = listColumn, try line(at: end, column: column) != nil
        else { return nil }
        let enough = end + (end - window.start)
        var lineEnd = end
        while let kind = try line(at: lineEnd, column: column), kind != .item || lineEnd < enough {
            lineEnd = try window.endOfLine(from: lineEnd)
        }
        try setState(behind: lineEnd, column: column)
        return handOut(to: lineEnd, role: .listItem)
    }

    /// The piece that was handed out last without what stands from a line on, where that line can belong to no item.
    /// - Parameter lineNumber: from 1, in the whole text.
    mutating func shortenedItem(before lineNumber: Int) throws -> Piece? {
        guard let end = endOfPiece, let column = listColumn else { return nil }
        var lineStart = window.start
        for _ in 0..<max(lineNumber - window.line, 0) where lineStart < end {
            lineStart = try window.endOfLine(from: lineStart)
        }
        guard window.start < lineStart, lineStart < end, try line(at: lineStart, column: column) == .other
        else {
            return nil
        }
        state = .behindYAMLItems
        return handOut(to: lineStart, role: .listItem)
    }

    /// What stands behind the items of a List, up to the end of its document.
    mutating func yamlTail() throws -> Piece? {
        state = .betweenDocuments
        var lineStart = window.start
        while let first = try window.byte(at: lineStart), try !isMarker(UInt8(ascii: "-"), at: lineStart) {
            let isEnd = try first == UInt8(ascii: ".") && isMarker(first, at: lineStart)
            let lineEnd = try window.endOfLine(from: lineStart)
            if isEnd, lineStart == window.start {
                window.release(to: lineEnd)
                return nil
            }
            lineStart = lineEnd
            if isEnd { break }
        }
        return lineStart > window.start ? handOut(to: lineStart, role: .listTail) : nil
    }

    /// Takes the document whose List was begun as one piece after all.
    mutating func takeAsWhole() {
        endOfPiece = nil
        listCount -= 1
        state = .wholeYAML
    }

    /// Lets go of everything up to the next document.
    /// - Throws: what the source throws.
    mutating func skipDocument() throws {
        if let end = endOfPiece { window.release(to: end) }
        endOfPiece = nil
        state = .betweenDocuments
        while try window.byte(at: window.start) != nil, try !isMarker(UInt8(ascii: "-"), at: window.start) {
            let isEnd = try isMarker(UInt8(ascii: "."), at: window.start)
            // A line of any length: it is let go chunk by chunk.
            while !window.bytes[window.start...].contains(0x0A) {
                window.release(to: window.bytes.count)
                window.compact()
                guard try window.reach(window.bytes.count) else { return }
            }
            window.release(to: try window.endOfLine(from: window.start))
            window.compact()
            if isEnd { return }
        }
    }

    // MARK: - Lines

    private enum Line {
        /// It begins an item.
        case item
        /// It belongs to one.
        case content
        /// It belongs to none.
        case other
    }

    /// What a line is among the items of a List; `nil` behind the end of its document.
    private mutating func line(at position: Int, column: Int) throws -> Line? {
        guard try window.byte(at: position) != nil else { return nil }
        for mark in [UInt8(ascii: "-"), UInt8(ascii: ".")] where try isMarker(mark, at: position) {
            return nil
        }
        var first = position
        while try window.byte(at: first) == 0x20 { first += 1 }
        let indentation = first - position
        while try window.byte(at: first) == 0x09 { first += 1 }
        switch try window.byte(at: first) {
        case nil, 0x0A, 0x0D, UInt8(ascii: "#"): return .content
        default: break
        }
        if indentation == column, try isDash(at: position + column) { return .item }
        return indentation > column ? .content : .other
    }

    private mutating func setState(behind position: Int, column: Int) throws {
        switch try line(at: position, column: column) {
        case .item: state = .yamlItems(column: column)
        default: state = .behindYAMLItems
        }
    }

    private mutating func isDash(at position: Int) throws -> Bool {
        guard try window.byte(at: position) == UInt8(ascii: "-") else { return false }
        return try window.byte(at: position + 1)?.isBlank ?? true
    }

    /// Whether a line is the key `items:` of the document's root, and nothing else but a comment.
    private func isItemsKey(_ line: Range<Int>) -> Bool {
        let text = window.bytes[line]
        guard text.starts(with: "items:".utf8) else { return false }
        let rest = text.dropFirst(6)
        guard let position = rest.firstIndex(where: { !$0.isBlank }) else { return true }
        return position > rest.startIndex && rest[position] == UInt8(ascii: "#")
    }

    /// Where the line of the first item begins, and in which column (from 0) its dash stands; `nil` when something
    /// else comes first.
    private mutating func firstItem(from position: Int) throws -> (position: Int, column: Int)? {
        var lineStart = position
        while try window.byte(at: lineStart) != nil {
            guard try !isMarker(UInt8(ascii: "-"), at: lineStart) else { return nil }
            var first = lineStart
            while try window.byte(at: first) == 0x20 { first += 1 }
            switch try window.byte(at: first) {
            case 0x0A, 0x0D, UInt8(ascii: "#"): lineStart = try window.endOfLine(from: lineStart)
            default: return try isDash(at: first) ? (lineStart, first - lineStart) : nil
            }
        }
        return nil
    }

    /// Whether a line begins with `---` or `...` and nothing else up to a blank.
    mutating func isMarker(_ byte: UInt8, at position: Int) throws -> Bool {
        for offset in 0..<3 where try window.byte(at: position + offset) != byte { return false }
        return try window.byte(at: position + 3)?.isBlank ?? true
    }

    private func isContent(_ line: Range<Int>) -> Bool {
        guard let first = window.bytes[line].first(where: { !$0.isBlank }) else { return false }
        return first != UInt8(ascii: "#") && window.bytes[line.lowerBound] != UInt8(ascii: "%")
    }

    /// The piece from the start of the window on. It is let go when the next one is asked for.
    private mutating func handOut(to end: Int, role: Role) -> Piece {
        endOfPiece = end
        return Piece(
            bytes: Array(window.bytes[window.start..<end]), line: window.line, offset: window.offset,
            isJSON: false, role: role)
    }
}
