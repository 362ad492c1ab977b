import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// One request and what it gets.
struct RequestRow: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var status: Int
    /// Whether the answer ends the connection.
    var closes: Bool
    var testDescription: String { name }

    init(_ name: String, _ bytes: [UInt8], _ status: Int, closes: Bool = false) {
        self.name = name
        self.bytes = bytes
        self.status = status
        self.closes = closes
    }
}

/// Which status each request gets on the webhook's port, and whether the connection goes on.
@Suite struct RequestTableTests {
    private static let json = "Content-Type: application/json"
    private static let host = "Host: x"

    static let routes: [RequestRow] = [
        RequestRow("mutate", Request.review(path: "/mutate"), 200),
        RequestRow("strict", Request.review(path: "/strict"), 200),
        RequestRow("audit", Request.review(path: "/audit"), 200),
        RequestRow("a query", Request.review(path: "/mutate?timeout=10s"), 200),
        RequestRow("an odd query", Request.review(path: "/mutate?x=%zz&timeout=soon&="), 200),
        RequestRow("a path below", Request.review(path: "/mutate/"), 404),
        RequestRow("another case", Request.review(path: "/Mutate"), 404),
        RequestRow("escaped letters", Request.review(path: "/%6dutate"), 404),
        RequestRow("the root", Request.review(path: "/"), 404),
        RequestRow("admin paths are elsewhere", Request.make("GET /metrics HTTP/1.1"), 404),
        RequestRow("GET", Request.make("GET /mutate HTTP/1.1"), 405),
        RequestRow(
            "PUT with a body",
            Request.make("PUT /strict HTTP/1.1", [host, "Content-Length: 3"], body: "abc"), 405),
        RequestRow(
            "no content type",
            Request.make("POST /mutate HTTP/1.1", [host, "Content-Length: 2"], body: "{}"), 415),
        RequestRow(
            "another content type",
            Request.make(
                "POST /mutate HTTP/1.1", [host, "Content-Type: text/plain", "Content-Length: 2"], body: "{}"),
            415),
        RequestRow(
            "a longer content type",
            Request.make(
                "POST /mutate HTTP/1.1", [host, "Content-Type: application/jsonx", "Content-Length: 2"],
                body: "{}"), 415),
        RequestRow(
            "two content types",
            Request.make("POST /mutate HTTP/1.1", [host, json, json, "Content-Length: 2"], body: "{}"), 415),
        RequestRow(
            "content type in another case, with parameters",
            Request.make(
                "POST /mutate HTTP/1.1",
                [host, "content-type:  Application/JSON ; charset=utf-8", "Content-Length: 2"], body: "{}"),
            400),
        RequestRow("no AdmissionReview", Request.review(body: Array("{}".utf8)), 400),
        RequestRow("no JSON", Request.review(body: Array("hello".utf8)), 400),
        RequestRow("an empty body", Request.review(body: []), 400),
        RequestRow("no body at all", Request.make("POST /mutate HTTP/1.1", [host, json]), 400),
        RequestRow("NUL", Request.review(body: [0, 0, 0]), 400),
        RequestRow(
            "invalid UTF-8",
            Request.review(body: Array("{\"kind\":\"".utf8) + [0xFF, 0xC0] + Array("\"}".utf8)), 400),
        RequestRow(
            "nested arrays", Request.review(body: Array(repeating: UInt8(ascii: "["), count: 3_000_000)), 413),
        RequestRow(
            "a number of 400 digits",
            Request.review(body: Array("{\"kind\":\(String(repeating: "9", count: 400))}".utf8)),
            400),
    ]

    @Test(arguments: routes)
    func `Routes`(_ row: RequestRow) async throws { try await check(row) }

