import Foundation
import TestSupport

/// The faults that the server must survive.
enum FaultTable {
    static let host = "Host: x"
    static let json = "Content-Type: application/json"
    static let chunked = "Transfer-Encoding: chunked"

    /// The identity of the review that is asked for rightfully.
    static let rightfulUID = "2434988f-7dbe-4f49-90bf-360337ad13ba"

    /// The identity of a review that hides in another request's body or behind it.
    static let smuggledUID = "5bad5bad-0000-4000-8000-000000000000"

    /// A whole request for a review that the client may not get answered.
    static let smuggled: [UInt8] = {
        let text = String(decoding: Request.reviewBody, as: UTF8.self)
        let body = text.replacing(rightfulUID, with: smuggledUID)
        return Request.review(body: Array(body.utf8))
    }()

    static func post(_ headers: [String], _ body: String = "", version: String = "1.1") -> [UInt8] {
        Request.make("POST /mutate HTTP/\(version)", [host, json] + headers, body: body)
    }

    /// Heads in which two readers may see different bodies, each followed by a second request: it must not be
    /// answered (RFC 9112, sections 6 and 11.2).
    static let smuggling: [Fault] =
        [
            ("length, then chunked", ["Content-Length: 5", chunked], "0\r\n\r\n"),
            ("chunked, then length", [chunked, "Content-Length: 5"], "0\r\n\r\n"),
            ("length of nothing, and chunked", ["Content-Length: 0", chunked], "0\r\n\r\n"),
            ("two lengths that differ", ["Content-Length: 2", "Content-Length: 3"], "{} "),
            ("the same length twice", ["Content-Length: 2", "Content-Length: 2"], "{}"),
            ("a list of lengths", ["Content-Length: 2, 2"], "{}"),
            ("a signed length", ["Content-Length: +2"], "{}"),
            ("a length in hexadecimal", ["Content-Length: 0x2"], "{}"),
            ("a length with a blank", ["Content-Length: 2 2"], "{}"),
            ("a length beyond 64 bits", ["Content-Length: 18446744073709551618"], "{}"),
            ("no length", ["Content-Length:"], "{}"),
            ("a blank before the length's colon", ["Content-Length : 2"], "{}"),
            ("chunked, identity", ["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"),
            ("identity, chunked", ["Transfer-Encoding: identity, chunked"], "0\r\n\r\n"),
            ("gzip, chunked", ["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n"),
            ("chunked twice", ["Transfer-Encoding: chunked, chunked"], "0\r\n\r\n"),
            ("two transfer codings", [chunked, "Transfer-Encoding: identity"], "0\r\n\r\n"),
            ("identity", ["Transfer-Encoding: identity", "Content-Length: 2"], "{}"),
            ("xchunked", ["Transfer-Encoding: xchunked"], "0\r\n\r\n"),
            ("chunked in quotes", ["Transfer-Encoding: \"chunked\""], "0\r\n\r\n"),
            ("a vertical tab before chunked", ["Transfer-Encoding: \u{0B}chunked"], "0\r\n\r\n"),
            ("no transfer coding", ["Transfer-Encoding:", "Content-Length: 2"], "{}"),
            ("a blank before the coding's colon", ["Transfer-Encoding : chunked"], "0\r\n\r\n"),
            ("a folded transfer coding", ["Transfer-Encoding:\r\n chunked"], "0\r\n\r\n"),
            ("a length behind a bare line feed", ["X: y\nContent-Length: 2"], "{}"),
        ].map { name, headers, body in
            Fault.sent(name, post(headers, body) + smuggled, [400])
        } + [
            Fault.sent(
                "a transfer coding in HTTP/1.0",
                post([chunked, "Connection: keep-alive"], "0\r\n\r\n", version: "1.0") + smuggled,
                [400]),
            // Here both readers see one request, whose body is the other.
            Fault.sent(
                "a review as the body of GET",
                Request.make("GET /mutate HTTP/1.1", [host, "Content-Length: \(smuggled.count)"]) + smuggled
                    + Request.make("GET /mutate HTTP/1.1", [host, "Connection: close"]), [405, 405]),
            Fault.sent(
                "a review as a chunk of GET",
                Request.make("GET /mutate HTTP/1.1", [host, chunked])
                    + Request.chunks(of: smuggled, size: 4000)
                    + Request.make("GET /mutate HTTP/1.1", [host, "Connection: close"]), [405, 405]),
            Fault.sent(
                "a review after the last", Request.review(extra: "Connection: close\r\n") + smuggled, [200],
                reviews: 1),
            Fault.sent(
                "a review after CONNECT", Request.make("CONNECT example.org:443 HTTP/1.1", [host]) + smuggled,
                [404]),
            Fault.sent(
                "a review after an upgrade",
                Request.make("GET /mutate HTTP/1.1", [host, "Connection: Upgrade", "Upgrade: h2c"])
                    + smuggled, [405]),
            Fault.sent(
                "a review after another expectation",
                post(["Expect: a-miracle", "Content-Length: 2"], "{}") + smuggled, [417]),
        ]

    /// Chunks that are none (RFC 9112, section 7.1), each followed by a second request.
    static let chunks: [Fault] =
        [
            ("no size", "xyz\r\n{}\r\n0\r\n\r\n"), ("a negative size", "-2\r\n{}\r\n0\r\n\r\n"),
            ("a size in 0x", "0x2\r\n{}\r\n0\r\n\r\n"), ("a signed size", "+2\r\n{}\r\n0\r\n\r\n"),
            ("a blank before the size", " 2\r\n{}\r\n0\r\n\r\n"), ("an empty size", "\r\n{}\r\n0\r\n\r\n"),
            ("no line end after the data", "2\r\n{}0\r\n\r\n"),
            ("more data than said", "2\r\n{}x\r\n0\r\n\r\n"),
            ("a size that overflows 64 bits", "10000000000000002\r\n{}\r\n0\r\n\r\n"),
            ("a size of 18 digits", "FFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"),
            ("a bare line feed after the size", "2\n{}\r\n0\r\n\r\n"),
            ("a bare line feed after the data", "2\r\n{}\n0\r\n\r\n"),
            ("a bare line feed in an extension", "2;a\nb\r\n{}\r\n0\r\n\r\n"),
            ("a bare carriage return after the size", "2\r{}\r\n0\r\n\r\n"),
            ("NUL in an extension", "2;a=\u{0}\r\n{}\r\n0\r\n\r\n"),
            ("a folded trailer", "2\r\n{}\r\n0\r\nX: y\r\n z\r\n\r\n"),
            ("a trailer with a blank before the colon", "2\r\n{}\r\n0\r\nX : y\r\n\r\n"),
            ("a length as trailer", "2\r\n{}\r\n0\r\nContent-Length: 3\r\n\r\n"),
            ("a transfer coding as trailer", "2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ].map { name, body in Fault.sent(name, post([chunked], body) + smuggled, [400]) } + [
            Fault.sent(
                "too many trailers",
                post([chunked], "2\r\n{}\r\n0\r\n" + (0..<200).map { "X-\($0): y\r\n" }.joined() + "\r\n"),
                [431]),
            Fault.sent(
                "a trailer that is too long",
                post([chunked], "2\r\n{}\r\n0\r\nX: " + String(repeating: "y", count: 20_000) + "\r\n\r\n"),
                [431]),
            Fault.sent(
                // It is skipped, and not kept.
                "an extension of 200 kB",
                Request.make(
                    "POST /mutate HTTP/1.1", [host, json, chunked, "Connection: close"],
                    body: "2;" + String(repeating: "y", count: 200_000) + "\r\n{}\r\n0\r\n\r\n"), [400]),
            Fault.sent(
                "extensions and trailers that are right",
                Request.make(
                    "POST /mutate HTTP/1.1", [host, json, chunked, "Connection: close"],
                    body: "2;a=b;c=\"d\"\r\n{}\r\n0\r\nX-Trailer: y\r\n\r\n"), [400]),
        ]
}
