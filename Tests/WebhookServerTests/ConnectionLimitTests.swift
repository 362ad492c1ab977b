import NIOCore
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// What one connection, and all together, may take.
@Suite struct ConnectionLimitTests {
    private static let quick: @Sendable (inout ServerConfiguration) -> Void = {
        $0.requestTimeout = .milliseconds(80)
    }

    @Test(arguments: [
        ("half a request line", "POST /mut"),
        ("half a head", "POST /mutate HTTP/1.1\r\nHost: x\r\nContent-"),
        ("only line feeds", "\r\n\r\n\r\n"),
        (
            "no body",
            "POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
        ),
        (
            "half a body",
            "POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        ),
        (
            "half a chunk",
            "POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"
        ),
        (
            "the rest of a body that nobody reads",
            "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
        ),
    ])
    func `A request that does not arrive gets 408, and the connection ends`(_ name: String, _ bytes: String)
        async throws
    {
        try await ServerUnderTest.run(Self.quick) { server in
            let client = try await server.connect()
            let start = ContinuousClock.now
            try await client.send(bytes)
            let answer = try await client.answer()
            #expect(answer.status == 408)
            #expect(answer.headers["connection"] == "close")
            #expect(ContinuousClock.now - start >= .milliseconds(75))
            await client.untilClosed()
            try await server.expectGoodAnswer()
            #expect(try await server.metric("uwsgi_max_fd_requests_in_flight") == 0)
        }
    }

    @Test func `A trickling head is not given more time`() async throws {
        try await ServerUnderTest.run(Self.quick) { server in
            let client = try await server.connect()
            try await client.send("POST /mutate HTTP/1.1\r\nHost: ")
            var sent = 0
            // A byte every few milliseconds, until the answer's first bytes are there.
            while sent < 1000, try await server.metric(Self.timeouts) == nil {
                client.sendAnyway([UInt8(ascii: "x")])
                sent += 1
                try await Task.sleep(for: .milliseconds(2))
            }
            #expect(sent < 1000)
            #expect(try await client.answer().status == 408)
            try await server.expectGoodAnswer()
        }
    }

    private static let timeouts = #"uwsgi_max_fd_http_requests_total{path="other",code="408"}"#

    @Test func `Idle connections end`() async throws {
        try await ServerUnderTest.run {
            $0.idleTimeout = .milliseconds(500)
        } _: { server in
            let silent = try await server.connect()
            let served = try await server.answered(Request.review()) { try await server.connect() }
            #expect(await silent.untilClosed() == "")
            #expect(await served.untilClosed() == "")
        }
    }

    @Test func `Silent clients by the hundred`() async throws {
        try await ServerUnderTest.run {
            Self.quick(&$0)
            $0.idleTimeout = .seconds(3)
            $0.maxConnections = 400
        } _: { server in
            var clients: [RawClient] = []
            for number in 0..<300 {
                let client = try await server.connect()
                if number % 3 == 0 { try await client.send("POST /m") }
                clients.append(client)
            }
            try await server.expectGoodAnswer()
            let gone = try await server.eventually {
                try await server.metric("uwsgi_max_fd_connections") == 0
            }
            #expect(gone)
            try await server.expectGoodAnswer()
        }
    }

    @Test func `Too many busy connections are refused at once`() async throws {
        try await ServerUnderTest.run {
            $0.maxConnections = 3
        } _: { server in
            var clients: [RawClient] = []
            let request = Request.review()
            for _ in 0..<3 {
                let client = try await server.connect()
                try await client.send(Array(request.dropLast(10)))
                clients.append(client)
            }
            #expect(try await server.eventually { server.server.requestsInFlight == 3 })
            for _ in 0..<5 {
                let refused = try await server.connect()
                #expect(await refused.untilClosed() == "")
            }
            #expect(try await server.metric(#"uwsgi_max_fd_connections_total{result="refused"}"#) == 5)
            #expect(try await server.metric(#"uwsgi_max_fd_connections_total{result="accepted"}"#) == 3)
            #expect(try await server.metric("uwsgi_max_fd_connections") == 3)
            for client in clients {
                try await client.send(Array(request.suffix(10)))
                #expect(try await client.answer().status == 200)
            }
            await clients.removeLast().close()
            let room = try await server.eventually {
                try await server.metric("uwsgi_max_fd_connections") == 2
            }
            #expect(room)
            try await server.expectGoodAnswer()
        }
    }

    @Test(arguments: [true, false])
    func `A body over the limit gets 413 before it has come`(chunked: Bool) async throws {
        try await ServerUnderTest.run {
            $0.maxBodyBytes = 100_000
        } _: { server in
            let client = try await server.connect()
            let body = Array(repeating: UInt8(ascii: "["), count: 150_000)
            if chunked {
                client.sendAnyway(
                    Request.make(
                        "POST /mutate HTTP/1.1",
                        ["Host: x", "Content-Type: application/json", "Transfer-Encoding: chunked"]))
                client.sendAnyway(Array("249f0\r\n".utf8) + body)
            } else {
                client.sendAnyway(Request.review(body: body))
            }
            let answer = try await client.answer()
            #expect(answer.status == 413)
            #expect(answer.body.contains("100000"))
            await client.untilClosed()
            try await server.expectGoodAnswer()
        }
    }

    @Test func `A body of exactly the limit is taken`() async throws {
        let body = Request.reviewBody
        try await ServerUnderTest.run {
            $0.maxBodyBytes = body.count
        } _: { server in
            try await server.expectGoodAnswer()
            let client = try await server.connect()
            client.sendAnyway(Request.review(body: body + [UInt8(ascii: " ")]))
            #expect(try await client.answer().status == 413)
        }
    }

    @Test func `Unfinished bodies share a budget`() async throws {
        try await ServerUnderTest.run {
            $0.maxBufferedBytes = 100_000
        } _: { server in
            // More than one read brings, so that it has to be gathered.
            let part = Array(repeating: UInt8(ascii: " "), count: 80_000)
            func head(_ length: Int) -> [UInt8] {
                Request.make(
                    "POST /mutate HTTP/1.1",
                    ["Host: x", "Content-Type: application/json", "Content-Length: \(length)"])
            }
            let bodies = server.server.bodies
            let first = try await server.connect()
            first.sendAnyway(head(200_000) + part)
            #expect(try await server.eventually { bodies.inUse == 80_000 })
            let second = try await server.connect()
            second.sendAnyway(head(200_000) + part)
            let answer = try await second.answer()
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == "1")
            #expect(answer.headers["connection"] == "close")
            #expect(bodies.inUse == 80_000)
            // What comes in one piece needs no budget.
            try await server.expectGoodAnswer()
            // What the first one held is given back when it goes.
            await first.close()
            #expect(try await server.eventually { bodies.inUse == 0 })
            let third = try await server.connect()
            third.sendAnyway(head(part.count) + part)
            #expect(try await third.answer().status == 400)
            #expect(bodies.inUse == 0)
        }
    }

