import System
import Glibc
import Nodes

/// `/proc`, or a copy of it: reads what a survey asks for.
struct ProcFolder {
    /// What is kept of a file at most, in bytes: every file that is read here is shorter but for a command line.
    private static let longest = 4096

    private let path: String

    /// - Throws: ``CommandFailure`` when there is no such folder, or it is not a `/proc`.
    init(_ path: String) throws {
        self.path = path
        guard access("\(path)/sys/fs/nr_open", R_OK) == 0 || access("\(path)/uptime", R_OK) == 0 else {
            throw CommandFailure(
                "\(path): this is not a proc file system (\(SystemError.last.description)): name one with --proc"
            )
        }
    }

    func survey() throws -> NodeSurvey {
        var survey = NodeSurvey(
            mostOpen: read("\(path)/sys/fs/nr_open"), fileMax: read("\(path)/sys/fs/file-max"),
            uptime: read("\(path)/uptime"),
            ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)))
        for pid in try pids() {
            let folder = "\(path)/\(pid)/"
            let files = NodeSurvey.Files(
                stat: read(folder + "stat"), limits: read(folder + "limits"),
                commandLine: read(folder + "cmdline"))
            survey.add(pid: pid, files) {
                NodeSurvey.MoreFiles(status: read(folder + "status"), cgroup: read(folder + "cgroup"))
            }
        }
        return survey
    }

    /// The processes at this moment, in order.
    private func pids() throws -> [Int] {
        // Owned here, and closed before the return.
        guard let folder = opendir(path) else {
            throw CommandFailure("\(path): \(SystemError.last.description)")
        }
        defer { closedir(folder) }
        var pids: [Int] = []
        while let entry = readdir(folder) {
            // The entry is the folder's until the next call; its name ends with a NUL.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = Int(name), pid > 0 { pids.append(pid) }
        }
        return pids.sorted()
    }

    /// Empty where it cannot be read, as a process may have ended.
    private func read(_ path: String) -> [UInt8] {
        FileReading.beginning(of: path, limit: Self.longest)
    }
}
