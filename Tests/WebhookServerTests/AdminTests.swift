import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// The admin port: health and metrics.
@Suite struct AdminTests {
    @Test(arguments: [
        ("GET /livez", 200), ("GET /readyz", 200), ("GET /readyz?verbose", 200), ("GET /metrics", 200),
        ("GET /", 404),
        ("GET /mutate", 404), ("POST /livez", 405), ("DELETE /metrics", 405), ("GET /livez/", 404),
    ])
    func `Routes`(_ request: String, _ status: Int) async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connectAdmin()
            try await client.send("\(request) HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == status)
            #expect(answer.headers["allow"] == (status == 405 ? "GET, HEAD" : nil))
        }
    }

    @Test func `Takes no large body`() async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connectAdmin()
            try await client.send("GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n")
            #expect(try await client.answer().status == 413)
        }
    }

    @Test func `Has a connection limit of its own`() async throws {
        try await ServerUnderTest.run {
            $0.maxAdminConnections = 2
        } _: { server in
            let first = try await server.connectAdmin()
            let second = try await server.connectAdmin()
            for client in [first, second] {
                try await client.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await client.answer().status == 200)
            }
            let third = try await server.connectAdmin()
            try await third.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await third.answer().status == 200)
            // The first one has been idle longest.
            #expect(await first.untilClosed() == "")
            try await second.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await second.answer().status == 200)
            try await server.expectGoodAnswer()
        }
    }

    @Test func `Metrics are counted`() async throws {
        try await ServerUnderTest.run { server in
            try await server.expectGoodAnswer()
            try await server.expectGoodAnswer()
            let client = try await server.connect()
            try await client.send(Request.review(path: "/strict", body: Array("{}".utf8)))
            #expect(try await client.answer().status == 400)
            try await client.send(Request.make("GET /any/made-up/path HTTP/1.1"))
            #expect(try await client.answer().status == 404)
            let expected: [(String, Double)] = [
                (#"uwsgi_max_fd_reviews_total{policy="strict",decision="error"}"#, 1),
                (#"uwsgi_max_fd_review_duration_seconds_count{policy="mutate"}"#, 2),
                (#"uwsgi_max_fd_review_duration_seconds_bucket{policy="mutate",le="+Inf"}"#, 2),
                (#"uwsgi_max_fd_http_requests_total{path="/mutate",code="200"}"#, 2),
                (#"uwsgi_max_fd_http_requests_total{path="/strict",code="400"}"#, 1),
                (#"uwsgi_max_fd_http_requests_total{path="other",code="404"}"#, 1),
                ("uwsgi_max_fd_requests_in_flight", 0),
                (#"uwsgi_max_fd_connections_total{result="accepted"}"#, 3),
                ("uwsgi_max_fd_log_lines_dropped_total", 0),
            ]
            for (sample, value) in expected {
                #expect(try await server.metric(sample) == value, "\(sample)")
            }
            #expect(try await server.metric("process_open_fds") ?? 0 > 5)
            #expect(try await server.metric("process_resident_memory_bytes") ?? 0 > 1e6)
            let started = try await server.metric("process_start_time_seconds") ?? 0
            #expect(abs(started - Date.now.timeIntervalSince1970) < 3600)
        }
    }

    @Test func `Never shows what a client made up`() async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connect()
            try await client.send(
                Request.make("GET /secret-\"path HTTP/1.1", ["Host: secret-host", "X: secret-header"]))
            _ = try await client.answer()
            let admin = try await server.connectAdmin()
            try await admin.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await admin.answer()
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(!answer.body.contains("secret"))
        }
    }
}
