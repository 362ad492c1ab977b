import Glibc

/// Gives the bytes of the file at a path, or throws a ``TLSError`` that names it.
typealias ReadFile = (String) throws -> [UInt8]

/// Reads small files whole. Certificates and keys are a few kilobytes; the limit keeps a wrong path, such as
/// a device or a disk image, from filling memory.
enum FileReading {
    static let maximumBytes = 1 << 20

    static func bytes(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw openFailure(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TLSError(.fileUnreadable, path: path, "not a regular file", cure: "Name a PEM file")
        }
        var content: [UInt8] = []
        while content.count <= maximumBytes {
            let chunk = try readChunk(descriptor, path)
            if chunk.isEmpty { return content }
            content += chunk
        }
        throw TLSError(
            .fileTooLarge, path: path, "larger than \(maximumBytes) bytes",
            cure: "Name the PEM file of the certificate or key itself")
    }

    private static func readChunk(_ descriptor: Int32, _ path: String) throws -> [UInt8] {
        var failure: Int32 = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
            repeat {
                let got = read(descriptor, buffer.baseAddress, buffer.count)
                count = max(0, got)
                failure = got < 0 ? errno : 0
            } while failure == EINTR
        }
        guard failure == 0 else { throw unreadable(path, failure) }
        return chunk
    }

    private static func openFailure(_ path: String, _ code: Int32) -> TLSError {
        guard code == ENOENT || code == ENOTDIR else { return unreadable(path, code) }
        return TLSError(
            .fileMissing, path: path, text(of: code),
            cure: "Check the path and that the Secret is mounted there")
    }

    private static func unreadable(_ path: String, _ code: Int32) -> TLSError {
        TLSError(
            .fileUnreadable, path: path, "cannot be read: \(text(of: code))",
            cure: "Check the file's mode and owner, and the user that the server runs as")
    }

    static func text(of code: Int32) -> String {
        String(cString: strerror(code))
    }
}
