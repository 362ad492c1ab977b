import Foundation
import TestSupport

/// A real uWSGI with an HTTP router, on a port of the loopback that the system chooses, until it is let go of.
final class RunningUWSGI {
    static let path = Program.path(of: "uwsgi")

    private static let application: [String] =
        Program.works("uwsgi", ["--plugin", "python3", "--version"]) ? ["--plugin", "python3"] : []

    let process: ChildProcess
    private let output = LineReader()

    /// Whether processes may be given this many file descriptors here.
    static func canBeStarted(under limit: Int) -> Bool {
        path != nil && Program.works("sh", ["-c", "ulimit -n \(limit)"])
    }

    /// - Parameters:
    ///   - limit: of file descriptors, both the soft and the hard one.
    ///   - hasTitles: whether its processes say in their command lines what they are.
    init(limit: Int, hasTitles: Bool = true) throws {
        let options =
            ["--plugin", "http"] + Self.application
            + ["--http", "127.0.0.1:0", "--master", "--die-on-term"] + (hasTitles ? ["--auto-procname"] : [])
        process = try output.start(
            "/bin/sh",
            ["-c", "ulimit -n \(limit) && exec \"$@\"", "sh", Self.path ?? "uwsgi"] + options)
        guard output.wait(seconds: 30, for: { $0.contains("spawned uWSGI http 1") }) != nil else {
            throw RunningServer.Failure(description: output.lines.joined(separator: "\n"))
        }
    }

    deinit {
        process.send(SIGKILL)
        _ = process.wait()
    }

    /// What the command says of its own processes, once there are three of them and `isComplete` holds; at the latest
    /// after a hundred looks. A process may set its title, or fill its table, a moment after it has begun.
    func seen(until isComplete: ([JSONTree]) -> Bool = { _ in true }) throws -> [JSONTree] {
        var own: [JSONTree] = []
        for _ in 0..<100 {
            own = try NodeCommandTests.processes().filter { process in
                let pid = process["pid"]?.number.map { pid_t($0) }
                return pid == self.process.identifier
                    || process["parent"]?.number.map { pid_t($0) } == self.process.identifier
            }
            if own.count >= 3, isComplete(own) { return own }
            usleep(50_000)
        }
        return own
    }
}
