#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Puts a new text in a file's place as a whole: whoever reads the file meets the old text or the new one.
enum FileReplacement {
    /// - Parameter path: a file, or a link to one, which stays a link.
    /// - Throws: ``CommandFailure``; the file is then as it was.
    static func replace(_ path: String, with bytes: [UInt8]) throws {
        // Owned here, and freed here: realpath(3) allocates it.
        guard let resolved = realpath(path, nil) else { throw failure() }
        let target = String(cString: resolved)
        free(resolved)
        var status = stat()
        guard stat(target, &status) == 0 else { throw failure() }
        let temporary = "\(target).uwsgi-max-fd.\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        var isWritten =
            DescriptorWriting.writeAll(bytes, to: descriptor)
            && fchmod(descriptor, status.st_mode & 0o7777) == 0
        // Only root can give a file away; for others it is theirs already.
        if geteuid() == 0 { isWritten = isWritten && fchown(descriptor, status.st_uid, status.st_gid) == 0 }
        isWritten = isWritten && fsync(descriptor) == 0
        let error = errno
        close(descriptor)
        guard isWritten, rename(temporary, target) == 0 else {
            let reason = isWritten ? errno : error
            unlink(temporary)
            throw CommandFailure(String(cString: strerror(reason)))
        }
    }

    private static func failure() -> CommandFailure {
        CommandFailure(String(cString: strerror(errno)))
    }
}
