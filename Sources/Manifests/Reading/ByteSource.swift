/// Where a scan's bytes come from: a file, a pipe, or a test's array.
public protocol ByteSource {
    /// The next bytes, in chunks of whatever size; an empty chunk at the end.
    /// - Throws: whatever keeps it from reading on.
    mutating func nextChunk() throws -> [UInt8]
}

/// Bytes that are at hand.
public struct ByteArraySource: ByteSource {
    private var bytes: [UInt8]
    private let chunkSize: Int

    /// - Parameter chunkSize: the most bytes that are given at once.
    public init(_ bytes: [UInt8], chunkSize: Int = .max) {
        self.bytes = bytes
        self.chunkSize = chunkSize
    }

    public mutating func nextChunk() -> [UInt8] {
        let chunk = Array(bytes.prefix(chunkSize))
        bytes.removeFirst(chunk.count)
        return chunk
    }
}

/// The bytes of a source that are being looked at, and where in the source they stand.
///
/// What has been looked at is let go, so that a source of any size takes the memory of its largest piece.
struct ByteWindow {
    /// Not a generic parameter: sources live in other modules, and code that is not specialised for them is slow.
    private var source: any ByteSource
    private(set) var bytes: [UInt8] = []
    /// Where the bytes begin that have not been let go.
    private(set) var start = 0
    /// The line that `start` is on, from 1.
    private(set) var line = 1
    /// How many bytes of the source stand before `bytes`.
    private var base = 0
    /// How many bytes of the source have been let go.
    var offset: Int { base + start }
    /// How many bytes the source has given so far.
    private(set) var bytesRead = 0
    private var isAtEnd = false

    init(_ source: any ByteSource) {
        self.source = source
    }

    /// Reads one more chunk behind the bytes. Positions in `bytes` stay good.
    /// - Returns: false at the end of the source.
    mutating func fill() throws -> Bool {
        guard !isAtEnd else { return false }
        let chunk = try source.nextChunk()
        guard !chunk.isEmpty else {
            isAtEnd = true
            return false
        }
        bytesRead += chunk.count
        if bytes.isEmpty {
            bytes = chunk
        } else {
            bytes += chunk
        }
        return true
    }

    /// The byte at a position, reading on when it has to.
    mutating func byte(at position: Int) throws -> UInt8? {
        while position >= bytes.count {
            guard try fill() else { return nil }
        }
        return bytes[position]
    }

    /// The first position from `position` on whose byte is no blank and no line feed; `nil` at the end.
    mutating func firstNonBlank(from position: Int) throws -> Int? {
        var position = position
        while let byte = try byte(at: position) {
            guard byte.isBlank else { return position }
            position += 1
        }
        return nil
    }

    /// Lets go of everything before a position, and counts its lines.
    mutating func release(to position: Int) {
        line += bytes[start..<position].lineFeeds
        start = position
    }

    /// Gives the memory of what was let go back, when that is worth the copying: positions in `bytes` change.
    mutating func compact() {
        guard start >= 1 << 16, start * 2 >= bytes.count else { return }
        bytes.removeSubrange(..<start)
        base += start
        start = 0
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

extension ArraySlice<UInt8> {
    var lineFeeds: Int { reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) } }
}