    @Test func `Answers wait for a slow reader`() async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connect()
            try await client.setAutoRead(false)
            let count = 3000
            let request = Request.review()
            for _ in 0..<count { client.sendAnyway(request) }
            let sample = #"uwsgi_max_fd_http_requests_total{path="/mutate",code="200"}"#
            #expect(try await server.eventually { try await server.metric(sample) ?? 0 > 0 })
            // The answers fill the sockets' buffers and then the server reads no further requests; were it otherwise,
            // this is time to read them.
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await server.metric(sample) ?? 0 < Double(count))
            try await server.expectGoodAnswer()
            try await client.setAutoRead(true)
            for _ in 0..<count { #expect(try await client.answer().status == 200) }
        }
    }

    @Test func `Aborts in every phase`() async throws {
        try await ServerUnderTest.run { server in
            let request = Request.review()
            for length in [0, 1, 20, 200, request.count / 2, request.count - 1, request.count] {
                for _ in 0..<5 {
                    let client = try await server.connect()
                    if length > 0 { try await client.send(Array(request[..<length])) }
                    try await client.reset()
                }
            }
            let gone = try await server.eventually {
                try await server.metric("uwsgi_max_fd_connections") == 0
            }
            #expect(gone)
            #expect(try await server.metric("uwsgi_max_fd_requests_in_flight") == 0)
            try await server.expectGoodAnswer()
        }
    }
}
