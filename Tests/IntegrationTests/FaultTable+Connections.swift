import NIOCore
import NIOEmbedded
import OpenSSLTLS
import TestSupport

extension FaultTable {
    private static let review = Request.review()
    private static let halfHead = Array(review.prefix(60))
    private static let halfBody = Array(review.dropLast(1000))

    /// Requests, handshakes and answers that take too long. The limits are short, and begin with the first byte:
    /// a client that trickles gets no more time.
    static let slow: [Fault] = [
        .slow("a slow head", [.send(halfHead)], .answers([408])),
        .slow("a trickling head", [.send(halfHead), .trickle([0x61])], .answers([408])),
        .slow("line feeds and no head", [.trickle([13, 10])], .answers([408])),
        .slow("a slow body", [.send(halfBody)], .answers([408])),
        .slow("a trickling body", [.send(Array(review.dropLast(2000))), .trickle([0x20])], .answers([408])),
        .slow("a slow chunk", [.send(post([chunked], "9\r\n{"))], .answers([408])),
        .slow(
            "a chunk of a huge size", [.send(post([chunked], "7FFFFFFFFFFFFFFF\r\n{}"))], .answers([408])),
        .slow("trickling extensions", [.send(post([chunked], "9;")), .trickle([0x61])], .answers([408])),
        .slow(
            "a body that is not sent after 100",
            [.send(post(["Content-Length: 9", "Expect: 100-continue"]))], .answers([100, 408])),
        .slow("silence after the handshake", [.awaitHandshake], .closed, clients: 200),
        .slow("silence after an answer", [.send(review)], .answers([200]), reviews: 1),
        .slow("silence by the hundred", over: .tcp, [], .closed, clients: 300),
        .slow(
            "half a hello by the hundred", over: .tcp, [.send(Array(hello.prefix(100)))], .closed,
            clients: 300),
        .slow(
            "a hello and no more", over: .tcp, [.send(hello), .awaitBytes, .stay], .forgotten, clients: 100),
        .slow("a trickling hello", over: .tcp, [.send([22, 3, 1, 1, 0, 1]), .trickle([0])], .closed),
        .slow(
            "clients that stay half open", [.awaitHandshake, .stopReading, .stay], .forgotten, clients: 100),
        .slow("answers that nobody reads", [.stopReading, .send(manyRequests), .stay], .forgotten),
    ]

    /// So many that their answers fill every buffer on the way.
    private static let manyRequests = Array(
        repeatElement(Request.make("GET /nowhere HTTP/1.1"), count: 20_000).joined())

    /// What has happened on a connection when the client goes.
    private static let phases: [(name: String, transport: Fault.Transport, actions: [Fault.Action])] = [
        ("after connecting", .tcp, []), ("in the hello", .tcp, [.send(Array(hello.prefix(100)))]),
        ("after the hello", .tcp, [.send(hello)]), ("in the handshake", .tcp, [.send(hello), .awaitBytes]),
        ("after the handshake", .tls, [.awaitHandshake]), ("in the head", .tls, [.send(halfHead)]),
        ("in the body", .tls, [.send(halfBody)]), ("in a chunk", .tls, [.send(post([chunked], "9\r\n{"))]),
        ("after the request", .tls, [.send(Request.make("GET /mutate HTTP/1.1"))]),
        ("when idle", .tls, [.send(Request.make("GET /mutate HTTP/1.1")), .awaitBytes]),
    ]

    /// Clients that go, by RST or in order, in every phase of a connection.
    static let departures: [Fault] =
        phases.map { phase in
            Fault(
                name: "RST \(phase.name)", transport: phase.transport, actions: phase.actions + [.reset],
                outcome: .left)
        }
        + phases.map { phase in
            Fault(
                name: "FIN \(phase.name)", transport: phase.transport, actions: phase.actions + [.close],
                outcome: .left)
        }
        + [
            Fault(
                name: "RST while answers are written", actions: [.stopReading, .send(manyRequests), .reset],
                outcome: .left, times: 20)
        ] + halves

