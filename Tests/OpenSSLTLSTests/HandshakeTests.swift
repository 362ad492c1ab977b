import System
import NIOCore
import NIOEmbedded
import Testing

@testable import OpenSSLTLS

@Suite struct HandshakeTests {
    @Test(arguments: TLSVersion.allCases)
    func `A handshake and an echo`(version: TLSVersion) throws {
        let pair = try TLSPair(server: TestAuthority.serverConfiguration(version))
        defer { pair.finish() }
        pair.serverEvents.onRead = { context, buffer in context.writeAndFlush(NIOAny(buffer), promise: nil) }
        try pair.connect()

        let completed = try #require(pair.serverEvents.handshakes.first)
        #expect(pair.serverEvents.handshakes.count == 1)
        #expect(pair.clientEvents.handshakes.count == 1)
        #expect(completed.version == version)
        #expect(completed.cipher.contains("GCM") || completed.cipher.contains("CHACHA20"))
        #expect(!completed.isResumed)
        #expect(completed.applicationProtocol == "http/1.1")
        #expect(completed.serverName == "webhook.test.svc")
        #expect(completed.peer == nil)
        #expect(pair.clientEvents.handshakes.first?.peer?.dnsNames == ["webhook.test.svc"])

        try pair.client.writeOutbound(ByteBuffer(string: "hello"))
        pair.exchange()
        #expect(pair.serverEvents.text == "hello")
        #expect(pair.clientEvents.text == "hello")
        #expect(pair.clientEvents.errors.isEmpty && pair.serverEvents.errors.isEmpty)
    }

    @Test(arguments: TLSVersion.allCases)
    func `Flights cut at every byte boundary still make a handshake and an echo`(version: TLSVersion) throws {
        let server = try TLSContext(server: TestAuthority.serverConfiguration(version))
        let client = try TLSContext(client: TestAuthority.clientConfiguration(resumes: false))
        var longest = 1
        var position = 1
        while position < longest + 1 {
            let pair = try TLSPair(serverContext: server, clientContext: client)
            pair.cut = { buffer in
                longest = max(longest, buffer.readableBytes)
                return buffer.cut(at: position)
            }
            pair.serverEvents.onRead = { context, buffer in
                context.writeAndFlush(NIOAny(buffer), promise: nil)
            }
            pair.client.write(ByteBuffer(string: "written before the handshake"), promise: nil)
            pair.client.flush()
            try pair.connect()
            #expect(pair.clientEvents.text == "written before the handshake", "cut at \(position)")
            #expect(pair.serverEvents.errors.isEmpty && pair.clientEvents.errors.isEmpty)
            pair.finish()
            position += 1
        }
        #expect(longest > 500)
    }

    @Test(arguments: TLSVersion.allCases)
    func `Single bytes still make a handshake, an echo and a close`(version: TLSVersion) throws {
        let pair = try TLSPair(server: TestAuthority.serverConfiguration(version))
        pair.cut = { $0.pieces(of: 1) }
        pair.serverEvents.onRead = { context, buffer in context.writeAndFlush(NIOAny(buffer), promise: nil) }
        try pair.connect()
        try pair.client.writeOutbound(ByteBuffer(string: "hello"))
        pair.exchange()
        #expect(pair.clientEvents.text == "hello")
        pair.finish()
        #expect(pair.serverEvents.errors.isEmpty && pair.clientEvents.errors.isEmpty)
        #expect(pair.serverEvents.inactive == 1)
    }

