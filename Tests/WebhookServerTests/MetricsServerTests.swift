import Foundation
import Synchronization
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// The server of metrics that are made now and then.
@Suite struct MetricsServerTests {
    private struct Unreadable: Error, CustomStringConvertible {
        let description = "/proc: Permission denied"
    }

    /// Starts a server that would make its metrics once an hour, hands its port to `body`, and stops it.
    private static func run(
        making refresh: @escaping @Sendable () throws -> [UInt8],
        _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let log = try LogFile()
        let queue = LogQueue(descriptor: log.descriptor)
        let server = MetricsServer(
            address: BindAddress(host: "127.0.0.1", port: 0), flag: "--listen", log: ServerLog(queue: queue),
            interval: .seconds(3600), refresh: refresh)
        try await server.run {
            do {
                try await body(try await port(in: log))
            } catch {
                Issue.record(error)
            }
        }
        #expect(await queue.close(within: .seconds(60)))
        #expect(log.lines.last?.contains("\"stopped\"") == true)
    }

    /// From the line that says where the server listens.
    private static func port(in log: LogFile) async throws -> Int {
        for _ in 0..<2000 {
            if let line = log.lines.first(where: { $0.contains("\"started\"") }) {
                let address = try #require(try JSONTree(text: line)["address"]?.string)
                return try #require(BindAddress(address)?.port)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Unreadable()
    }

    private static func get(_ path: String, from port: Int) async throws -> RawClient.Answer {
        let client = try await RawClient(port)
        try await client.send(Request.make("GET \(path) HTTP/1.1"))
        let answer = try await client.answer()
        await client.close()
        return answer
    }

    /// Asks until the answer has a status, for ten seconds at most.
    private static func status(of path: String, from port: Int, becomes status: Int) async throws -> Bool {
        for _ in 0..<2000 {
            if try await get(path, from: port).status == status { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test func `The metrics are made once, however often they are asked for`() async throws {
        let made = Atomic<Int>(0)
        try await Self.run(making: {
            Array("made \(made.wrappingAdd(1, ordering: .relaxed).newValue)\n".utf8)
        }) { port in
            #expect(try await Self.status(of: "/readyz", from: port, becomes: 200))
            for _ in 0..<50 {
                let answer = try await Self.get("/metrics", from: port)
                #expect(answer.status == 200)
                #expect(answer.body == "made 1\n")
            }
        }
        #expect(made.load(ordering: .relaxed) == 1)
    }

    @Test func `Probes are answered while the metrics are being made`() async throws {
        let permission = DispatchSemaphore(value: 0)
        try await Self.run(making: {
            permission.wait()
            return Array("made 1\n".utf8)
        }) { port in
            // Whatever fails here, what makes the metrics must not be left waiting.
            defer { permission.signal() }
            #expect(try await Self.get("/livez", from: port).status == 200)
            let early = try await Self.get("/readyz", from: port)
            #expect(early.status == 503)
            #expect(early.body.contains("nothing has been read yet"))
            permission.signal()
            #expect(try await Self.status(of: "/readyz", from: port, becomes: 200))
        }
    }

    @Test func `The end comes while the metrics are being made`() async throws {
        let permission = DispatchSemaphore(value: 0)
        try await Self.run(making: {
            permission.wait()
            return []
        }) { port in
            let answer = try await Self.get("/livez", from: port)
            #expect(answer.status == 200)
        }
        permission.signal()
    }

    @Test func `What cannot be read makes it unready, with the reason, and not dead`() async throws {
        try await Self.run(making: { throw Unreadable() }) { port in
            var answer = try await Self.get("/readyz", from: port)
            for _ in 0..<2000 where !answer.body.contains("Permission denied") {
                try await Task.sleep(for: .milliseconds(5))
                answer = try await Self.get("/readyz", from: port)
            }
            #expect(answer.status == 503)
            #expect(answer.body.contains("/proc: Permission denied"))
            #expect(try await Self.get("/livez", from: port).status == 200)
            #expect(try await Self.get("/webhook", from: port).status == 404)
        }
    }
}
