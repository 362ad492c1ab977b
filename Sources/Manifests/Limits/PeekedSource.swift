/// A source whose first bytes can be looked at before it is read.
struct PeekedSource: ByteSource {
    private var source: any ByteSource
    private var chunks: [[UInt8]] = []
    private var isAtEnd = false

    init(_ source: any ByteSource) {
        self.source = source
    }

    /// The first bytes, at least so many unless the source has fewer.
    /// - Throws: what the source throws.
    mutating func first(_ count: Int) throws -> [UInt8] {
        while chunks.reduce(0, { $0 + $1.count }) < count, !isAtEnd {
            let chunk = try source.nextChunk()
            isAtEnd = chunk.isEmpty
            if !isAtEnd { chunks.append(chunk) }
        }
        return Array(chunks.joined().prefix(count))
    }

    mutating func nextChunk() throws -> [UInt8] {
        guard chunks.isEmpty else { return chunks.removeFirst() }
        return isAtEnd ? [] : try source.nextChunk()
    }
}
