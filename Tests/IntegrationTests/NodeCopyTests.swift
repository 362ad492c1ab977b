import Foundation
import TestSupport
import Testing

/// The command `node`, on folders that look like `/proc`.
@Suite struct NodeCopyTests {
    private static let words = ["uwsgi", "--http", ":8000", "--master"]
    private static let uid = "2434988f-7dbe-4f49-90bf-360337ad13ba"
    private static let id = String(repeating: "0123456789abcdef", count: 4)

    @Test func `The incident ends with 1`() throws {
        let proc = try ProcCopy()
        let limit = 1_073_741_816
        try proc.add(10, "containerd", limit: limit, words: ["containerd"])
        try proc.add(20, "uwsgi", parent: 10, limit: limit, words: Self.words)
        try proc.add(21, "uwsgi", parent: 20, limit: limit, words: Self.words)
        let ended = try BuiltExecutable.run(["node", "--proc", proc.path])
        #expect(ended.status == 1)
        #expect(ended.text.contains("This node hands out 1073741816 file descriptors (containerd)"))
        #expect(ended.text.contains("1 of 2 processes of uWSGI may hold a table"))
        let uwsgi = try NodeCommandTests.processes(["--proc", proc.path])
        #expect(uwsgi.map { $0["role"]?.string } == ["router", "master"])
    }

    /// Both of the kubelet's drivers, both versions of cgroups, and private namespaces.
    private static let cgroups: [String] = {
        let slice = uid.replacing("-", with: "_")
        return [
            "12:memory:/kubepods/burstable/pod\(uid)/\(id)\n1:name=systemd:/kubepods/burstable/pod\(uid)/\(id)\n",
            "0::/kubepods/besteffort/pod\(uid)/\(id)\n",
            "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod\(slice).slice/cri-containerd-\(id).scope\n",
            "11:pids:/kubepods.slice/kubepods-pod\(slice).slice/docker-\(id).scope\n",
            "0::/kubepods.slice/kubepods-pod\(slice).slice/crio-\(id).scope/container\n",
            "0::/../kubepods-burstable-pod\(slice).slice/cri-containerd-\(id).scope\n",
            "0::/../../pod\(uid)/\(id)\n",
        ]
    }()

    @Test(arguments: cgroups)
    func `A Pod's name, by each form of cgroup`(_ cgroup: String) throws {
        let proc = try ProcCopy()
        try proc.add(20, "uwsgi", limit: 1024, words: Self.words, cgroup: cgroup)
        let pods = """
            {"kind":"List","items":[{"kind":"Pod","metadata":{"uid":"\(Self.uid)","name":"lms-1","namespace":"shop"},
            "status":{"containerStatuses":[{"name":"lms","containerID":"containerd://\(Self.id)"}]}}]}
            """
        let folder = try TemporaryFolder()
        let file = try folder.write(pods, to: "pods.json")
        let named = try NodeCommandTests.processes(["--proc", proc.path, "--pods", file])
        let process = try #require(named.first)
        #expect(process["podUID"]?.string == Self.uid)
        #expect(process["containerID"]?.string == Self.id)
        #expect(["namespace", "pod", "container"].map { process[$0]?.string } == ["shop", "lms-1", "lms"])
    }

