/// Why compressed bytes cannot be read.
public enum DecompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A format, named as people name it, and the library that reads it.
    public enum Format: String, Sendable {
        case gzip, zstd

        var library: String {
            switch self {
            case .gzip: "zlib"
            case .zstd: "libzstd"
            }
        }
    }

    /// What the library says is wrong, after so many bytes of output.
    case corrupt(Format, reason: String, after: Int)
    /// The bytes end before the compressed data does.
    case truncated(Format, after: Int)
    /// More output than was allowed, in bytes.
    case tooLarge(limit: Int)
    case outOfMemory(Format)

    public var description: String {
        switch self {
        case .corrupt(let format, let reason, let after):
            "not valid \(format.rawValue) after \(after) bytes of content: \(reason); fetch the file again"
        case .truncated(let format, let after):
            "the \(format.rawValue) data ends in the middle, after \(after) bytes of content; fetch the file again"
        case .tooLarge(let limit): "its content has more than \(limit) bytes"
        case .outOfMemory(let format): "\(format.library) has no memory to decompress it with"
        }
    }
}
