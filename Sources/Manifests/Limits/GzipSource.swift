import Compression

/// The content of a source that is compressed by gzip.
struct GzipSource: ByteSource {
    private let reader: GzipReader

    /// - Throws: ``DecompressionError`` when there is no memory.
    init(_ source: any ByteSource) throws(DecompressionError) {
        var source = source
        reader = try GzipReader { try source.nextChunk() }
    }

    func nextChunk() throws -> [UInt8] { try reader.nextChunk() }
}