    @Test func `Processes that vanish, files that cannot be read, and odd bytes`() throws {
        let proc = try ProcCopy()
        try proc.add(20, "uwsgi", limit: 1024, words: Self.words)
        // Ended before the folder was opened; before its files were; and between one file and the next.
        try proc.link("30", to: "gone")
        try proc.write("x", to: "31/comm")
        try proc.add(32, "uwsgi", limit: 1024, words: Self.words)
        try FileManager.default.removeItem(atPath: proc.path + "/32/status")
        try FileManager.default.removeItem(atPath: proc.path + "/32/cgroup")
        // What is not a file: a folder, a pipe that would be waited for, a link to elsewhere, to itself.
        try proc.write("x", to: "33/stat/x")
        try proc.add(34, "sleep", limit: 1024, words: ["sleep"])
        try FileManager.default.removeItem(atPath: proc.path + "/34/stat")
        try proc.makePipe("34/stat")
        try proc.write("x", to: "35/comm")
        try proc.link("35/stat", to: "../20/stat")
        try proc.link("36", to: "36")
        // Other bytes, and names that are no process.
        try proc.write([0, 1, 0x28, 0xFF, 0xFE], to: "37/stat")
        try proc.write([UInt8](repeating: 0xFF, count: 1 << 20), to: "37/limits")
        try proc.add(38, "\u{1B}[31m) x (", limit: 1024, words: ["\u{1B}]0;x\u{7}", "\u{FFFD}"])
        try proc.write([0xFF, 0, 0x1B, 0x5B, 0xC3, 0x28, 0, 0, 0], to: "38/cmdline")
        for name in ["-40", "0", "0x29", "99999999999999999999999", "4 1"] {
            try proc.add(40, "uwsgi", limit: 1024, words: Self.words, as: name)
        }
        try proc.makeFolder(named: [0x34, 0xFF, 0xC3, 0x0A])
        let ended = try BuiltExecutable.run(["node", "--proc", proc.path])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.error.isEmpty)
        #expect(ended.text.contains("2 processes of uWSGI among 3; none in danger."), "\(ended.text)")
        #expect(!ended.output.contains(0x1B))
        let uwsgi = try NodeCommandTests.processes(["--proc", proc.path])
        #expect(Set(uwsgi.map { $0["pid"]?.number }) == [20, 32])
    }

    /// A copy of `count` processes, of which every hundredth is uWSGI's and every other command line its own.
    private func copy(of count: Int) throws -> ProcCopy {
        let proc = try ProcCopy()
        for kind in 0..<100 {
            try proc.add(
                kind, kind == 0 ? "uwsgi" : "sleep", limit: 1024,
                words: kind == 0 ? Self.words : ["sleep", "\(kind)"], as: "kinds/\(kind)")
        }
        for pid in 1...count { try proc.link("\(pid)", to: "kinds/\(pid % 100)") }
        return proc
    }

    /// The most memory that serving the metrics of a copy has taken, in bytes.
    private func peak(on proc: ProcCopy) throws -> Int {
        let output = LineReader()
        let server = try output.start(
            BuiltExecutable.path, ["node", "--proc", proc.path, "--listen", "127.0.0.1:0"])
        defer { server.send(SIGKILL) }
        let line = try #require(output.wait(seconds: 30) { $0.contains("\"started\"") })
        let address = try #require(try JSONTree(text: line)["address"]?.string)
        for _ in 0..<600 {
            if try Program.run(named: "curl", ["--silent", "http://\(address)/readyz"]).text == "ok\n" {
                break
            }
            usleep(50_000)
        }
        let metrics = try Program.run(named: "curl", ["--silent", "http://\(address)/metrics"]).text
        #expect(metrics.contains("uwsgi_max_fd_node_uwsgi_processes{state=\"safe\"}"))
        let status = try String(contentsOfFile: "/proc/\(server.identifier)/status", encoding: .utf8)
        let peak = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(peak.split(whereSeparator: \.isWhitespace)[1])) << 10
    }

    @Test func `20,000 processes, all of them counted`() throws {
        let proc = try copy(of: 20_000)
        let ended = try BuiltExecutable.run(["node", "--proc", proc.path])
        #expect(ended.status == 0)
        #expect(ended.text.contains("200 processes of uWSGI among 20000; none in danger."))
    }

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["UNDER_SANITIZER"] == nil,
            "a sanitizer keeps what was freed"))
    func `20,000 processes take hardly more memory than 100`() throws {
        let few = try peak(on: try copy(of: 100))
        let many = try peak(on: try copy(of: 20_000))
        // 200 times as many files of up to 4 KiB are read: were they kept, it would be more than this many times over.
        #expect(many - few < 16 << 20, "\(few >> 10) KiB for few, \(many >> 10) KiB for many")
    }

    @Test func `What is not a proc file system is refused, and the cure named`() throws {
        let folder = try TemporaryFolder()
        let ended = try BuiltExecutable.run(["node", "--proc", folder.path])
        #expect(ended.status == 2)
        #expect(ended.error.contains("this is not a proc file system"))
        #expect(ended.error.contains("--proc"))
    }
}
