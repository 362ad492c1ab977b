import Admission
import Foundation
import NIOCore
import NIOPosix
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

import Glibc

/// `[::]`, which both ports listen on by default.
@Suite struct DualStackTests {
    /// Opens an admin port on `[::]`, with a system that answers the first attempt with an error.
    private static func open(failingWith number: CInt?, _ body: (Listener, LogFile) async throws -> Void)
        async throws
    {
        let log = try LogFile()
        let queue = LogQueue(descriptor: log.descriptor)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let limits = ConnectionLimits(
            maxBodyBytes: 1, requestTimeout: .seconds(10), idleTimeout: .seconds(10))
        var plan = Listener.Plan(
            address: BindAddress(host: "::", port: 0), flag: "--admin-bind", maxConnections: 4,
            open: Counter(), results: nil, log: ServerLog(queue: queue), addTransport: { _ in false })
        if let number {
            plan.bind = { bootstrap, address in
                if address.host == "::" { throw IOError(errnoCode: number, reason: "socket") }
                return try await bootstrap.bind(host: address.host, port: address.port).get()
            }
        }
        let listener = try await Listener.open(plan, acceptor: group.next(), workers: group) { _, loop in
            Listener.LoopShare(
                state: LoopState(
                    eventLoop: loop, metrics: LoopMetrics(), phase: AtomicPhase(),
                    bodies: BodyBudget(limit: 1),
                    limits: limits),
                routes: AdminRoutes(notReadyReason: { nil }, metrics: { [] }))
        }
        try await body(listener, log)
        try await listener.channel.close().get()
        try await group.shutdownGracefully()
        #expect(await queue.close(within: .seconds(60)))
    }

    private static func expectAnswer(_ listener: Listener, host: String) async throws {
        let client = try await RawClient(listener.address.port, host: host)
        try await client.send(Request.make("GET /livez HTTP/1.1"))
        #expect(try await client.answer().status == 200)
        await client.close()
    }

    @Test(arguments: [EAFNOSUPPORT, EADDRNOTAVAIL])
    func `Where there is no IPv6, IPv4 is served, and the log says so`(number: CInt) async throws {
        try await Self.open(failingWith: number) { listener, log in
            #expect(listener.address.host == "0.0.0.0")
            try await Self.expectAnswer(listener, host: "127.0.0.1")
            for _ in 0..<1000 where log.lines.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            let line = try JSONTree(text: try #require(log.lines.first))
            #expect(line["msg"]?.string == "no IPv6 here: listening on IPv4 only")
            #expect(line["flag"]?.string == "--admin-bind")
            #expect(line["askedFor"]?.string == "[::]:0")
        }
    }

    @Test func `Other errors are errors`() async throws {
        let error = await #expect(throws: ServerError.self) {
            try await Self.open(failingWith: EACCES) { _, _ in }
        }
        #expect(error?.description.contains("[::]:0") == true)
    }

    private static let hasIPv6 = FileManager.default.fileExists(atPath: "/proc/net/if_inet6")

    @Test(.enabled(if: hasIPv6, "this machine has no IPv6"))
    func `Where there is, both are served`() async throws {
        try await Self.open(failingWith: nil) { listener, log in
            #expect(listener.address.host == "::")
            try await Self.expectAnswer(listener, host: "127.0.0.1")
            try await Self.expectAnswer(listener, host: "::1")
            #expect(log.lines.isEmpty)
        }
    }

    @Test func `It is the default`() {
        let configuration = ServerConfiguration(
            transport: .plaintext, admission: AdmissionSettings(), version: "1")
        #expect(configuration.bind.description == "[::]:8443")
        #expect(configuration.adminBind.description == "[::]:8081")
    }
}
