import Compression

/// How a layer is compressed, by its first bytes: what a media type says of it is not always so.
enum CompressedFormat: Hashable {
    case none, gzip, zstd

    init(_ start: [UInt8]) {
        if start.starts(with: GzipReader.magic) {
            self = .gzip
        } else if start.starts(with: ZstdReader.magic) {
            self = .zstd
        } else {
            self = .none
        }
    }

    /// The most bytes that content of a compressed size may have: deflate makes at best 1032 of one, and a layer of
    /// programs some three.
    static func largestContent(ofCompressed size: Int) -> Int {
        (64 << 20) + 256 * min(max(0, size), 1 << 40)
    }

    /// The content of a layer.
    /// - Parameters:
    ///   - size: how many bytes the source gives.
    ///   - largestWindow: how much memory Zstandard may take, in bytes.
    /// - Throws: what the source throws, or decompressing.
    static func content(
        of source: @escaping ByteStream, size: Int, largestWindow: Int = ImageReader.largestWindow
    ) throws -> ByteStream {
        var start: [UInt8] = []
        while start.count < 4 {
            let chunk = try source()
            if chunk.isEmpty { break }
            start += chunk
        }
        let format = CompressedFormat(start)
        var pending = start
        let whole: ByteStream = {
            guard pending.isEmpty else {
                defer { pending = [] }
                return pending
            }
            return try source()
        }
        let limit = largestContent(ofCompressed: size)
        switch format {
        case .none: return whole
        case .gzip:
            let reader = try GzipReader(limit: limit, source: whole)
            return { try reader.nextChunk() }
        case .zstd:
            let reader = try ZstdReader(limit: limit, largestWindow: largestWindow, source: whole)
            return { try reader.nextChunk() }
        }
    }
}
