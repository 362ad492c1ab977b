/// Cuts a source into lines, each byte looked at once, in the memory of one chunk and one line.
struct LineSource {
    /// A line without its line feed, and without a carriage return before that.
    struct Line {
        let bytes: ArraySlice<UInt8>
        /// From 1.
        let number: Int
        /// Whether the line is longer, and the bytes are only its beginning.
        let isCut: Bool
    }

    private var source: any ByteSource
    private let longest: Int
    private var chunk: [UInt8] = []
    private var position = 0
    private var number = 0
    private var isAtEnd = false

    /// - Parameter longest: how many bytes of a line are kept.
    init(_ source: any ByteSource, longest: Int = 1 << 16) {
        self.source = source
        self.longest = longest
    }

    /// The next line, an empty one too; `nil` at the end.
    /// - Throws: what the source throws.
    mutating func next() throws -> Line? {
        guard try fill() else { return nil }
        number += 1
        if let end = chunk[position...].firstIndex(of: 0x0A) {
            defer { position = end + 1 }
            return line(chunk[position..<end])
        }
        // The line goes on in the next chunk.
        var bytes = Array(chunk[position...].prefix(longest + 1))
        position = chunk.count
        while try fill() {
            let end = chunk[position...].firstIndex(of: 0x0A)
            let piece = chunk[position..<(end ?? chunk.count)]
            bytes += piece.prefix(longest + 1 - bytes.count)
            position = end.map { $0 + 1 } ?? chunk.count
            if end != nil { break }
        }
        return line(bytes[...])
    }

    private func line(_ bytes: ArraySlice<UInt8>) -> Line {
        let isCut = bytes.count > longest
        var kept = bytes.prefix(longest)
        if !isCut, kept.last == 0x0D { kept.removeLast() }
        return Line(bytes: kept, number: number, isCut: isCut)
    }

    /// Sees to it that there is a byte.
    private mutating func fill() throws -> Bool {
        guard position >= chunk.count, !isAtEnd else { return position < chunk.count }
        chunk = try source.nextChunk()
        position = 0
        isAtEnd = chunk.isEmpty
        return !isAtEnd
    }
}
