import Admission
import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// What concerns the whole process, each in a process of its own: signals, and a lack of file descriptors.
@Suite struct ProcessTests {
    private static func makeServer() -> (WebhookServer, LogQueue) {
        var configuration = ServerConfiguration(
            transport: .plaintext, admission: AdmissionSettings(), version: "1")
        configuration.bind = BindAddress(host: "127.0.0.1", port: 0)
        configuration.adminBind = BindAddress(host: "127.0.0.1", port: 0)
        configuration.drainDelay = .milliseconds(50)
        let queue = LogQueue(descriptor: open("/dev/null", O_WRONLY))
        return (WebhookServer(configuration: configuration, log: ServerLog(queue: queue)), queue)
    }

    private static func waitForStart(_ server: WebhookServer) async -> Int {
        await until { server.address != nil }
        return server.address?.port ?? 0
    }

    /// Waits for what the tests' time limit ends where it does not come.
    private static func until(_ condition: () -> Bool) async {
        while !condition() { try? await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func `One signal drains`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let (server, _) = Self.makeServer()
            Task {
                _ = await Self.waitForStart(server)
                kill(getpid(), SIGTERM)
            }
            exit(try await server.runUntilSignalled())
        }
    }

    @Test func `A second signal ends at once`() async {
        await #expect(processExitsWith: .exitCode(128 + SIGINT)) {
            let (server, _) = Self.makeServer()
            Task {
                let port = await Self.waitForStart(server)
                // A request under way, which an orderly shutdown would wait for.
                let client = try await RawClient(port)
                try await client.send("POST /mutate HTTP/1.1\r\n")
                kill(getpid(), SIGTERM)
                await Self.until { server.notReadyReason() == "shutting down" }
                kill(getpid(), SIGINT)
                await client.untilClosed()
            }
            exit(try await server.runUntilSignalled())
        }
    }

    /// With few descriptors the server takes fewer connections, so that it always has some left.
    @Test func `Takes no more connections than it has descriptors for`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            guard limitDescriptors(to: 224) else { exit(11) }
            let (server, _) = Self.makeServer()
            try await server.start()
            let port = server.address?.port ?? 0
            let clients = (0..<20).compactMap { _ in BlockingClient(port) }
            let served = clients.prefix { $0.ask() == 200 }.count
            guard served == 20 else { exit(12) }
            // 224 less 64 for the admin port, 64, 32 newcomers at each port, and 3 for each of the two loops leaves 26.
            let more = (0..<10).compactMap { _ in BlockingClient(port) }
            let servedToo = more.prefix { $0.ask() == 200 }.count
            guard servedToo == 10 else { exit(13) }
            guard server.metricsText().contains(#"connections_total{result="evicted"} 4"#) else { exit(14) }
            guard server.metricsText().contains(#"connections_total{result="failed"} 0"#) else { exit(15) }
            exit(0)
        }
    }

    /// Should descriptors run out all the same, then the listener rests, and serves again when there are some.
    @Test func `Recovers when descriptors run out`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let (server, _) = Self.makeServer()
            try await server.start()
            let port = server.address?.port ?? 0
            // Each connection takes two here, one at either end. The last clients are connected, as they see
            // it, but there is no descriptor left to accept them with.
            guard let first = BlockingClient(port), first.ask() == 200 else { exit(10) }
            guard limitDescriptors(to: 20 + highestDescriptor()) else { exit(11) }
            var clients: [BlockingClient] = []
            while let client = BlockingClient(port) { clients.append(client) }
            guard clients.count > 4 else { exit(12) }
            let before = clock()
            usleep(500_000)
            guard clock() - before < CLOCKS_PER_SEC / 4 else { exit(13) }
            guard first.ask() == 200 else { exit(14) }
            clients.removeFirst(clients.count * 3 / 4)
            // Those that were waiting are served now, and newcomers.
            guard clients.allSatisfy({ $0.ask() == 200 }) else { exit(15) }
            guard let newcomer = BlockingClient(port), newcomer.ask() == 200 else { exit(16) }
            guard !server.metricsText().contains(#"connections_total{result="failed"} 0"#) else { exit(17) }
            exit(0)
        }
    }
}

private func limitDescriptors(to count: Int) -> Bool {
    var limit = rlimit(rlim_cur: rlim_t(count), rlim_max: rlim_t(count))
    return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
}

private func highestDescriptor() -> Int {
    Int((3..<4096).last { fcntl($0, F_GETFD) >= 0 } ?? 3)
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool {
        String(decoding: self, as: UTF8.self).contains(text)
    }
}
