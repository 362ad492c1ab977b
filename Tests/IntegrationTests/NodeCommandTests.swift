import Foundation
import TestSupport
import Testing

/// The command `node`, on processes that run, as anybody, and as a server of metrics.
@Suite struct NodeCommandTests {
    /// What it lists.
    static func processes(_ arguments: [String] = []) throws -> [JSONTree] {
        let ended = try BuiltExecutable.run(["node", "--output", "json"] + arguments)
        #expect(ended.status < 2, "\(ended.error)")
        return try JSONTree(ended.output)["uwsgi"]?.array ?? []
    }

    @Test(
        .enabled(if: RunningUWSGI.path != nil, "uwsgi-core is not installed"),
        arguments: [1024, 16384])
    func `Real uWSGI: its master, its worker, and its router with its memory`(limit: Int) throws {
        try check(limit: limit)
    }

    @Test(
        .enabled(
            if: RunningUWSGI.canBeStarted(under: 1_048_576),
            "uwsgi-core is not installed, or no process may have 1048576 file descriptors here"))
    func `Real uWSGI under what the webhook sets`() throws { try check(limit: 1_048_576) }

    /// How far the memory of a process is from what the kernel tells the test itself, in bytes.
    private static func difference(_ process: JSONTree) throws -> Double {
        let pid = try #require(process["pid"]?.number.map { Int($0) })
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8).split(separator: "\n")
        return try [("RssAnon:", "anonymousBytes"), ("VmRSS:", "residentBytes")].map { name, field in
            let line = try #require(status.first { $0.hasPrefix(name) })
            let kibibytes = try #require(Double(line.split(whereSeparator: \.isWhitespace)[1]))
            return abs(try #require(process[field]?.number) - kibibytes * 1024)
        }.max() ?? .infinity
    }

    private func check(limit: Int) throws {
        let running = try RunningUWSGI(limit: limit)
        let roles: Set = ["master", "router", "worker"]
        func router(_ own: [JSONTree]) -> JSONTree? { own.first { $0["role"]?.string == "router" } }
        // Once it has written to the whole of its table and is idle, its memory hardly changes between two looks.
        let own = try running.seen { own in
            guard let router = router(own), Set(own.compactMap { $0["role"]?.string }) == roles else {
                return false
            }
            return (router["anonymousBytes"]?.number ?? 0) >= Double(8 * limit)
                && (try? Self.difference(router)) ?? .infinity < 256 * 1024
        }
        #expect(Set(own.compactMap { $0["role"]?.string }) == roles, "\(own)")
        #expect(own.allSatisfy { $0["soft"]?.number == Double(limit) && $0["hard"]?.number == Double(limit) })
        #expect(own.allSatisfy { $0["state"]?.string == "safe" })
        let found = try #require(router(own), "\(own)")
        #expect(found["expectedTableBytes"]?.number == Double(8 * limit))
        #expect((found["anonymousBytes"]?.number ?? 0) >= Double(8 * limit), "\(found)")
        #expect(try Self.difference(found) < 256 * 1024, "\(found)")
        // For people too.
        let text = try BuiltExecutable.run(["node"]).text
        let row = text.split(separator: "\n").first {
            $0.split(separator: " ").first.map(String.init) == found["pid"]?.number.map { "\(Int($0))" }
        }
        #expect(
            row?.split(separator: " ").dropFirst().prefix(4) == ["router", "safe", "\(limit)", "\(limit)"])
    }

    @Test(.enabled(if: RunningUWSGI.path != nil, "uwsgi-core is not installed"))
    func `Real uWSGI without titles: a small table tells nobody's role`() throws {
        let running = try RunningUWSGI(limit: 4096, hasTitles: false)
        let own = try running.seen()
        #expect(own.compactMap { $0["role"]?.string }.sorted() == ["master", "unknown", "unknown"], "\(own)")
        #expect(own.allSatisfy { $0["soft"]?.number == 4096 })
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
        // Of a process of another user, and of the system's first.
        let running = RunningUWSGI.path == nil ? nil : try RunningUWSGI(limit: 2048)
        let ended = try Program.run(
            named: "setpriv",
            [
                "--reuid=65532", "--regid=65532", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
                "--no-new-privs", copy, "node", "--output", "json",
            ])
        #expect(ended.status < 2, "\(ended.error)")
        let report = try JSONTree(ended.output)
        #expect((report["processes"]?.number ?? 0) > 1)
        guard let running else { return }
        let pid = Double(running.process.identifier)
        let seen = try #require(report["uwsgi"]?.array?.first { $0["pid"]?.number == pid })
        #expect(seen["soft"]?.number == 2048)
        #expect((seen["residentBytes"]?.number ?? 0) > 0)
        #expect(seen["uid"]?.number == 0)
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
        #expect(try Program.run(named: "curl", ["--silent", "http://\(address)/livez"]).text == "ok\n")
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
