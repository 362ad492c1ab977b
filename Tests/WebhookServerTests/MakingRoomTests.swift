import Admission
import NIOCore
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// At the limit of connections one that waits for its client makes room for a newcomer.
@Suite struct MakingRoomTests {
    private static let halfHead = "POST /mutate HTTP/1.1\r\nHost: "

    @Test(arguments: [1, 3])
    func `The connection that has been idle longest makes room`(threads: Int) async throws {
        try await ServerUnderTest.run {
            $0.maxConnections = 3
            $0.threads = threads
        } _: { server in
            var clients: [RawClient] = []
            for _ in 0..<3 {
                let client = try await server.connect()
                try await client.send(Request.review())
                #expect(try await client.answer().status == 200)
                clients.append(client)
            }
            // The first one asks again, so that the second one has been idle longest.
            try await clients[0].send(Request.review())
            #expect(try await clients[0].answer().status == 200)
            for victim in [1, 2] {
                let newcomer = try await server.connect()
                try await newcomer.send(Request.review())
                #expect(try await newcomer.answer().status == 200)
                #expect(await clients[victim].untilClosed() == "")
                clients.append(newcomer)
            }
            for index in [0, 3, 4] {
                try await clients[index].send(Request.review())
                #expect(try await clients[index].answer().status == 200)
            }
            #expect(try await server.metric(#"uwsgi_max_fd_connections_total{result="evicted"}"#) == 2)
            #expect(try await server.metric(#"uwsgi_max_fd_connections_total{result="refused"}"#) == 0)
            #expect(try await server.metric(#"uwsgi_max_fd_connections_total{result="accepted"}"#) == 5)
            #expect(try await server.metric("uwsgi_max_fd_connections") == 3)
        }
    }

    @Test func `A request in flight is never interrupted`() async throws {
        try await ServerUnderTest.run {
            $0.maxConnections = 2
        } _: { server in
            let request = Request.review()
            var clients: [RawClient] = []
            for _ in 0..<2 {
                let client = try await server.connect()
                try await client.send(Array(request.dropLast(10)))
                clients.append(client)
            }
            let isBusy = try await server.eventually { server.server.requestsInFlight == 2 }
            #expect(isBusy)
            for _ in 0..<5 {
                let refused = try await server.connect()
                #expect(await refused.untilClosed() == "")
            }
            for client in clients {
                try await client.send(Array(request.suffix(10)))
                #expect(try await client.answer().status == 200)
            }
            // Now both are idle.
            try await server.expectGoodAnswer()
            #expect(try await server.metric(#"uwsgi_max_fd_connections_total{result="refused"}"#) == 5)
        }
    }

    @Test(arguments: [false, true])
    func `Newcomers by the hundred are all served while others say nothing`(overTLS: Bool) async throws {
        let files = try TestCertificates.inMemory()
        let configure: (inout ServerConfiguration) -> Void = {
            $0.maxConnections = 100
            if overTLS { $0.transport = .tls(files) }
        }
        let clientTLS = overTLS ? try TestCertificates.clientContext() : nil
        try await ServerUnderTest.run(configure, clientTLS: clientTLS) { server in
            var silent: [RawClient] = []
            // Without TLS on the client's side: not even a handshake begins.
            for _ in 0..<100 { silent.append(try await RawClient(server.port)) }
            let isFull = try await server.eventually {
                try await server.metric("uwsgi_max_fd_connections") == 100
            }
            #expect(isFull)
            for _ in 0..<3 { try await server.expectGoodAnswer() }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<90 {
                    group.addTask {
                        let client = try await server.connect()
                        try await client.send(Request.review(extra: "Connection: close\r\n"))
                        return try await client.answer().status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
            #expect(try await server.metric(#"uwsgi_max_fd_connections_total{result="refused"}"#) == 0)
            // Who had to make room has not failed.
            let sample = #"uwsgi_max_fd_tls_handshake_failures_total{reason="closed_early"}"#
            #expect(try await server.metric(sample) == 0)
            withExtendedLifetime(silent) {}
        }
    }

    /// What a client of the admin port may leave undone.
    private static let states = [
        ("nothing is asked", ""), ("half a head", "GET /livez HTTP/1.1\r\nHos"),
        ("half a body", "GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"),
        ("an answer and silence", "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("a refusal and silence", "BREW /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"),
        (
            "answers that nobody reads",
            String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: 500)
        ),
    ]

    @Test(arguments: states)
    func `The admin port answers whatever its other connections do`(_ name: String, _ bytes: String)
        async throws
    {
        try await ServerUnderTest.run {
            $0.maxAdminConnections = 4
        } _: { server in
            var others: [RawClient] = []
            for _ in 0..<6 {
                let client = try await server.connectAdmin()
                try await client.setAutoRead(false)
                if !bytes.isEmpty { client.sendAnyway(Array(bytes.utf8)) }
                others.append(client)
            }
            for _ in 0..<10 {
                let probe = try await server.connectAdmin()
                try await probe.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await probe.answer().status == 200)
            }
            withExtendedLifetime(others) {}
        }
    }

    @Test func `Idle connections to the admin port end after seconds`() async throws {
        var configuration = ServerConfiguration(
            transport: .plaintext, admission: AdmissionSettings(), version: "1")
        #expect(configuration.adminLimits.idleTimeout == .seconds(5))
        #expect(configuration.webhookLimits.idleTimeout == .seconds(120))
        configuration.idleTimeout = .milliseconds(300)
        #expect(configuration.adminLimits.idleTimeout == .milliseconds(300))
        try await ServerUnderTest.run {
            $0.idleTimeout = .milliseconds(300)
        } _: { server in
            let request = Array("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
            let client = try await server.answered(request) { try await server.connectAdmin() }
            #expect(await client.untilClosed() == "")
        }
    }
}
