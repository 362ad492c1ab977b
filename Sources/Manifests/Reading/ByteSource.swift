/// Where a scan's bytes come from: a file, a pipe, or a test's array.
public protocol ByteSource {
    /// The next bytes, in chunks of whatever size; an empty chunk at the end.
    /// - Throws: whatever keeps it from reading on.
    mutating func nextChunk() throws -> [UInt8]
}

/// Bytes that are at hand.
public struct ByteArraySource: ByteSource {
    private let bytes: [UInt8]
    private let chunkSize: Int
    private var given = 0

    /// - Parameter chunkSize: the most bytes that are given at once.
    public init(_ bytes: [UInt8], chunkSize: Int = .max) {
        self.bytes = bytes
        self.chunkSize = chunkSize
    }

    public mutating func nextChunk() -> [UInt8] {
        let chunk = bytes[given...].prefix(chunkSize)
        given = chunk.endIndex
        return chunk.count == bytes.count ? bytes : Array(chunk)
    }
}

extension UInt8 {
    /// Whether it is what JSON calls white space (RFC 8259, section 2).
    var isBlank: Bool {
        switch self {
        case 0x20, 0x0A, 0x0D, 0x09: true
        default: false
        }
    }
}
