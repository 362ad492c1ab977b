import Foundation
import TestSupport
import Testing

/// The command `node`, on processes that run and on folders that look like `/proc`.
@Suite("node") struct NodeCommandTests {
    private static let uwsgi = Program.path(of: "uwsgi")

    /// uWSGI under a limit, with its processes' titles, until it is let go of.
    private final class RunningUWSGI {
        let process: ChildProcess
        private let output = LineReader()

        init(limit: Int) throws {
            process = try output.start(
                "/bin/sh",
                [
                    "-c",
                    "ulimit -n \(limit) && exec \(uwsgi ?? "uwsgi") --plugin http --http 127.0.0.1:0 --master --auto-procname --die-on-term",
                ])
            guard output.wait(seconds: 30, for: { $0.contains("spawned uWSGI http 1") }) != nil else {
                throw RunningServer.Failure(description: output.lines.joined(separator: "\n"))
            }
        }

        deinit {
            process.send(SIGKILL)
            _ = process.wait()
        }
    }

    private func processes(_ arguments: [String] = []) throws -> [JSONTree] {
        let ended = try BuiltExecutable.run(["node", "--output", "json"] + arguments)
        #expect(ended.status < 2, "\(ended.error)")
        return try JSONTree(ended.output)["uwsgi"]?.array ?? []
    }

    @Test(
        "Real uWSGI: its master and its router, under their limit",
        .enabled(if: uwsgi != nil, "uwsgi-core is not installed"),
        arguments: [2048, 16384])
    func real(limit: Int) throws {
        let running = try RunningUWSGI(limit: limit)
        // A master may set its title a moment after its router has begun.
        var own: [JSONTree] = []
        for _ in 0..<100 where own.count < 2 {
            own = try processes().filter { process in
                let pid = process["pid"]?.number.map { pid_t($0) }
                return pid == running.process.identifier
                    || process["parent"]?.number.map { pid_t($0) } == running.process.identifier
            }
            usleep(50_000)
        }
        let router = try #require(own.first { $0["role"]?.string == "router" }, "\(own)")
        #expect(router["soft"]?.number == Double(limit))
        #expect(router["state"]?.string == "safe")
        #expect(router["expectedTableBytes"]?.number == Double(8 * limit))
        #expect((router["residentBytes"]?.number ?? 0) > 0)
        #expect(own.contains { $0["role"]?.string == "master" })
    }

    /// A folder with the files of processes, as ``files`` gives them by their path.
    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let usual = [
            "sys/fs/nr_open": "1073741816\n", "sys/fs/file-max": "9223372036854775807\n",
            "uptime": "5000.1 1.0\n",
        ]
        for (name, text) in usual.merging(files, uniquingKeysWith: { $1 }) {
            let file = folder.url.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return folder
    }

    private func process(_ pid: Int, _ name: String, parent: Int, limit: Int, words: [String]) -> [String:
        String]
    {
        [
            "\(pid)/stat": "\(pid) (\(name)) S \(parent) 1 1 0 -1 1 1 0 0 0 1 2 3 4 20 0 1 0 100 1 1\n",
            "\(pid)/limits": "Limit   Soft  Hard  Units\nMax open files  \(limit)  \(limit)  files\n",
            "\(pid)/cmdline": words.map { $0 + "\0" }.joined(),
            "\(pid)/status": "VmRSS:\t8400000 kB\nRssAnon:\t8390000 kB\n",
            "\(pid)/cgroup": "0::/\n",
        ]
    }

    @Test func `The incident, from a copy of its files, ends with 1`() throws {
        let words = ["uwsgi", "--http", ":8000", "--master"]
        var files = process(10, "containerd", parent: 1, limit: 1_073_741_816, words: ["containerd"])
        files.merge(process(20, "uwsgi", parent: 10, limit: 1_073_741_816, words: words)) { $1 }
        files.merge(process(21, "uwsgi", parent: 20, limit: 1_073_741_816, words: words)) { $1 }
        // One that has ended meanwhile, one with other bytes, and names that are no process.
        files["30/comm"] = "gone"
        files["31/stat"] = "\u{0}\u{1}("
        files["self/stat"] = "x"
        let folder = try folder(files)
        let ended = try BuiltExecutable.run(["node", "--proc", folder.path])
        #expect(ended.status == 1)
        #expect(ended.text.contains("This node hands out 1073741816 file descriptors (containerd)"))
        #expect(ended.text.contains("1 of 2 processes of uWSGI may hold a table"))
        let uwsgi = try processes(["--proc", folder.path])
        #expect(uwsgi.map { $0["role"]?.string } == ["router", "master"])
    }

    @Test func `Many processes`() throws {
        var files: [String: String] = [:]
        for pid in 1...2000 {
            files.merge(process(pid, "sleep", parent: 1, limit: 1024, words: ["sleep", "\(pid % 7)"])) { $1 }
        }
        let folder = try folder(files)
        let ended = try BuiltExecutable.run(["node", "--proc", folder.path])
        #expect(ended.status == 0)
        #expect(ended.text.contains("No uWSGI among 2000 processes."))
    }

    @Test func `What is not a proc file system is refused, and the cure named`() throws {
        let folder = try TemporaryFolder()
        let ended = try BuiltExecutable.run(["node", "--proc", folder.path])
        #expect(ended.status == 2)
        #expect(ended.error.contains("this is not a proc file system"))
        #expect(ended.error.contains("--proc"))
    }

    @Test(
        .enabled(
            if: geteuid() == 0
                && Program.works(
                    "setpriv", ["--reuid=65532", "--clear-groups", "--bounding-set=-all", "true"]),
            "another user cannot be become here"))
    func `A user without any capability can run it`() throws {
        let folder = try TemporaryFolder()
        let copy = folder.path("uwsgi-max-fd")
        try FileManager.default.copyItem(atPath: BuiltExecutable.path, toPath: copy)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        let ended = try Program.run(
            named: "setpriv",
            [
                "--reuid=65532", "--regid=65532", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
                "--no-new-privs", copy, "node", "--output", "json",
            ])
        #expect(ended.status < 2, "\(ended.error)")
        #expect((try JSONTree(ended.output)["processes"]?.number ?? 0) > 1)
    }

    @Test func `As metrics, until a signal comes`() async throws {
        let output = LineReader()
        let server = try output.start(BuiltExecutable.path, ["node", "--listen", "127.0.0.1:0"])
        defer { server.send(SIGKILL) }
        let line = try #require(output.wait(seconds: 30) { $0.contains("\"started\"") })
        let address = try #require(try JSONTree(text: line)["address"]?.string)
        var answer = try Program.run(named: "curl", ["--silent", "http://\(address)/readyz"])
        for _ in 0..<100 where answer.text != "ok\n" {
            usleep(50_000)
            answer = try Program.run(named: "curl", ["--silent", "http://\(address)/readyz"])
        }
        #expect(answer.text == "ok\n")
        let metrics = try Program.run(named: "curl", ["--silent", "http://\(address)/metrics"]).text
        #expect(metrics.contains("uwsgi_max_fd_node_nofile_limit{source=\"nr_open\"}"))
        if Program.exists("promtool") {
            let check = try Program.run(named: "promtool", ["check", "metrics"], input: Array(metrics.utf8))
            #expect(check.status == 0, "\(check.text)\(check.error)")
        }
        server.send(SIGTERM)
        #expect(server.wait(seconds: 30) == .exited(0))
    }
}
