import Foundation
import TestSupport

/// A folder that looks like `/proc`, with nothing but what a test puts there.
final class ProcCopy {
    private let folder: TemporaryFolder

    var path: String { folder.path }

    init(mostOpen: Int = 1_073_741_816) throws {
        folder = try TemporaryFolder()
        try write("\(mostOpen)\n", to: "sys/fs/nr_open")
        try write("9223372036854775807\n", to: "sys/fs/file-max")
        try write("5000.1 1.0\n", to: "uptime")
    }

    /// Writes a file, and the folders above it.
    func write(_ bytes: [UInt8], to name: String) throws {
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: name).deletingLastPathComponent(),
            withIntermediateDirectories: true)
        try folder.write(bytes, as: name)
    }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    /// Writes the files of a process, in a folder that is named for its identifier unless `name` says otherwise.
    func add(
        _ pid: Int, _ program: String, parent: Int = 1, limit: Int, words: [String],
        cgroup: String = "0::/\n",
        as name: String? = nil
    ) throws {
        let name = name ?? "\(pid)"
        try write(
            "\(pid) (\(program)) S \(parent) 1 1 0 -1 1 1 0 0 0 1 2 3 4 20 0 1 0 100 1 1\n",
            to: "\(name)/stat")
        try write(
            "Limit   Soft  Hard  Units\nMax open files  \(limit)  \(limit)  files\n", to: "\(name)/limits")
        try write(words.map { $0 + "\0" }.joined(), to: "\(name)/cmdline")
        try write("VmRSS:\t8400000 kB\nRssAnon:\t8390000 kB\n", to: "\(name)/status")
        try write(cgroup, to: "\(name)/cgroup")
    }

    /// Makes a name stand for something else in the folder, whether that is there or not.
    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(name), withDestinationPath: target)
    }

    /// Makes a pipe that nobody writes to: to open or read it as a file is to wait.
    func makePipe(_ name: String) throws {
        guard mkfifo(folder.path(name), 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Makes an empty folder whose name need not be UTF-8.
    func makeFolder(named name: [UInt8]) throws {
        let path = (Array("\(folder.path)/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
        guard mkdir(path, 0o700) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
