import NIOCore
import NIOEmbedded
import Testing

@testable import OpenSSLTLS

@Suite struct HostileInputTests {
    private func server(_ context: TLSContext, answer: String? = nil) throws -> (EmbeddedChannel, Recorder) {
        let channel = EmbeddedChannel()
        let events = Recorder()
        try channel.pipeline.syncOperations.addHandlers([
            TLSHandler(server: context, plainHTTPAnswer: answer), events,
        ])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        return (channel, events)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /mutate HTTP/1.1\r\n", "HEAD / HTTP/1.0\r\n",
    ])
    func `Plain HTTP gets an alert and a clear error`(request: String) throws {
        let (channel, events) = try server(TLSContext(server: TestAuthority.serverConfiguration()))
        try channel.writeInbound(ByteBuffer(string: request))
        #expect(events.errors.map(\.reason) == [.plainHTTP])
        // OpenSSL 3.2 and later add "record layer failure" in between.
        let text = try #require(events.errors.first?.description)
        #expect(text.hasPrefix("http request") && text.hasSuffix("the client must use https"), "\(text)")
        #expect(TLSPair.outbound(of: channel) == ByteBuffer(bytes: [21, 3, 1, 0, 2, 2, 70] as [UInt8]))
        #expect(!channel.isActive)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test func `Plain HTTP may get an answer in the clear`() throws {
        let answer = "HTTP/1.0 400 Bad Request\r\n\r\nuse https\n"
        let (channel, events) = try server(
            TLSContext(server: TestAuthority.serverConfiguration()), answer: answer)
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
        #expect(events.errors.map(\.reason) == [.plainHTTP])
        #expect(TLSPair.outbound(of: channel).map { String(buffer: $0) } == answer)
        #expect(!channel.isActive)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    static let garbage: [[UInt8]] = [
        [0, 0, 0, 0, 0], [22, 3, 1, 255, 255], [UInt8](repeating: 255, count: 64),
        Array("SSH-2.0-x\r\n".utf8),
        [22, 3, 1, 0, 4, 1, 0, 0, 0], [21, 3, 1, 0, 2, 2, 40], [20, 3, 3, 0, 1, 1],
        [128, 46, 1, 0, 2, 0, 21, 0],
        [22, 3, 1, 0, 0], [23, 3, 3, 0, 5, 1, 2, 3, 4, 5],
    ]

    @Test(arguments: garbage)
    func `Garbage ends in one error and a closed channel`(bytes: [UInt8]) throws {
        let (channel, events) = try server(TLSContext(server: TestAuthority.serverConfiguration()))
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        if channel.isActive {
            // Not yet wrong, only short: the end of the connection settles it.
            channel.pipeline.fireChannelInactive()
        }
        #expect(events.errors.count == 1)
        #expect(events.handshakes.isEmpty && events.received.readableBytes == 0)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    /// Damages one byte of each flight at a time. A TLS peer must notice: nothing but the true text may arrive.
    @Test(arguments: TLSVersion.allCases)
    func `A damaged byte anywhere is never taken for data`(version: TLSVersion) throws {
        let serverContext = try TLSContext(server: TestAuthority.serverConfiguration(version))
        let clientContext = try TLSContext(client: TestAuthority.clientConfiguration(resumes: false))
        var failures = 0
        var longest = 1
        var position = 0
        while position < longest {
            let pair = try TLSPair(serverContext: serverContext, clientContext: clientContext)
            pair.cut = { buffer in
                longest = max(longest, buffer.readableBytes)
                var damaged = buffer
                let index = buffer.readerIndex + position
                if position < buffer.readableBytes, let byte: UInt8 = buffer.getInteger(at: index) {
                    damaged.setInteger(byte ^ 0x55, at: index)
                }
                return [damaged]
            }
            pair.client.writeAndFlush(ByteBuffer(string: "truth"), promise: nil)
            try pair.connect()
            #expect(pair.serverEvents.text == "" || pair.serverEvents.text == "truth")
            if !pair.serverEvents.errors.isEmpty || !pair.clientEvents.errors.isEmpty { failures += 1 }
            #expect(pair.serverEvents.errors.count <= 1)
            pair.finish()
            position += 7
        }
        #expect(failures > 50)
    }

    @Test func `A damaged record after the handshake is an error, and what came before it is delivered`()
        throws
    {
        let pair = try TLSPair()
        try pair.connect()
        pair.client.writeAndFlush(ByteBuffer(string: "good"), promise: nil)
        var both = try #require(TLSPair.outbound(of: pair.client))
        pair.client.writeAndFlush(ByteBuffer(string: "damaged"), promise: nil)
        var second = try #require(TLSPair.outbound(of: pair.client))
        second.setInteger(UInt8(0xAA), at: second.writerIndex - 1)
        both.writeBuffer(&second)
        _ = try? pair.server.writeInbound(both)
        #expect(pair.serverEvents.text == "good")
        #expect(pair.serverEvents.errors.map(\.reason) == [.garbage])
        #expect(
            pair.serverEvents.errors.first?.description.contains("we sent the alert \"bad record mac\"")
                == true)
        pair.exchange()
        #expect(pair.clientEvents.errors.map(\.reason) == [.peerAlert])
        pair.finish()
    }

    @Test func `Every reason is a short label`() {
        for reason in TLSConnectionError.Reason.allCases {
            #expect(reason.rawValue.allSatisfy { $0 == "_" || ("a"..."z").contains($0) })
        }
    }
}
