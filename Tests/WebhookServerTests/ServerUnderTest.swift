import Admission
import Foundation
import NIOCore
import OpenSSLTLS
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// A server on ports that the system chose, with its log in a file.
struct ServerUnderTest {
    let server: WebhookServer
    let log: LogFile
    /// What its clients speak; `nil` for plain HTTP.
    var clientTLS: TLSContext?

    var port: Int { server.address?.port ?? 0 }
    var adminPort: Int { server.adminAddress?.port ?? 0 }

    /// Starts a server, hands it to `body`, and stops it.
    static func run(
        _ change: (inout ServerConfiguration) -> Void = { _ in }, level: LogLevel = .info,
        clientTLS: TLSContext? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (ServerUnderTest) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration(
            transport: .plaintext, admission: AdmissionSettings(), version: "1.2.3-test")
        configuration.bind = BindAddress(host: "127.0.0.1", port: 0)
        configuration.adminBind = BindAddress(host: "127.0.0.1", port: 0)
        configuration.drainDelay = .milliseconds(1)
        configuration.drainTimeout = .seconds(2)
        change(&configuration)
        let log = try LogFile()
        let queue = LogQueue(descriptor: log.descriptor)
        let server = WebhookServer(configuration: configuration, log: ServerLog(queue: queue, level: level))
        try await server.start()
        do {
            try await body(ServerUnderTest(server: server, log: log, clientTLS: clientTLS))
        } catch {
            Issue.record(error)
        }
        server.beginDrain()
        await server.waitUntilClosed()
        #expect(await queue.close(within: .seconds(60)))
    }

    func connect() async throws -> RawClient { try await RawClient(port, tls: clientTLS) }

    func connectAdmin() async throws -> RawClient { try await RawClient(adminPort) }

    /// A connection that has been answered once, for tests of what happens to it when it rests.
    func answered(_ request: [UInt8], _ connect: () async throws -> RawClient) async throws -> RawClient {
        try await asked(request, connect).client
    }

    /// A connection that has been answered once, and the answer. On a busy machine one may rest too long before it has
    /// asked: then another one is made.
    private func asked(
        _ request: [UInt8], _ connect: () async throws -> RawClient
    ) async throws -> (client: RawClient, answer: RawClient.Answer) {
        var tries = 0
        while true {
            let client = try await connect()
            tries += 1
            do {
                try await client.send(request)
                let answer = try await client.answer()
                if answer.status == 200 || tries == 100 { return (client, answer) }
            } catch  where tries < 100 {
                continue
            }
        }
    }

    /// Waits until the server takes no more connections.
    func untilNobodyIsTaken(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let isClosed = try await eventually {
            guard let client = try? await connect() else { return true }
            await client.close()
            return false
        }
        #expect(isClosed, sourceLocation: sourceLocation)
    }

    /// What a well-behaved client sees on a new connection: the sign that a fault has left no trace.
    func expectGoodAnswer(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let client = try await connect()
        try await client.send(Request.review())
        let answer = try await client.answer()
        #expect(answer.status == 200, sourceLocation: sourceLocation)
        await client.close()
    }

    /// The value of one sample of `/metrics`, such as `uwsgi_max_fd_connections_total{result="refused"}`.
    func metric(_ sample: String) async throws -> Double? {
        let request = Array("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        let (client, answer) = try await asked(request) { try await connectAdmin() }
        await client.close()
        for line in answer.body.split(separator: "\n") where line.hasPrefix(sample + " ") {
            return Double(line.dropFirst(sample.count + 1))
        }
        return nil
    }

    /// Waits until `condition` holds, for ten seconds at most.
    func eventually(
        isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
    ) async throws -> Bool {
        for _ in 0..<2000 {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}

/// A file that takes a log.
final class LogFile: Sendable {
    let path: String
    let descriptor: CInt

    init() throws {
        path = NSTemporaryDirectory() + "webhook-log-\(UUID().uuidString)"
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
        try #require(descriptor >= 0)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    var lines: [String] {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
