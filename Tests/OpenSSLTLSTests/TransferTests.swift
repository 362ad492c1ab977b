import NIOCore
import NIOEmbedded
import Testing

@testable import OpenSSLTLS

@Suite struct TransferTests {
    @Test(arguments: TLSVersion.allCases, [1, 100, 1400, 65536])
    func `A large transfer arrives whole, in bounded pieces`(version: TLSVersion, pieceLength: Int) throws {
        let pair = try TLSPair(server: TestAuthority.serverConfiguration(version))
        try pair.connect()
        let length = pieceLength == 1 ? 100_000 : 3_000_000
        let data = ByteBuffer(bytes: (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 8)) })
        pair.cut = { $0.pieces(of: pieceLength) }
        let promise = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.writeAndFlush(data, promise: promise)
        pair.exchange()
        try promise.futureResult.wait()
        #expect(pair.serverEvents.received == data)
        #expect(pair.serverEvents.largestRead <= 128 * 1024)
        pair.finish()
    }

    @Test func `Small writes of one flush make one record in one write, and all promises succeed`() throws {
        let pair = try TLSPair()
        try pair.connect()
        let promises = (0..<10).map { _ in pair.server.eventLoop.makePromise(of: Void.self) }
        for (index, promise) in promises.enumerated() {
            pair.server.write(ByteBuffer(string: "part \(index) "), promise: index % 3 == 0 ? nil : promise)
        }
        #expect(TLSPair.outbound(of: pair.server) == nil, "nothing is sent before the flush")
        pair.server.flush()
        let record = try #require(TLSPair.outbound(of: pair.server))
        #expect(TLSPair.outbound(of: pair.server) == nil)
        // Header 5, text 70, content type 1, tag 16.
        #expect(record.readableBytes == 5 + 70 + 1 + 16)
        for (index, promise) in promises.enumerated() {
            if index % 3 == 0 { promise.succeed(()) } else { try promise.futureResult.wait() }
        }
        try pair.client.writeInbound(record)
        #expect(
            pair.clientEvents.text.hasPrefix("part 0 part 1 ") && pair.clientEvents.text.hasSuffix("part 9 "))
        pair.finish()
    }

    @Test func `Unflushed data beyond a bound is handed to the channel, so that its watermarks count it`()
        throws
    {
        let pair = try TLSPair()
        try pair.connect()
        let chunk = ByteBuffer(repeating: 7, count: 10_000)
        for _ in 0..<20 { pair.server.write(chunk, promise: nil) }
        #expect(pair.serverNetwork.unflushedBytes > 120_000)
        pair.server.flush()
        #expect(pair.serverNetwork.unflushedBytes == 0)
        pair.exchange()
        #expect(pair.clientEvents.received.readableBytes == 200_000)
        pair.finish()
    }

    @Test func `Empty writes complete`() throws {
        let pair = try TLSPair()
        try pair.connect()
        let promise = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.writeAndFlush(ByteBuffer(), promise: promise)
        try promise.futureResult.wait()
        pair.exchange()
        #expect(pair.serverEvents.received.readableBytes == 0)
        pair.finish()
    }

    @Test func `Reads are passed on only as asked, and a partial record asks for more`() throws {
        let pair = try TLSPair()
        pair.server.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        #expect(pair.serverNetwork.reads == 1, "the handshake needs bytes, whether or not others read")
        pair.client.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        pair.exchange()

        let afterHandshake = pair.serverNetwork.reads
        pair.client.writeAndFlush(ByteBuffer(string: "data"), promise: nil)
        pair.exchange()
        #expect(pair.serverEvents.text == "data")
        #expect(pair.serverNetwork.reads == afterHandshake, "nobody above asked for more")

        pair.server.read()
        #expect(pair.serverNetwork.reads == afterHandshake + 1)
        pair.client.writeAndFlush(ByteBuffer(string: "more"), promise: nil)
        let pieces = try #require(TLSPair.outbound(of: pair.client)).cut(at: 9)
        try pair.server.writeInbound(pieces[0])
        #expect(
            pair.serverNetwork.reads == afterHandshake + 2, "a piece of a record does not answer the read")
        try pair.server.writeInbound(pieces[1])
        #expect(pair.serverNetwork.reads == afterHandshake + 2)
        #expect(pair.serverEvents.text == "datamore")
        pair.finish()
    }
}