    static let framing: [RequestRow] = [
        RequestRow(
            "chunked",
            Request.make("POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: chunked"])
                + Request.chunks(of: Request.reviewBody, size: 700), 200),
        RequestRow(
            "chunked, with extensions and trailers",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: chunked"],
                body: "2;a=b\r\n{}\r\n0\r\nX-Trailer: y\r\n\r\n"), 400),
        RequestRow(
            "length and chunked",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Content-Length: 5", "Transfer-Encoding: chunked"],
                body: "0\r\n\r\n"), 400, closes: true),
        RequestRow(
            "chunked and length",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: chunked", "Content-Length: 5"],
                body: "0\r\n\r\n"), 400, closes: true),
        RequestRow(
            "two lengths",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Content-Length: 2", "Content-Length: 3"], body: "{} "),
            400, closes: true),
        RequestRow(
            "the same length twice",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Content-Length: 2", "Content-Length: 2"], body: "{}"),
            400, closes: true),
        RequestRow(
            "a list of lengths",
            Request.make("POST /mutate HTTP/1.1", [host, json, "Content-Length: 2, 2"], body: "{}"), 400,
            closes: true),
        RequestRow(
            "a negative length",
            Request.make("POST /mutate HTTP/1.1", [host, json, "Content-Length: -2"], body: "{}"), 400,
            closes: true),
        RequestRow(
            "a signed length",
            Request.make("POST /mutate HTTP/1.1", [host, json, "Content-Length: +2"], body: "{}"), 400,
            closes: true),
        RequestRow(
            "a length in hexadecimal",
            Request.make("POST /mutate HTTP/1.1", [host, json, "Content-Length: 0x2"], body: "{}"), 400,
            closes: true),
        RequestRow(
            "a length beyond 64 bits",
            Request.make("POST /mutate HTTP/1.1", [host, json, "Content-Length: 99999999999999999999"]), 400,
            closes: true),
        RequestRow(
            "a transfer coding that nobody has",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: gzip, chunked"], body: "0\r\n\r\n"),
            400, closes: true),
        RequestRow(
            "two transfer codings",
            Request.make(
                "POST /mutate HTTP/1.1",
                [host, json, "Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
                body: "0\r\n\r\n"), 400, closes: true),
        RequestRow(
            "a transfer coding in disguise",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: xchunked"], body: "0\r\n\r\n"), 400,
            closes: true),
        RequestRow(
            "a blank before the colon",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding : chunked"], body: "0\r\n\r\n"), 400,
            closes: true),
        RequestRow(
            "a folded header",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "X: a\r\n b", "Content-Length: 2"], body: "{}"), 400,
            closes: true),
        RequestRow(
            "a chunk without a size",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: chunked"], body: "xyz\r\n"), 400,
            closes: true),
        RequestRow(
            "a chunk with a negative size",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: chunked"], body: "-1\r\n"), 400,
            closes: true),
        RequestRow(
            "a chunk larger than said",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: chunked"],
                body: "2\r\n{}x\r\n0\r\n\r\n"),
            400, closes: true),
        RequestRow(
            "a chunk size beyond 64 bits",
            Request.make(
                "POST /mutate HTTP/1.1", [host, json, "Transfer-Encoding: chunked"],
                body: "FFFFFFFFFFFFFFFFFF\r\n{}"), 400, closes: true),
        RequestRow(
            "HTTP/1.0 with a transfer coding",
            Request.make(
                "POST /mutate HTTP/1.0", [host, json, "Transfer-Encoding: chunked"], body: "0\r\n\r\n"), 400,
            closes: true),
    ]

    @Test(arguments: framing)
    func `Framing of the body`(_ row: RequestRow) async throws { try await check(row) }

    static let heads: [RequestRow] = [
        RequestRow("no Host", Request.make("GET /mutate HTTP/1.1", []), 400, closes: true),
        RequestRow("two Hosts", Request.make("GET /mutate HTTP/1.1", [host, "Host: y"]), 400, closes: true),
        RequestRow("HTTP/1.0 without Host", Request.make("GET /mutate HTTP/1.0", []), 405, closes: true),
        RequestRow(
            "HTTP/1.0 that stays", Request.make("GET /mutate HTTP/1.0", ["Connection: keep-alive"]), 405),
        RequestRow("Connection: close", Request.review(extra: "Connection: close\r\n"), 200, closes: true),
        RequestRow(
            "an upgrade",
            Request.make("GET /mutate HTTP/1.1", [host, "Connection: Upgrade", "Upgrade: h2c"]), 405,
            closes: true),
        RequestRow("CONNECT", Request.make("CONNECT example.org:443 HTTP/1.1", [host]), 404, closes: true),
        RequestRow("HTTP/2 in clear", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), 400, closes: true),
        RequestRow("HTTP/0.9", Array("GET /mutate\r\n\r\n".utf8), 400, closes: true),
        RequestRow("no such version", Request.make("GET /mutate HTTP/3.1"), 400, closes: true),
        RequestRow("no such method", Request.make("BREW /mutate HTTP/1.1"), 400, closes: true),
        RequestRow("a method in small letters", Request.make("post /mutate HTTP/1.1"), 400, closes: true),
        RequestRow(
            "a TLS hello", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03], 400,
            closes: true),
        RequestRow("garbage", Array("\u{0}\u{1}\u{2}\u{3}garbage\r\n\r\n".utf8), 400, closes: true),
        RequestRow(
            "NUL in a header", Request.make("GET /mutate HTTP/1.1", [host, "X: a\u{0}b"]), 400, closes: true),
        RequestRow(
            "an empty header name", Request.make("GET /mutate HTTP/1.1", [host, ": x"]), 400, closes: true),
        RequestRow(
            "a bare line feed in a header", Request.make("GET /mutate HTTP/1.1", [host, "X: a\nY: b"]), 400,
            closes: true),
        RequestRow(
            "a bare carriage return", Request.make("GET /mutate HTTP/1.1", [host, "X: a\rY: b"]), 400,
            closes: true),
        RequestRow("another expectation", Request.review(extra: "Expect: a-miracle\r\n"), 417, closes: true),
        RequestRow(
            "a long path", Request.make("GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1"), 431,
            closes: true),
        RequestRow(
            "a long header",
            Request.make("GET / HTTP/1.1", [host, "X: \(String(repeating: "a", count: 20_000))"]), 431,
            closes: true),
        RequestRow(
            "many headers", Request.make("GET / HTTP/1.1", [host] + (0..<101).map { "X-\($0): y" }), 431,
            closes: true),
        RequestRow(
            "a large head",
            Request.make(
                "GET / HTTP/1.1", [host] + (0..<60).map { "X-\($0): \(String(repeating: "a", count: 2000))" }),
            431, closes: true),
        RequestRow(
            "a body too large, by its length",
            Request.make("POST /mutate HTTP/1.1", [host, json, "Content-Length: 8388609"]), 413, closes: true),
    ]

    @Test(arguments: heads)
    func `Heads`(_ row: RequestRow) async throws { try await check(row) }

    private func check(_ row: RequestRow) async throws {
        try await ServerUnderTest.run { server in
            let client = try await server.connect()
            client.sendAnyway(row.bytes)
            let answer = try await client.answer()
            #expect(answer.status == row.status, "\(answer.body)")
            #expect((answer.headers["connection"] == "close") == row.closes)
            if row.status != 200 {
                let body = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: String]
                #expect(body?["error"]?.isEmpty == false)
                #expect(answer.headers["content-type"] == "application/json")
            }
            #expect((answer.headers["allow"] != nil) == (row.status == 405))
            if row.closes {
                #expect(await client.untilClosed() == "")
            } else {
                try await client.send(Request.review())
                #expect(try await client.answer().status == 200)
            }
            try await server.expectGoodAnswer()
        }
    }
}
