import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// How requests follow each other on one connection.
@Suite struct RequestLoopTests {
    @Test func `Pipelined requests are answered in order`() async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connect()
            let requests =
                Request.review() + Request.make("GET /nowhere HTTP/1.1")
                + Request.make("GET /mutate HTTP/1.1")
                + Request.review(path: "/audit", body: Array("{}".utf8)) + Request.review(path: "/strict")
            try await client.send(requests + requests)
            for _ in 0..<2 {
                for status in [200, 404, 405, 400, 200] {
                    #expect(try await client.answer().status == status)
                }
            }
        }
    }

    @Test func `Nothing after close is answered`() async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connect()
            try await client.send(Request.review(extra: "Connection: close\r\n") + Request.review())
            #expect(try await client.answer().headers["connection"] == "close")
            #expect(await client.untilClosed() == "")
        }
    }

    @Test func `Every way to cut a request gives the same answer`() async throws {
        try await ServerUnderTest.run { server in
            let request = Request.review()
            let whole = try await server.connect()
            try await whole.send(request)
            let expected = try await whole.answer().body
            for cut in stride(from: 1, to: request.count, by: 211) {
                try await whole.send(Array(request[..<cut]))
                try await Task.sleep(for: .milliseconds(1))
                try await whole.send(Array(request[cut...]))
                let answer = try await whole.answer()
                #expect(answer.status == 200)
                #expect(answer.body == expected)
            }
        }
    }

    @Test func `Byte by byte`() async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connect()
            for byte in Request.make("GET /mutate HTTP/1.1") { try await client.send([byte]) }
            #expect(try await client.answer().status == 405)
        }
    }

    @Test func `Continue is said only to what would be taken`() async throws {
        try await ServerUnderTest.run { server in
            let body = Request.reviewBody
            let client = try await server.connect()
            let request = Request.review(body: body, extra: "Expect: 100-continue\r\n")
            try await client.send(Array(request.dropLast(body.count)))
            #expect(try await client.answer().status == 100)
            try await client.send(body)
            #expect(try await client.answer().status == 200)

            let refused: [(String, Int, Int)] = [("/nowhere", 10, 404), ("/mutate", 9 << 20, 413)]
            for (path, length, status) in refused {
                let client = try await server.connect()
                try await client.send(
                    Request.make(
                        "POST \(path) HTTP/1.1",
                        [
                            "Host: x", "Content-Type: application/json", "Content-Length: \(length)",
                            "Expect: 100-continue",
                        ]))
                #expect(try await client.answer().status == status)
                await client.untilClosed()
            }

            // HTTP/1.0 has no interim answers (RFC 9110, section 10.1.1).
            let old = try await server.connect()
            try await old.send(
                Request.make(
                    "POST /mutate HTTP/1.0",
                    ["Content-Type: application/json", "Content-Length: 2", "Expect: 100-continue"],
                    body: "{}"))
            #expect(try await old.answer().status == 400)
        }
    }

    @Test func `The answer is as the API server expects it`() async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connect()
            try await client.send(Request.review())
            let answer = try await client.answer()
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["content-length"] == String(answer.body.utf8.count))
            #expect(answer.headers["date"]?.hasSuffix(" GMT") == true)
            let review = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            #expect(review?["kind"] as? String == "AdmissionReview")
            #expect((review?["response"] as? [String: Any])?["allowed"] as? Bool == true)
        }
    }

    @Test func `Head has no body`() async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connectAdmin()
            try await client.send(
                "HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            let head = try await client.answer(toHEAD: true)
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "3")
            #expect(try await client.answer().body == "ok\n")
        }
    }

    @Test(arguments: [("0s", 503), ("-1s", 503), ("40ms", 503), ("10s", 200), ("soon", 200)])
    func `A budget that is over is not begun`(_ timeout: String, _ status: Int) async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connect()
            let request = Request.review(path: "/mutate?timeout=\(timeout)")
            try await client.send(Array(request[..<(request.count / 2)]))
            #expect(try await server.eventually { server.server.requestsInFlight == 1 })
            try await Task.sleep(for: .milliseconds(60))
            try await client.send(Array(request[(request.count / 2)...]))
            let answer = try await client.answer()
            #expect(answer.status == status)
            #expect((answer.headers["retry-after"] == "1") == (status == 503))
            #expect((answer.headers["connection"] == "close") == (status == 503))
            let reviews = try await server.metric(
                #"uwsgi_max_fd_review_duration_seconds_count{policy="mutate"}"#)
            #expect(reviews == (status == 200 ? 1 : 0))
        }
    }
}
