/// One header block of a tar archive: ustar (POSIX.1-2001), GNU's or the old one.
///
/// Source: POSIX, pax utility, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
struct TarHeader: Hashable {
    static let blockSize = 512

    var name: String
    /// How many bytes of content follow.
    var size: Int
    var type: UInt8
    var linkName: String
    /// Whether another block of GNU's map of a sparse file follows.
    var hasMoreSparseBlocks: Bool

    /// - Parameter block: 512 bytes.
    /// - Throws: ``TarError`` when the sum of the block does not fit, or a number is not one.
    init(_ block: ArraySlice<UInt8>) throws(TarError) {
        let bytes = Array(block)
        guard bytes.count == Self.blockSize else { throw .truncated }
        func field(_ start: Int, _ length: Int) -> ArraySlice<UInt8> { bytes[start..<(start + length)] }
        guard try Self.sumFits(bytes, field(148, 8)) else { throw .notAHeader }
        type = bytes[156]
        size = try Self.number(field(124, 12))
        linkName = Self.text(field(157, 100))
        let name = Self.text(field(0, 100))
        let isUstar = field(257, 6).elementsEqual(Array("ustar\0".utf8))
        let prefix = isUstar ? Self.text(field(345, 155)) : ""
        self.name = prefix.isEmpty ? name : "\(prefix)/\(name)"
        hasMoreSparseBlocks = type == UInt8(ascii: "S") && bytes[482] != 0
    }

    /// The sum of all bytes, that of the sum itself counted as blanks; old programs took bytes as signed.
    private static func sumFits(_ bytes: [UInt8], _ sum: ArraySlice<UInt8>) throws(TarError) -> Bool {
        var unsigned = 0
        var signed = 0
        for (index, byte) in bytes.enumerated() {
            let counted = sum.indices.contains(index) ? 0x20 : byte
            unsigned += Int(counted)
            signed += Int(Int8(bitPattern: counted))
        }
        let expected = try number(sum)
        return expected == unsigned || expected == signed
    }

    /// A number: octal digits, or, where the first bit is set, base 256 (GNU).
    private static func number(_ field: ArraySlice<UInt8>) throws(TarError) -> Int {
        guard let first = field.first else { return 0 }
        if first & 0x80 != 0 {
            var value = Int(first & 0x7F)
            for byte in field.dropFirst() {
                guard value < 1 << 47 else { throw .notANumber }
                value = value << 8 | Int(byte)
            }
            return value
        }
        var value = 0
        var hasEnded = false
        for byte in field.drop(while: { $0 == 0x20 }) {
            switch byte {
            case 0x30...0x37 where !hasEnded: value = value << 3 | Int(byte - 0x30)
            case 0, 0x20: hasEnded = true
            default: throw .notANumber
            }
        }
        return value
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// Why bytes are not a tar archive.
public enum TarError: Error, Sendable, Hashable, CustomStringConvertible {
    case truncated
    case notAHeader
    case notANumber
    case badPaxRecord
    case longName(limit: Int)
    case tooManyEntries(limit: Int)

    public var description: String {
        switch self {
        case .truncated: "the tar archive ends in the middle of an entry; fetch the file again"
        case .notAHeader: "not a tar archive: the sum of a header does not fit"
        case .notANumber: "not a tar archive: a header has a number that is not one"
        case .badPaxRecord: "the tar archive has an extended header (pax) that cannot be read"
        case .longName(let limit): "the tar archive has a name or an extended header over \(limit) bytes"
        case .tooManyEntries(let limit): "the tar archive has more than \(limit) entries"
        }
    }
}
