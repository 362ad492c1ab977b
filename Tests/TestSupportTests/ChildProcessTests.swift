import Testing

@testable import TestSupport

/// What the tests rely on when they start a program.
@Suite struct ChildProcessTests {
    @Test func `A program that reads none of its input ends as it does, and so do the tests`() throws {
        let input = [UInt8](repeating: 0x78, count: 1 << 20)
        for _ in 0..<20 {
            let ended = try Program.run(named: "true", [], input: input)
            #expect(ended.ending == .exited(0))
        }
    }

    @Test func `A program gets the signals' defaults, although the tests ignore SIGPIPE`() throws {
        let ended = try Program.run("/bin/sh", ["-c", "kill -PIPE $$; echo alive"])
        #expect(ended.ending == .signalled(13))
        #expect(ended.text.isEmpty)
    }

    @Test func `What it wrote, its status, its folder and its variables`() throws {
        let folder = try TemporaryFolder()
        let ended = try Program.run(
            "/bin/sh", ["-c", "cat; pwd; echo $A >&2; exit 7"], input: Array("in\n".utf8),
            environment: ["A": "b"], directory: folder.path)
        #expect(ended.text.hasPrefix("in\n"))
        #expect(ended.text.contains("uwsgi-max-fd-"))
        #expect(ended.error == "b\n")
        #expect(ended.status == 7)
    }

    @Test func `One that takes too long is ended`() {
        #expect(throws: Program.TimedOut.self) { try Program.run(named: "sleep", ["60"], limit: 0.2) }
    }

    @Test func `Servers end when the tests die`() throws {
        let guardian = OrphanGuard()
        let reader = LineReader()
        let server = try reader.start("/bin/sh", ["-c", "echo started; exec sleep 300"])
        let ended = try LineReader().start("/bin/sh", ["-c", "exit 3"])
        #expect(reader.wait(seconds: 30) { $0 == "started" } != nil)
        #expect(ended.wait() == .exited(3))
        guardian.watch(ended.identifier)
        guardian.watch(server.identifier)
        guardian.forget(ended.identifier)
        #expect(server.isRunning)
        guardian.abandon()
        #expect(server.wait(seconds: 30) == .signalled(9))
    }
}
