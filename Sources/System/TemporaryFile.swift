import Glibc

/// A file without a name, for what is too large to be kept in memory: it is gone when the last of it is closed, whatever
/// happens.
public final class TemporaryFile {
    /// Owned here, and closed in `deinit`.
    private let descriptor: CInt
    /// How many bytes have been appended.
    public private(set) var size = 0

    /// - Throws: ``SystemError`` when `TMPDIR`, or `/tmp` without it, takes no file.
    public init() throws(SystemError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        // mkstemp(3) makes it with mode 0600, and puts its name in place of the six letters.
        var template = Array("\(folder)/uwsgi-max-fd.XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .last }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    deinit { close(descriptor) }

    /// Writes behind everything that is there.
    /// - Throws: ``SystemError``, when the disk is full for instance.
    public func append(_ bytes: [UInt8]) throws(SystemError) {
        guard lseek(descriptor, off_t(size), SEEK_SET) >= 0 else { throw .last }
        try FileWriting.write(bytes, to: descriptor)
        size += bytes.count
    }

    /// The bytes from a place on.
    /// - Parameter count: the most of them.
    /// - Throws: ``FileReading/Failure``.
    public func bytes(at offset: Int, count: Int) throws(FileReading.Failure) -> [UInt8] {
        guard count > 0 else { return [] }
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw .cannotRead(.last) }
        return try FileReading.chunk(of: descriptor, size: count)
    }

    /// Puts it in the place of standard input, to be read from its beginning.
    /// - Throws: ``SystemError``
    public func becomeStandardInput() throws(SystemError) {
        guard lseek(descriptor, 0, SEEK_SET) >= 0, dup2(descriptor, STDIN_FILENO) >= 0 else { throw .last }
    }
}
