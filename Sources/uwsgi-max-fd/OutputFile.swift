#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that a command writes.
struct OutputFile {
    let path: String
    /// Its permissions, such as 0o644, whatever the process's mask.
    let mode: mode_t

    /// Writes it as a whole or not at all: readers see the former file or the new one.
    /// - Throws: ``CommandFailure`` when that is impossible.
    func write(_ text: String) throws {
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure() }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard writeAll(text, to: descriptor), fchmod(descriptor, mode) == 0, fsync(descriptor) == 0,
            rename(temporary, path) == 0
        else {
            let failure = failure()
            close(descriptor)
            unlink(temporary)
            throw failure
        }
        close(descriptor)
    }

    private func writeAll(_ text: String, to descriptor: Int32) -> Bool {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno != EINTR { return false }
            written += max(0, count)
        }
        return true
    }

    private func failure() -> CommandFailure {
        CommandFailure("\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
}
