import Admission
import Foundation
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
        while true {
            if let port = server.address?.port { return port }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func oneSignalDrains() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let (server, _) = Self.makeServer()
            Task {
                _ = await Self.waitForStart(server)
                kill(getpid(), SIGTERM)
            }
            exit(try await server.runUntilSignalled())
        }
    }

    @Test func aSecondSignalEndsAtOnce() async {
        await #expect(processExitsWith: .exitCode(128 + SIGINT)) {
            let (server, _) = Self.makeServer()
            Task {
                let port = await Self.waitForStart(server)
                // A request under way, which an orderly shutdown would wait for.
                let client = try await RawClient(port)
                try await client.send("POST /mutate HTTP/1.1\r\n")
                kill(getpid(), SIGTERM)
                try await Task.sleep(for: .milliseconds(300))
                kill(getpid(), SIGINT)
                await client.untilClosed()
            }
            exit(try await server.runUntilSignalled())
        }
    }

    @Test func recoversWhenFileDescriptorsRunOut() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let (server, _) = Self.makeServer()
            try await server.start()
            let port = server.address?.port ?? 0
            // From here on there is room for some twenty more descriptors.
            let open = SmallFile.countDescriptors() ?? 0
            var limit = rlimit(rlim_cur: rlim_t(open + 20), rlim_max: rlim_t(open + 20))
            precondition(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            // Each connection takes two here, one at either end: they run out on both sides.
            var clients: [RawClient] = []
            while let client = try? await RawClient(port) { clients.append(client) }
            precondition(clients.count > 5 && clients.count < 25)
            try await Task.sleep(for: .milliseconds(300))
            await clients.removeLast().close()
            try await Task.sleep(for: .milliseconds(300))
            let text = String(decoding: server.metricsText(), as: UTF8.self)
            let failed = text.split(separator: "\n").first { $0.contains(#"result="failed""#) }
            precondition(failed?.hasSuffix(" 0") == false, text)
            // The listener neither closed nor spins, and serves again when there is room.
            for client in clients { await client.close() }
            clients = []
            let before = clock()
            try await Task.sleep(for: .milliseconds(400))
            precondition(clock() - before < CLOCKS_PER_SEC / 5, "the listener spins")
            let client = try await RawClient(port)
            try await client.send(Request.review())
            let status = try await client.answer().status
            precondition(status == 200)
            exit(0)
        }
    }
}
