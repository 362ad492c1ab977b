import Glibc

/// Reads files whole, up to a limit that keeps a wrong path, such as a device or a disk image, from filling memory.
public enum FileReading {
    /// Why a file was not read.
    public enum Failure: Error, Hashable {
        case cannotOpen(SystemError)
        case cannotRead(SystemError)
        /// A folder, a device, a pipe, where a file is expected.
        case notRegular
        /// - Parameter limit: the most bytes that were allowed.
        case tooLarge(limit: Int)
    }

    /// The content of a file.
    /// - Parameters:
    ///   - limit: the most bytes.
    ///   - regularOnly: whether anything but a regular file is refused. Without it a FIFO is waited for.
    public static func bytes(
        of path: String, limit: Int, regularOnly: Bool = false
    ) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (regularOnly ? O_NONBLOCK | O_NOCTTY : 0))
        guard descriptor >= 0 else { throw .cannotOpen(.last) }
        defer { close(descriptor) }
        if regularOnly {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .cannotRead(.last) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        }
        return try bytes(of: descriptor, limit: limit)
    }

    /// What is left of an open file, up to its end.
    /// - Parameters:
    ///   - descriptor: stays the caller's.
    ///   - limit: the most bytes.
    public static func bytes(of descriptor: CInt, limit: Int) throws(Failure) -> [UInt8] {
        var content: [UInt8] = []
        while content.count <= limit {
            let next = try chunk(of: descriptor, size: 1 << 16)
            if next.isEmpty { return content }
            content += next
        }
        throw .tooLarge(limit: limit)
    }

    /// The next bytes of an open file; none at its end.
    /// - Parameters:
    ///   - descriptor: stays the caller's.
    ///   - size: the most bytes.
    public static func chunk(of descriptor: CInt, size: Int) throws(Failure) -> [UInt8] {
        var failure: CInt = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            // The pointer is the new array's own, lent for the duration of the call.
            repeat {
                let result = read(descriptor, buffer.baseAddress, buffer.count)
                failure = result < 0 ? errno : 0
                count = max(result, 0)
            } while failure == EINTR
        }
        guard failure == 0 else { throw .cannotRead(SystemError(failure)) }
        return chunk
    }

    /// The beginning of a small file such as those of `/proc`; empty where it cannot be read. Links are not followed.
    /// - Parameter limit: the most bytes; more are left out.
    public static func beginning(of path: String, limit: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            while count < buffer.count {
                // The pointer is the new array's own, lent for the duration of the call.
                let result = read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                if result < 0, errno == EINTR { continue }
                guard result > 0 else { break }
                count += result
            }
        }
    }
}
