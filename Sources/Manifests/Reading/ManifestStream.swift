import JSON
import YAML

/// Reads a stream of manifests piece by piece, in the memory that its largest piece takes.
struct ManifestStream {
    /// What was read of one piece.
    struct Part {
        let piece: ManifestSplitter.Piece
        let documents: [ManifestReader.Document]
        /// What the piece's List says its items are, if it says so before them.
        let itemKind: String?
        /// Why the piece could not be read.
        let error: ManifestError?
    }

    private(set) var splitter: ManifestSplitter
    private let parser: JSONParser
    /// Of the document that is being read in pieces.
    private var anchors = YAMLAnchors()
    /// The members of the List that is being read.
    private var listNames: Set<String> = []
    private var listKind: String?

    /// - Parameters:
    ///   - largestPiece: the largest document, or item of a List, that is read, in bytes.
    ///   - parser: its memory is used again from one document to the next.
    init(_ source: any ByteSource, largestPiece: Int, parser: JSONParser) {
        splitter = ManifestSplitter(source, largestPiece: largestPiece)
        self.parser = parser
    }

    /// A parser for documents as deep as they may be.
    static func makeParser() -> JSONParser { JSONParser(maximumDepth: ManifestReader.maximumDepth + 1) }

    /// The next piece that holds something, or cannot be read; `nil` at the end.
    /// - Throws: ``ManifestError`` when nothing after this place can be separated; what the source throws.
    mutating func next() throws -> Part? {
        while let piece = try splitter.next() {
            switch piece.role {
            case .whole, .item:
                anchors = YAMLAnchors()
                return part(piece, itemKind: piece.itemKind)
            case .listHead:
                beginList(piece)
            case .listItem:
                return try item(piece)
            case .listTail:
                if let error = errorOfTail(piece) { return Part(piece, error: error) }
            }
        }
        return nil
    }

    private mutating func part(_ piece: ManifestSplitter.Piece, itemKind: String?) -> Part {
        do throws(ManifestError) {
            return Part(
                piece: piece, documents: try documents(piece), itemKind: itemKind, error: nil)
        } catch {
            return Part(piece, error: error)
        }
    }

    private mutating func documents(
        _ piece: ManifestSplitter.Piece
    ) throws(ManifestError) -> [ManifestReader.Document] {
        try ManifestReader.documents(in: piece.bytes, line: piece.line, parser: parser, anchors: &anchors)
    }

    // MARK: - YAML Lists

    private mutating func beginList(_ piece: ManifestSplitter.Piece) {
        anchors = YAMLAnchors()
        guard let documents = try? documents(piece), let head = documents.first?.value,
            documents.count == 1, head.kind == .object
        else {
            // What looked like a key stands in quotes or brackets, or there is an error to report.
            splitter.takeAsWhole()
            return
        }
        listNames = Set(head.members.map(\.name))
        listKind = ManifestObject.itemKind(ofList: head)
    }

    private mutating func item(_ first: ManifestSplitter.Piece) throws -> Part {
        var piece = first
        while true {
            let part = part(piece, itemKind: listKind)
            guard let error = part.error else { return part }
            guard error.isAtEnd else { return try withoutTail(part, error: error) }
            // Quotes or brackets are still open: what looked like the next item belongs to this one.
            do {
                guard let longer = try splitter.extendedItem() else { return part }
                piece = longer
            } catch is ManifestError {
                try splitter.skipDocument()
                return part
            }
        }
    }

    /// An item that could not be read, or what of it stands before the error: one that was made longer may hold what
    /// stands behind the items.
    private mutating func withoutTail(_ part: Part, error: ManifestError) throws -> Part {
        let state = splitter.state
        let end = splitter.endOfPiece
        if let line = error.line, let shorter = try splitter.shortenedItem(before: line) {
            let shortened = self.part(shorter, itemKind: listKind)
            if shortened.error == nil { return shortened }
        }
        splitter.state = state
        splitter.endOfPiece = end
        return part
    }

    /// What is wrong with what stands behind the items.
    private mutating func errorOfTail(_ piece: ManifestSplitter.Piece) -> ManifestError? {
        do throws(ManifestError) {
            for document in try documents(piece) {
                guard document.value.kind == .object else {
                    return ManifestError(line: document.line, reason: "expected a member of the List here")
                }
                for (name, _) in document.value.members where listNames.contains(name) {
                    return ManifestError(
                        line: document.lines.line(of: "/" + name),
                        reason: "a mapping has the key \"\(name)\" twice")
                }
            }
            return nil
        } catch {
            return error
        }
    }
}

extension ManifestStream.Part {
    fileprivate init(_ piece: ManifestSplitter.Piece, error: ManifestError) {
        self.init(piece: piece, documents: [], itemKind: nil, error: error)
    }
}