    /// Clients that only end their half.
    private static let halves: [Fault] = [
        Fault(name: "half a connection", actions: [.awaitHandshake, .closeOutput], outcome: .closed),
        Fault(name: "half a head", actions: [.send(halfHead), .closeOutput], outcome: .answers([400])),
        Fault(name: "half a body", actions: [.send(halfBody), .closeOutput], outcome: .answers([400])),
        Fault(
            name: "half a hello", transport: .tcp, actions: [.send(Array(hello.prefix(100))), .closeOutput],
            outcome: .closed),
    ]

    /// What is not TLS, or a version that is not spoken here.
    static let handshakes: [Fault] = [
        Fault(name: "plain HTTP", transport: .tcp, actions: [.send(review)], outcome: .answers([400])),
        tcp("TLS 1.2 when the least is 1.3", hello(.v1_2), .alert(protocolVersion)),
        tcp("TLS 1.1", oldHello(minor: 2), .alert(protocolVersion)),
        tcp("TLS 1.0", oldHello(minor: 1), .alert(protocolVersion)),
        tcp("SSL 3", oldHello(minor: 0), .alert(40)),
        tcp(
            "SSL 2", [0x80, 0x2E, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10] + [UInt8](repeating: 7, count: 37),
            .alert(protocolVersion)
        ),
        tcp("garbage", (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 201) }, .closed),
        tcp("zeros", [UInt8](repeating: 0, count: 1000), .closed),
        tcp(
            "a record that is too long", [22, 3, 1, 0xFF, 0xFF] + [UInt8](repeating: 1, count: 70_000),
            .alert(22)),
        tcp("a hello of 16 MB", [22, 3, 1, 0, 4, 1, 0xFF, 0xFF, 0xFF], .alert(47)),
        tcp("records of nothing", Array(repeatElement([22, 3, 1, 0, 0], count: 2000).joined()), .alert(10)),
        tcp(
            "alerts without end", Array(repeatElement([21, 3, 1, 0, 2, 1, 90], count: 2000).joined()),
            .alert(10)
        ),
        tcp("a fatal alert", [21, 3, 1, 0, 2, 2, 40], .alert(10)),
        tcp("data before the handshake", [23, 3, 3, 0, 5, 1, 2, 3, 4, 5], .alert(10)),
        tcp("two hellos", hello + hello, .handshake),
        Fault(name: "a client without trust", transport: .distrustful, actions: [], outcome: .closed),
        Fault(
            name: "garbage after the handshake",
            actions: [.awaitHandshake, .sendBelowTLS(Array(repeatElement(0xAA, count: 500)))],
            outcome: .closed),
        Fault(
            name: "a forged record after the handshake",
            actions: [
                .awaitHandshake, .sendBelowTLS([23, 3, 3, 0, 64] + [UInt8](repeating: 5, count: 64)),
            ], outcome: .closed),
    ]

    private static let protocolVersion: UInt8 = 70

    private static func tcp(_ name: String, _ bytes: [UInt8], _ outcome: Fault.Outcome) -> Fault {
        Fault(name: name, transport: .tcp, actions: [.send(bytes)], outcome: outcome)
    }

    // MARK: Hellos

    static let hello = hello(.v1_3)

    /// What OpenSSL sends first.
    private static func hello(_ version: TLSVersion) -> [UInt8] {
        do {
            let context = try TLSContext(
                client: TLSClientConfiguration(trustRoots: nil, maximumVersion: version))
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandler(
                TLSHandler(client: context, serverName: "localhost"))
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
            let buffer = try channel.readOutbound(as: ByteBuffer.self)
            return Array((buffer ?? ByteBuffer()).readableBytesView)
        } catch {
            preconditionFailure("no hello: \(error)")
        }
    }

    /// A ClientHello as it was before extensions (RFC 4346, section 7.4.1.2), with two suites of that time.
    private static func oldHello(minor: UInt8) -> [UInt8] {
        let random = [UInt8](repeating: 7, count: 32)
        let body: [UInt8] = [3, minor] + random + [0, 0, 4, 0xC0, 0x0A, 0, 0x35, 1, 0]
        return [22, 3, min(minor, 1), 0, UInt8(body.count + 4), 1, 0, 0, UInt8(body.count)] + body
    }
}
