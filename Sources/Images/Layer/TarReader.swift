/// Reads a tar archive entry by entry, in constant memory.
///
/// It knows ustar, extended headers (pax), and GNU's long names; of GNU's sparse files it knows that their content is
/// not their text.
public struct TarReader {
    /// One entry.
    public struct Entry: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            case file
            /// A file whose content is stored in pieces.
            case sparseFile
            case folder
            case symbolicLink
            case hardLink
            /// A device, a pipe, or a kind that is not known.
            case other
        }

        public var path: String
        public var kind: Kind
        /// Where a link leads; empty for others.
        public var target: String
        /// How many bytes of content there are.
        public var size: Int
        /// Where the content begins, counted from the archive's first byte.
        public var offset: Int
    }

    /// The most bytes of a name, or of an extended header.
    static let longestName = 1 << 20

    private let source: ByteStream
    private let mostEntries: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var offset = 0
    /// Bytes of the present entry that nobody has read, and those that fill its last block.
    private var unread = 0
    private var padding = 0
    private var count = 0
    private var isAtEnd = false

    /// - Parameters:
    ///   - mostEntries: the most entries that are read.
    ///   - source: the archive's bytes, decompressed.
    public init(mostEntries: Int = 2_000_000, source: @escaping ByteStream) {
        self.mostEntries = mostEntries
        self.source = source
    }

    /// The next entry; `nil` at the end. What nobody read of the one before is passed over.
    /// - Throws: ``TarError``; what the source throws.
    public mutating func next() throws -> Entry? {
        var pax = PaxRecords()
        var longName: String?
        var longLink: String?
        while let header = try nextHeader() {
            count += 1
            guard count <= mostEntries else { throw TarError.tooManyEntries(limit: mostEntries) }
            switch header.type {
            case UInt8(ascii: "x"): pax = try PaxRecords(try extended(header))
            // What holds for all entries that follow: nothing that matters here.
            case UInt8(ascii: "g"): _ = try extended(header)
            case UInt8(ascii: "L"): longName = Self.terminated(try extended(header))
            case UInt8(ascii: "K"): longLink = Self.terminated(try extended(header))
            default:
                return try entry(
                    header, path: pax.path ?? longName ?? header.name,
                    target: pax.linkPath ?? longLink ?? header.linkName, pax)
            }
        }
        return nil
    }

    private mutating func entry(
        _ header: TarHeader, path: String, target: String, _ pax: PaxRecords
    ) throws -> Entry {
        let kind: Entry.Kind =
            switch header.type {
            case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
                pax.isSparse ? .sparseFile : path.hasSuffix("/") ? .folder : .file
            case UInt8(ascii: "1"): .hardLink
            case UInt8(ascii: "2"): .symbolicLink
            case UInt8(ascii: "5"): .folder
            case UInt8(ascii: "S"): .sparseFile
            default: .other
            }
        var hasMore = header.hasMoreSparseBlocks
        while hasMore {
            let block = try read(TarHeader.blockSize)
            hasMore = block.count == TarHeader.blockSize && block[504] != 0
        }
        // A link has no content, whatever its size says: old programs wrote that of the file.
        let isLink = kind == .symbolicLink || kind == .hardLink
        let size = isLink ? 0 : pax.size ?? header.size
        begin(size)
        return Entry(path: path, kind: kind, target: isLink ? target : "", size: size, offset: offset)
    }

    /// The content of the present entry, which may be read once.
    /// - Throws: ``TarError/truncated``; what the source throws.
    public mutating func content() throws -> [UInt8] {
        let bytes = try read(unread)
        unread = 0
        return bytes
    }

    // MARK: Blocks

    private mutating func begin(_ size: Int) {
        unread = size
        padding = (TarHeader.blockSize - size % TarHeader.blockSize) % TarHeader.blockSize
    }

    private mutating func nextHeader() throws -> TarHeader? {
        try skip(unread + padding)
        (unread, padding) = (0, 0)
        guard !isAtEnd, try fill() else { return nil }
        let block = try read(TarHeader.blockSize)
        // A block of zeros ends an archive.
        guard block.contains(where: { $0 != 0 }) else {
            isAtEnd = true
            return nil
        }
        return try TarHeader(block[...])
    }

    private mutating func extended(_ header: TarHeader) throws -> [UInt8] {
        guard header.size <= Self.longestName else { throw TarError.longName(limit: Self.longestName) }
        begin(header.size)
        return try content()
    }

    private static func terminated(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Sees to it that there is a byte to read.
    /// - Returns: false at the end of the source.
    private mutating func fill() throws -> Bool {
        while position >= buffer.count {
            buffer = try source()
            position = 0
            if buffer.isEmpty { return false }
        }
        return true
    }

    private mutating func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard try fill() else { throw TarError.truncated }
            let end = min(buffer.count, position + count - bytes.count)
            bytes += buffer[position..<end]
            offset += end - position
            position = end
        }
        return bytes
    }

    private mutating func skip(_ count: Int) throws {
        var left = count
        while left > 0 {
            guard try fill() else { throw TarError.truncated }
            let taken = min(left, buffer.count - position)
            position += taken
            offset += taken
            left -= taken
        }
    }
}
