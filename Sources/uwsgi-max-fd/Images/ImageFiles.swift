import Images
import System

import Glibc

/// A folder of the file system that holds an OCI layout.
struct FileSystemFolder: ImageFolder {
    let path: String

    func open(_ name: String) throws -> (stream: ByteStream, size: Int) {
        // A layout's names are its own; what a manifest names is a digest, which holds no slash.
        let file = try SeekableFile("\(path)/\(name)")
        return (try file.stream(from: 0, count: file.size), file.size)
    }
}

/// A regular file that is read from any place.
final class SeekableFile: RandomAccessFile {
    private static let chunkSize = 1 << 18

    /// Owned here, and closed in `deinit`.
    private let descriptor: Int32
    let size: Int

    /// - Throws: ``ImageError`` when it is not a regular file, or cannot be opened.
    init(_ path: String) throws {
        // A FIFO would wait for somebody who writes.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw ImageError("\(path): \(SystemError.last)") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ImageError("\(path): not a regular file")
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    func stream(from offset: Int, count: Int) throws -> ByteStream {
        var position = offset
        let end = offset + max(0, min(count, size - offset))
        return { [self] in
            let chunk = try read(at: position, count: min(Self.chunkSize, end - position))
            guard !chunk.isEmpty || position >= end else { throw ImageError("the file has become shorter") }
            position += chunk.count
            return chunk
        }
    }

    private func read(at offset: Int, count: Int) throws -> [UInt8] {
        guard count > 0 else { return [] }
        var failure: Int32 = 0
        // The pointer is the new array's own, lent for the duration of the call.
        let chunk = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            repeat {
                let result = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
                failure = result < 0 ? errno : 0
                written = max(0, result)
            } while failure == EINTR
        }
        guard failure == 0 else { throw ImageError("\(SystemError(failure))") }
        return chunk
    }
}
