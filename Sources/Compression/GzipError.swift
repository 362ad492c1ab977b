/// Why compressed bytes cannot be read.
public enum GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What zlib says is wrong, after so many bytes of output.
    case corrupt(reason: String, after: Int)
    /// The bytes end before the compressed data does.
    case truncated(after: Int)
    /// More output than was allowed, in bytes.
    case tooLarge(limit: Int)
    case outOfMemory

    public var description: String {
        switch self {
        case .corrupt(let reason, let after):
            "not valid gzip after \(after) bytes of content: \(reason); fetch the file again"
        case .truncated(let after):
            "the gzip data ends in the middle, after \(after) bytes of content; fetch the file again"
        case .tooLarge(let limit): "its content has more than \(limit) bytes"
        case .outOfMemory: "zlib has no memory to decompress it with"
        }
    }
}
