import System
import Glibc

/// A file whose text is to be changed in place: another program that reads it meets the old text or the new one.
///
/// The new text is a new file that takes the old one's name. So what is more than a file with one name and a text is
/// refused, rather than made into that.
struct FixableFile {
    /// What is taken as one file at most, in bytes.
    private static let largest = 64 << 20

    let bytes: [UInt8]
    /// The file itself, where the path is a link to it.
    private let target: String
    /// As it was when it was read.
    private let status: stat

    /// - Parameter path: a file, or a link to one, which stays a link.
    /// - Throws: ``CommandFailure`` when it cannot be read, or not be changed in place; the file's name is left out.
    init(_ path: String) throws {
        // Owned here, and freed here: realpath(3) allocates it.
        guard let resolved = realpath(path, nil) else { throw CommandFailure.ofSystem() }
        target = String(cString: resolved)
        free(resolved)
        // A FIFO would wait for somebody who writes.
        let descriptor = open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw CommandFailure.ofSystem() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw CommandFailure.ofSystem() }
        self.status = status
        try Self.check(status, target: target)
        bytes = try CommandFailure.reading { () throws(FileReading.Failure) in
            try FileReading.bytes(of: descriptor, limit: Self.largest)
        }
    }

    private static func check(_ status: stat, target: String) throws {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure(
                "not a regular file, so --fix cannot change it in place: scan it, and change what writes it")
        }
        guard status.st_nlink <= 1 else {
            throw CommandFailure(
                "has \(status.st_nlink) names (hard links), of which --fix would change one only: "
                    + "copy the file, or fix it where it is written")
        }
        guard status.st_mode & 0o222 != 0, access(target, W_OK) == 0 else {
            throw CommandFailure("is read-only, so --fix leaves it: make it writable (chmod u+w)")
        }
    }

    /// Puts a new text in the old one's place.
    /// - Throws: ``CommandFailure``; the file is then as it was.
    func replace(with text: [UInt8]) throws {
        do {
            // Only root can give a file away; for others it is theirs already.
            let new = try ReplacementFile(
                for: target, text, mode: status.st_mode & 0o7777,
                owner: geteuid() == 0 ? (status.st_uid, status.st_gid) : nil)
            defer { new.discard() }
            guard isUnchanged else {
                throw CommandFailure("has changed since it was read, and was left as it is: run --fix again")
            }
            try new.replace()
        } catch let error as SystemError {
            throw CommandFailure(error.description)
        }
    }

    private var isUnchanged: Bool {
        var now = stat()
        guard lstat(target, &now) == 0 else { return false }
        return now.st_ino == status.st_ino && now.st_dev == status.st_dev && now.st_size == status.st_size
            && now.st_size == bytes.count && now.st_mtim.tv_sec == status.st_mtim.tv_sec
            && now.st_mtim.tv_nsec == status.st_mtim.tv_nsec && now.st_nlink == status.st_nlink
    }
}

extension CommandFailure {
    /// What the last system call failed with.
    static func ofSystem() -> CommandFailure { CommandFailure(SystemError.last.description) }
}