    @Test func `Data in the same bytes as the client's last flight is read after the handshake's event`()
        throws
    {
        let pair = try TLSPair()
        defer { pair.finish() }
        var order: [String] = []
        pair.serverEvents.onHandshake = { _ in order.append("handshake") }
        pair.serverEvents.onRead = { _, buffer in order.append(String(buffer: buffer)) }
        pair.client.write(ByteBuffer(string: "GET /"), promise: nil)
        pair.client.flush()
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 8443)
        pair.server.connect(to: address, promise: nil)
        pair.client.connect(to: address, promise: nil)
        pair.carry(from: pair.client, to: pair.server)
        pair.carry(from: pair.server, to: pair.client)
        let last = try #require(TLSPair.outbound(of: pair.client))
        #expect(TLSPair.outbound(of: pair.client) == nil, "one write carries the last flight and the data")
        try pair.server.writeInbound(last)
        #expect(order == ["handshake", "GET /"])
    }

    @Test func `Both sides' held writes are delivered, and their promises succeed`() throws {
        let pair = try TLSPair()
        defer { pair.finish() }
        let promises = (0..<4).map { _ in pair.client.eventLoop.makePromise(of: Void.self) }
        for (index, promise) in promises.enumerated() {
            pair.client.write(ByteBuffer(string: "part \(index);"), promise: promise)
            if index == 2 { pair.client.flush() }
        }
        pair.server.writeAndFlush(ByteBuffer(string: "server speaks first"), promise: nil)
        try pair.connect()
        #expect(pair.serverEvents.text == "part 0;part 1;part 2;", "what was not flushed waits for its flush")
        #expect(pair.clientEvents.text == "server speaks first")
        pair.client.flush()
        pair.exchange()
        #expect(pair.serverEvents.text == "part 0;part 1;part 2;part 3;")
        for promise in promises { try promise.futureResult.wait() }
    }

    @Test func `Too much held before the handshake fails the connection and every promise`() throws {
        let limits = TLSHandler.Limits(maximumHeldBytes: 1000)
        let pair = try TLSPair(limits: limits)
        defer { pair.finish() }
        let first = pair.client.eventLoop.makePromise(of: Void.self)
        let second = pair.client.eventLoop.makePromise(of: Void.self)
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 8443)
        pair.client.connect(to: address, promise: nil)
        pair.client.write(ByteBuffer(repeating: 1, count: 1000), promise: first)
        #expect(pair.clientEvents.errors.isEmpty)
        pair.client.write(ByteBuffer(repeating: 1, count: 1), promise: second)
        #expect(pair.clientEvents.errors.map(\.reason) == [.bufferOverflow])
        #expect(throws: TLSConnectionError.self) { try first.futureResult.wait() }
        #expect(throws: TLSConnectionError.self) { try second.futureResult.wait() }
        #expect(!pair.client.isActive)
    }

    @Test func `A handshake that takes too long ends in a timeout, one in time does not`() throws {
        let pair = try TLSPair(limits: TLSHandler.Limits(handshakeTimeout: .seconds(3)))
        defer { pair.finish() }
        try pair.connect()
        pair.server.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(pair.serverEvents.errors.isEmpty)

        let silent = try TLSPair(limits: TLSHandler.Limits(handshakeTimeout: .seconds(3)))
        defer { silent.finish() }
        silent.server.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        silent.server.embeddedEventLoop.advanceTime(by: .milliseconds(2999))
        #expect(silent.serverEvents.errors.isEmpty && silent.server.isActive)
        silent.server.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(silent.serverEvents.errors.map(\.reason) == [.timeout])
        #expect(!silent.server.isActive)
    }

    @Test(arguments: TLSVersion.allCases)
    func `The second connection resumes the session`(version: TLSVersion) throws {
        let server = try TLSContext(server: TestAuthority.serverConfiguration(version))
        let client = try TLSContext(client: TestAuthority.clientConfiguration())
        var sizes: [Int] = []
        for round in 0..<3 {
            let pair = try TLSPair(serverContext: server, clientContext: client)
            try pair.connect()
            #expect(pair.serverEvents.handshakes.map(\.isResumed) == [round > 0])
            #expect(pair.clientEvents.handshakes.map(\.isResumed) == [round > 0])
            sizes.append(pair.bytesToClient)
            pair.finish()
        }
        #expect(sizes[1] < sizes[0], "no certificate travels when a session is resumed: \(sizes)")
    }

    @Test func `A session of another context falls back to a full handshake`() throws {
        let client = try TLSContext(client: TestAuthority.clientConfiguration())
        for _ in 0..<2 {
            let server = try TLSContext(server: TestAuthority.serverConfiguration())
            let pair = try TLSPair(serverContext: server, clientContext: client)
            try pair.connect()
            #expect(pair.serverEvents.handshakes.map(\.isResumed) == [false])
            pair.finish()
        }
    }

    @Test(
        arguments: [
            (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"), ([], nil), (["h2"], "refused"),
        ] as [([String], String?)])
    func `ALPN`(offered: [String], chosen: String?) throws {
        var configuration = TestAuthority.clientConfiguration()
        configuration.applicationProtocols = offered
        let pair = try TLSPair(client: configuration)
        defer { pair.finish() }
        try pair.connect()
        if chosen == "refused" {
            #expect(pair.serverEvents.handshakes.isEmpty)
            #expect(pair.serverEvents.errors.map(\.reason) == [.noApplicationProtocol])
            #expect(pair.clientEvents.errors.map(\.reason) == [.noApplicationProtocol])
            #expect(pair.clientEvents.errors.first?.description.contains("no application protocol") == true)
            #expect(!pair.server.isActive)
        } else {
            #expect(pair.serverEvents.handshakes.map(\.applicationProtocol) == [chosen])
            #expect(pair.serverEvents.errors.isEmpty)
        }
    }

    @Test func `No version in common`() throws {
        var configuration = TestAuthority.clientConfiguration()
        configuration.maximumVersion = .v1_2
        let pair = try TLSPair(client: configuration)
        defer { pair.finish() }
        try pair.connect()
        #expect(pair.serverEvents.errors.map(\.reason) == [.protocolVersion])
        #expect(pair.clientEvents.errors.map(\.reason) == [.protocolVersion])
        #expect(
            pair.serverEvents.errors.first?.description
                == "unsupported protocol; we sent the alert \"protocol version\"")
    }

    @Test func `No cipher in common`() throws {
        var server = TestAuthority.serverConfiguration(.v1_2)
        server.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"
        var client = TestAuthority.clientConfiguration()
        client.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"
        client.maximumVersion = .v1_2
        let pair = try TLSPair(server: server, client: client)
        defer { pair.finish() }
        try pair.connect()
        #expect(pair.serverEvents.errors.map(\.reason) == [.noSharedCipher])
        #expect(pair.clientEvents.errors.map(\.reason) == [.peerAlert])
    }

    @Test(
        arguments: [
            ("ECDHE-ECDSA-AES256-GCM-SHA384", true), ("ECDHE-ECDSA-CHACHA20-POLY1305", true),
            ("ECDHE-ECDSA-AES128-GCM-SHA256", true), ("ECDHE-ECDSA-AES256-SHA384", false),
            ("ECDHE-ECDSA-AES128-SHA256", false), ("ECDHE-ECDSA-AES256-SHA", false),
            ("ECDHE-ECDSA-AES128-SHA", false), ("ECDHE-ECDSA-AES256-CCM", false),
        ])
    func `TLS 1.2 has authenticated encryption only, unless the ciphers are given`(
        cipher: String, isDefault: Bool
    ) throws {
        var client = TestAuthority.clientConfiguration(resumes: false)
        client.ciphers = cipher
        client.maximumVersion = .v1_2
        var server = TestAuthority.serverConfiguration(.v1_2)
        let byDefault = try TLSPair(server: server, client: client)
        defer { byDefault.finish() }
        try byDefault.connect()
        #expect(byDefault.serverEvents.handshakes.map(\.cipher) == (isDefault ? [cipher] : []))
        #expect(byDefault.serverEvents.errors.map(\.reason) == (isDefault ? [] : [.noSharedCipher]))
        server.ciphers = cipher
        let asTold = try TLSPair(server: server, client: client)
        defer { asTold.finish() }
        try asTold.connect()
        #expect(asTold.serverEvents.handshakes.map(\.cipher) == [cipher])
    }

    @Test(
        arguments: [
            ("webhook.test.svc", nil), ("WEBHOOK.test.svc", nil), ("10.1.2.3", nil), ("fe80::1", nil),
            ("other.test.svc", .nameNotAllowed), ("10.1.2.4", .nameNotAllowed),
        ] as [(String, TLSConnectionError.Reason?)])
    func `The client checks the server's name`(name: String, refusal: TLSConnectionError.Reason?) throws {
        let pair = try TLSPair(serverName: name)
        defer { pair.finish() }
        try pair.connect()
        #expect(pair.clientEvents.errors.map(\.reason) == (refusal.map { [$0] } ?? []))
        #expect(pair.serverEvents.errors.map(\.reason) == (refusal.map { _ in [.refusedByPeer] } ?? []))
        let isAddress = IPAddress(name) != nil
        if refusal == nil { #expect((pair.serverEvents.handshakes.first?.serverName == nil) == isAddress) }
    }

    @Test func `A client that does not trust the CA tells so, and the server's error gives the hint`() throws
    {
        var configuration = TestAuthority.clientConfiguration()
        configuration.trustRoots = .memory([TestAuthority.other.certificate])
        let pair = try TLSPair(client: configuration)
        defer { pair.finish() }
        try pair.connect()
        #expect(pair.clientEvents.errors.map(\.reason) == [.unknownAuthority])
        #expect(pair.serverEvents.errors.map(\.reason) == [.refusedByPeer])
        let text = try #require(pair.serverEvents.errors.first?.description)
        #expect(text.contains("unknown CA") && text.contains("check its CA bundle"), "\(text)")
    }

    @Test func `An expired server certificate`() throws {
        let past = WallClock.seconds - 10 * 86400
        let authority = try CertificateAuthority.make(
            validity: CertificateValidity(lifetime: 20 * 86400, now: past))
        let expired = try authority.issueServerCertificate(
            names: SubjectNames(["webhook.test.svc"]),
            validity: CertificateValidity(lifetime: 86400, now: past))
        let server = try TLSContext(
            server: TLSServerConfiguration(certificate: .memory(expired)), now: past + 60)
        let client = try TLSContext(
            client: TLSClientConfiguration(trustRoots: .memory([authority.certificate])))
        let pair = try TLSPair(serverContext: server, clientContext: client)
        defer { pair.finish() }
        try pair.connect()
        #expect(pair.clientEvents.errors.map(\.reason) == [.expiredCertificate])
        #expect(pair.serverEvents.errors.map(\.reason) == [.refusedByPeer])
    }
}
