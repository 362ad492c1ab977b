import TestSupport

extension FaultTable {
    private static func repeated(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count)
    }

    /// Request lines and header fields that are none (RFC 9112, sections 2.2, 3 and 5).
    static let heads: [Fault] =
        [
            ("a bare line feed in a value", [host, "X: a\nY: b"]),
            ("a bare carriage return", [host, "X: a\rY: b"]),
            ("NUL in a value", [host, "X: a\u{0}b"]), ("NUL in a name", [host, "X\u{0}Y: b"]),
            ("a control character in a name", [host, "X\u{1}: b"]), ("a blank in a name", [host, "X Y: b"]),
            ("no name", [host, ": b"]), ("no colon", [host, "nonsense"]),
            ("a folded value", [host, "X: a\r\n b"]),
            ("a folded first line", [" X: a", host]), ("a blank before the colon", [host, "X : b"]),
            ("a name in quotes", [host, "\"X\": b"]), ("a name beyond ASCII", [host, "Xé: b"]),
            ("no Host", []),
            ("two Hosts", [host, "Host: y"]), ("a blank before the Host's colon", ["Host : x"]),
        ].map { name, headers in
            Fault.sent(name, Request.make("GET /mutate HTTP/1.1", headers) + smuggled, [400])
        }
        + [
            ("garbage", "\u{0}\u{1}\u{2}\u{3}garbage\r\n\r\n"), ("HTTP/0.9", "GET /mutate\r\n\r\n"),
            ("HTTP/2 in clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ("HTTP/9.9", "POST /mutate HTTP/9.9\r\n\r\n"),
            ("no such method", "BREW /mutate HTTP/1.1\r\nHost: x\r\n\r\n"),
            ("NUL in the target", "POST /mu\u{0}tate HTTP/1.1\r\nHost: x\r\n\r\n"),
            ("a blank in the target", "POST /mutate /strict HTTP/1.1\r\nHost: x\r\n\r\n"),
            ("line feeds alone", "POST /mutate HTTP/1.1\nHost: x\nContent-Type: application/json\n\n"),
        ].map { name, text in Fault.sent(name, Array(text.utf8) + smuggled, [400]) } + [
            Fault.sent(
                "a head of 64 KiB and more", Request.make("GET / HTTP/1.1", [host] + manyFields(60, 2000)),
                [431]),
            Fault.sent("101 fields", Request.make("GET / HTTP/1.1", [host] + manyFields(101, 1)), [431]),
            Fault.sent(
                "a field of 20 kB", Request.make("GET / HTTP/1.1", [host] + manyFields(1, 20_000)), [431]),
            Fault.sent(
                "a name of 20 kB", Request.make("GET / HTTP/1.1", [host, repeated("X", 20_000) + ": y"]),
                [431]),
            Fault.sent("a target of 20 kB", Request.make("GET /\(repeated("a", 20_000)) HTTP/1.1"), [431]),
            Fault.sent("a method without end", Array(repeated("A", 200_000).utf8), [400]),
        ]

    private static func manyFields(_ count: Int, _ length: Int) -> [String] {
        (0..<count).map { "X-\($0): \(repeated("a", length))" }
    }

    /// Bodies over the limit of 100 kB.
    static let tooLarge: [Fault] = [
        .sent("too large, by its length", post(["Content-Length: 100001"]) + smuggled, [413]),
        .large(
            "too large, sent all the same", post(["Content-Length: 3000000"], repeated("[", 3_000_000)), [413]
        ),
        .large(
            "too large, in one chunk",
            post([chunked], "249F0\r\n" + repeated("[", 150_000) + "\r\n0\r\n\r\n") + smuggled, [413]),
        .large(
            "too large, in many chunks",
            post([chunked]) + Request.chunks(of: Array(repeated(" ", 150_000).utf8), size: 100) + smuggled,
            [413]),
    ]

    /// A request with this body, and one that follows on the same connection.
    private static func followed(_ body: [UInt8]) -> [UInt8] {
        Request.review(body: body) + Request.make("GET /mutate HTTP/1.1", [host, "Connection: close"])
    }

    /// Bodies that are no AdmissionReview.
    static let bodies: [Fault] =
        [
            .large("3 MB of nested arrays", followed(Array(repeated("[", 3_000_000).utf8)), [413, 405]),
            .large("3 MB of nested objects", followed(Array(repeated("{\"a\":", 600_000).utf8)), [413, 405]),
            .large("a body of 8 MiB", followed(Array(repeated(" ", 8 << 20).utf8)), [400, 405]),
        ]
        + [
            ("invalid UTF-8", Array("{\"kind\":\"".utf8) + [0xFF, 0xC0, 0xAF] + Array("\"}".utf8)),
            ("half a surrogate", Array(#"{"kind":"\uD800"}"#.utf8)), ("NUL alone", [0, 0, 0]),
            ("NUL in a text", Array("{\"kind\":\"a\u{0}b\"}".utf8)),
            ("a number of 400 digits", Array("{\"kind\":\(repeated("9", 400))}".utf8)),
            ("an exponent of 400 digits", Array("{\"kind\":1e\(repeated("9", 400))}".utf8)),
            ("an empty body", []), ("two documents", Request.reviewBody + Request.reviewBody),
        ].map { (name: String, bytes: [UInt8]) in Fault.sent(name, followed(bytes), [400, 405]) } + [
            duplicateKeys
        ]

    /// Of two members with one name the last counts, as for the API server: here the review's own request.
    private static let duplicateKeys: Fault = {
        let decoy = Array(#"{"request":{"uid":"\#(smuggledUID)"},"#.utf8)
        return Fault.sent(
            "duplicate keys",
            Request.review(body: decoy + Request.reviewBody.dropFirst(), extra: "Connection: close\r\n"),
            [200],
            reviews: 1)
    }()
}
