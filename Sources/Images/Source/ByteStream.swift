/// Gives the next bytes of a file or a layer, in chunks of whatever size; an empty chunk at the end.
public typealias ByteStream = () throws -> [UInt8]

/// A folder's files, or an archive's, by their paths in it.
public protocol ImageFolder {
    /// Opens a file.
    /// - Returns: its bytes, and how many there are.
    /// - Throws: ``ImageError`` when there is no such file or it cannot be read.
    func open(_ path: String) throws -> (stream: ByteStream, size: Int)
}

extension ImageFolder {
    /// Reads a small file whole.
    /// - Throws: ``ImageError`` when it is missing or larger than `limit` bytes.
    func bytes(of path: String, limit: Int) throws -> [UInt8] {
        let (stream, size) = try open(path)
        return try WholeContent.bytes(of: stream, named: path, size: size, limit: limit)
    }
}

/// Reads what is small whole.
package enum WholeContent {
    /// - Parameters:
    ///   - name: what the content is called in messages.
    ///   - size: how many bytes were announced.
    /// - Throws: ``ImageError`` when there are more than `limit` bytes; what the source throws.
    package static func bytes(
        of stream: ByteStream, named name: String, size: Int, limit: Int
    ) throws -> [UInt8] {
        guard size <= limit else {
            throw ImageError(
                "\(name): \(size) bytes, which is more than the \(limit >> 20) MiB that are read")
        }
        var bytes: [UInt8] = []
        while true {
            let chunk = try stream()
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else {
                throw ImageError("\(name): larger than the \(limit >> 20) MiB that are read")
            }
        }
    }
}

/// A file that can be read from any place in it.
public protocol RandomAccessFile {
    /// How many bytes it has.
    var size: Int { get }
    /// Its bytes from an offset on, as many as `count`.
    func stream(from offset: Int, count: Int) throws -> ByteStream
}
