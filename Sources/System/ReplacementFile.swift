import Glibc

/// A file that is written beside the place that it is to take, so that another program finds what was there before or
/// the whole of the new one.
public struct ReplacementFile {
    /// Where it goes.
    public let path: String
    private let temporary: String

    /// Writes it, down to the disk.
    /// - Parameters:
    ///   - mode: who may read and write it; nobody but its owner can until it is written.
    ///   - owner: whose it is; `nil` for the process's user.
    /// - Throws: ``SystemError``; nothing is left behind then.
    public init(
        for path: String, _ bytes: [UInt8], mode: mode_t, owner: (user: uid_t, group: gid_t)? = nil
    ) throws(SystemError) {
        self.path = path
        // mkstemp(3) makes it with mode 0600, and puts its name in place of the six letters.
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(SystemError) {
            try FileWriting.write(bytes, to: descriptor)
            guard fchmod(descriptor, mode) == 0 else { throw SystemError.last }
            if let owner, fchown(descriptor, owner.user, owner.group) != 0 { throw SystemError.last }
            guard fsync(descriptor) == 0 else { throw SystemError.last }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Takes the place, and removes what was there.
    /// - Throws: ``SystemError``; the place is then as it was.
    public func replace() throws(SystemError) {
        guard rename(temporary, path) == 0 else { throw .last }
    }

    /// Takes the place where nothing is; unlike rename(2), link(2) never replaces what has appeared meanwhile.
    /// - Throws: ``SystemError``; the place is then as it was.
    public func create() throws(SystemError) {
        guard link(temporary, path) == 0 else { throw .last }
    }

    /// Removes what is left beside the place. Harmless after ``replace()``.
    public func discard() {
        unlink(temporary)
    }

    /// Makes new names in a folder survive a crash. Some file systems cannot; the files are whole all the same.
    public static func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
