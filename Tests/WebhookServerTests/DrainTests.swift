import Foundation
import NIOCore
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// An orderly shutdown loses nothing.
@Suite struct DrainTests {
    private static func config(_ delay: Duration, _ timeout: Duration = .seconds(60))
        -> @Sendable (inout ServerConfiguration) -> Void
    {
        {
            $0.drainDelay = delay
            $0.drainTimeout = timeout
        }
    }

    @Test func `Readiness fails and every answer ends its connection`() async throws {
        // The delay is over when the test says so: on a busy machine any that is short may be too short.
        try await ServerUnderTest.run(Self.config(.seconds(3600))) { server in
            defer {
                server.server.beginDrain()
                server.server.endDrainDelay()
            }
            let kept = try await server.connect()
            try await kept.send(Request.review())
            #expect(try await kept.answer().headers["connection"] == nil)

            server.server.beginDrain()
            let admin = try await server.connectAdmin()
            try await admin.send(
                "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            let readiness = try await admin.answer()
            #expect(readiness.status == 503)
            #expect(readiness.body == "not ready: shutting down\n")
            #expect(try await admin.answer().status == 200)

            try await kept.send(Request.review())
            let last = try await kept.answer()
            #expect(last.status == 200)
            #expect(last.headers["connection"] == "close")
            #expect(await kept.untilClosed() == "")

            // New connections are still served: the cluster may not know yet.
            let late = try await server.connect()
            try await late.send(Request.review())
            #expect(try await late.answer().headers["connection"] == "close")
        }
    }

    @Test func `A request under way is answered`() async throws {
        try await ServerUnderTest.run(Self.config(.milliseconds(1))) { server in
            let client = try await server.connect()
            let request = Request.review()
            try await client.send(Array(request[..<100]))
            #expect(try await server.eventually { try await server.metric("uwsgi_max_fd_connections") == 1 })
            server.server.beginDrain()
            try await server.untilNobodyIsTaken()
            try await client.send(Array(request[100...]))
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == "close")
            await server.server.waitUntilClosed()
        }
    }

    @Test func `A connection that has not asked yet is answered`() async throws {
        try await ServerUnderTest.run(Self.config(.milliseconds(1))) { server in
            let client = try await server.connect()
            #expect(try await server.eventually { try await server.metric("uwsgi_max_fd_connections") == 1 })
            server.server.beginDrain()
            try await server.untilNobodyIsTaken()
            try await client.send(Request.review())
            #expect(try await client.answer().status == 200)
        }
    }

    @Test func `Idle connections do not hold it up`() async throws {
        try await ServerUnderTest.run(Self.config(.milliseconds(1), .seconds(120))) { server in
            let client = try await server.connect()
            try await client.send(Request.review())
            #expect(try await client.answer().status == 200)
            let time = await ContinuousClock().measure {
                server.server.beginDrain()
                await server.server.waitUntilClosed()
            }
            #expect(time < .seconds(60))
            #expect(await client.untilClosed() == "")
            #expect(server.log.lines.last?.contains("connectionsAbandoned") == false)
        }
    }

    @Test func `The timeout ends it`() async throws {
        try await ServerUnderTest.run(Self.config(.milliseconds(1), .milliseconds(200))) { server in
            let client = try await server.connect()
            try await client.send("POST /mutate HTTP/1.1\r\n")
            #expect(try await server.eventually { try await server.metric("uwsgi_max_fd_connections") == 1 })
            let time = await ContinuousClock().measure {
                server.server.beginDrain()
                await server.server.waitUntilClosed()
            }
            #expect(time >= .milliseconds(200) && time < .seconds(60))
            await client.untilClosed()
            let logged = try await server.eventually {
                server.log.lines.contains { $0.contains(#""connectionsAbandoned":1"#) }
            }
            #expect(logged)
        }
    }

    @Test func `The port is free afterwards`() async throws {
        var port = 0
        try await ServerUnderTest.run { server in port = server.port }
        try await ServerUnderTest.run {
            $0.bind.port = port
        } _: { server in
            #expect(server.port == port)
            try await server.expectGoodAnswer()
        }
    }

    /// Eight clients ask as fast as they can, as the API server does: they keep a connection until the answer
    /// says that it ends. A client that can still connect is answered.
    @Test func `Under load no request is lost`() async throws {
        let tally = Tally()
        try await ServerUnderTest.run(Self.config(.milliseconds(300))) { server in
            let port = server.port
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var client: RawClient?
                        while true {
                            let isNew = client == nil
                            if client == nil { client = try? await RawClient(port) }
                            guard let connection = client else { return }
                            do {
                                try await connection.send(Request.review())
                                let answer = try await connection.answer()
                                if answer.status == 200 { await tally.answered() }
                                if answer.headers["connection"] == "close" { client = nil }
                            } catch {
                                await tally.lost("new: \(isNew), \(error)")
                                client = nil
                            }
                        }
                    }
                }
                group.addTask {
                    while await tally.answers < 100 { try? await Task.sleep(for: .milliseconds(5)) }
                    server.server.beginDrain()
                }
            }
        }
        let (answers, losses) = (await tally.answers, await tally.losses)
        #expect(losses == [])
        #expect(answers > 100)
    }
}

/// What a load of requests came to.
private actor Tally {
    private(set) var answers = 0
    private(set) var losses: [String] = []

    func answered() { answers += 1 }
    func lost(_ why: String) { losses.append(why) }
}
