import Basics
import Glibc

/// What `stat` says about a file, to see a change without reading. It follows symbolic links, so the swap of
/// Kubernetes' `..data` link shows as another inode.
public struct FileFingerprint: Hashable, Sendable {
    private var device: UInt64
    private var inode: UInt64
    private var size: Int64
    private var modified: FileTime
    private var changed: FileTime

    private struct FileTime: Hashable, Sendable {
        var seconds: Int64
        var nanoseconds: Int64
    }

    /// Nil when there is no such file.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = FileTime(
            seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        changed = FileTime(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
    }

    /// Whether the file changed so recently that another write could leave the same times: file systems count
    /// in steps of milliseconds to seconds.
    public func mayStillChangeUnseen(now: Int64) -> Bool {
        max(modified.seconds, changed.seconds) >= now - 2
    }
}
