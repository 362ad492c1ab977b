import NIOCore
import NIOEmbedded
import Testing

@testable import OpenSSLTLS

@Suite struct CloseTests {
    private func connected(
        _ version: TLSVersion = .v1_3, limits: TLSHandler.Limits = TLSHandler.Limits()
    ) throws -> TLSPair {
        let pair = try TLSPair(server: TestAuthority.serverConfiguration(version), limits: limits)
        try pair.connect()
        return pair
    }

    @Test(arguments: TLSVersion.allCases)
    func `close_notify goes both ways before the channels close`(version: TLSVersion) throws {
        let pair = try connected(version)
        let promise = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.writeAndFlush(ByteBuffer(string: "last words"), promise: nil)
        pair.client.close(promise: promise)
        #expect(pair.client.isActive, "waits for the peer's close_notify")
        pair.exchange()
        #expect(pair.serverEvents.text == "last words")
        #expect(!pair.client.isActive && !pair.server.isActive)
        #expect(pair.clientEvents.errors.isEmpty && pair.serverEvents.errors.isEmpty)
        #expect(pair.clientEvents.inactive == 1 && pair.serverEvents.inactive == 1)
        try promise.futureResult.wait()
    }

    @Test func `A peer that never answers the close is left after the timeout`() throws {
        let pair = try connected(limits: TLSHandler.Limits(closeTimeout: .seconds(2)))
        let first = pair.client.eventLoop.makePromise(of: Void.self)
        let second = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.close(promise: first)
        pair.client.close(promise: second)
        #expect(TLSPair.outbound(of: pair.client) != nil, "the close_notify")
        #expect(TLSPair.outbound(of: pair.client) == nil, "only one")
        pair.client.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!pair.client.isActive)
        try first.futureResult.wait()
        try second.futureResult.wait()
        #expect(pair.clientEvents.errors.isEmpty)
        pair.finish()
    }

    @Test func `Data that arrives while closing is discarded`() throws {
        let pair = try connected()
        pair.server.writeAndFlush(ByteBuffer(string: "too late"), promise: nil)
        pair.client.close(promise: nil)
        pair.exchange()
        #expect(pair.clientEvents.text == "")
        #expect(!pair.client.isActive)
        #expect(pair.clientEvents.errors.isEmpty)
    }

    @Test func `A half close: the client has finished, the server still answers`() throws {
        let pair = try connected()
        try pair.server.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        try pair.client.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        let promise = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.writeAndFlush(ByteBuffer(string: "question"), promise: nil)
        pair.client.close(mode: .output, promise: promise)
        pair.exchange()
        try promise.futureResult.wait()
        #expect(pair.clientNetwork.outputCloses == 1)
        #expect(pair.serverEvents.text == "question")
        #expect(pair.serverEvents.inputClosed == 1)
        #expect(pair.server.isActive && pair.client.isActive)

        let late = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.writeAndFlush(ByteBuffer(string: "more"), promise: late)
        #expect(throws: ChannelError.outputClosed) { try late.futureResult.wait() }

        pair.server.writeAndFlush(ByteBuffer(string: "answer"), promise: nil)
        pair.exchange()
        #expect(pair.clientEvents.text == "answer")
        pair.server.close(promise: nil)
        pair.exchange()
        #expect(!pair.server.isActive && !pair.client.isActive)
        #expect(pair.serverEvents.errors.isEmpty && pair.clientEvents.errors.isEmpty)
    }

    @Test func `An end without close_notify is an error`() throws {
        let pair = try connected()
        pair.server.pipeline.fireChannelInactive()
        #expect(pair.serverEvents.errors.map(\.reason) == [.truncated])
        #expect(pair.serverEvents.inactive == 1)
        pair.finish()
    }

    @Test func `The peer's FIN without close_notify is an error and ends the connection`() throws {
        let pair = try connected()
        pair.server.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.serverEvents.errors.map(\.reason) == [.truncated])
        #expect(!pair.server.isActive)
        pair.finish()
    }

    @Test func `The peer's FIN after its close_notify is nothing new`() throws {
        let pair = try connected()
        try pair.server.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        pair.client.close(promise: nil)
        pair.exchange()
        pair.server.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.serverEvents.inputClosed == 1)
        #expect(pair.serverEvents.errors.isEmpty && pair.server.isActive)
        pair.finish()
    }

    @Test func `A connection that ends during the handshake is an error and fails what was written`() throws {
        let pair = try TLSPair()
        let promise = pair.server.eventLoop.makePromise(of: Void.self)
        pair.server.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        pair.server.writeAndFlush(ByteBuffer(string: "x"), promise: promise)
        pair.server.pipeline.fireChannelInactive()
        #expect(pair.serverEvents.errors.map(\.reason) == [.closedEarly])
        #expect(throws: TLSConnectionError.self) { try promise.futureResult.wait() }
        pair.finish()
    }

    @Test func `A close during the handshake closes at once and fails what was written`() throws {
        let pair = try TLSPair()
        pair.client.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        let promise = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.writeAndFlush(ByteBuffer(string: "x"), promise: promise)
        _ = pair.client.close()
        #expect(!pair.client.isActive)
        #expect(throws: ChannelError.ioOnClosedChannel) { try promise.futureResult.wait() }
        #expect(pair.clientEvents.errors.isEmpty)
        pair.finish()
    }

    @Test func `A write after the close fails`() throws {
        let pair = try connected()
        pair.client.close(promise: nil)
        let promise = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.writeAndFlush(ByteBuffer(string: "x"), promise: promise)
        #expect(throws: ChannelError.self) { try promise.futureResult.wait() }
        pair.finish()
    }

    @Test func `A close from within a read, with more data behind it`() throws {
        let pair = try connected()
        pair.serverEvents.onRead = { context, _ in context.close(promise: nil) }
        var both = ByteBuffer()
        for part in ["first", "second"] {
            pair.client.writeAndFlush(ByteBuffer(string: part), promise: nil)
            both.writeImmutableBuffer(try #require(TLSPair.outbound(of: pair.client)))
        }
        try pair.server.writeInbound(both)
        pair.exchange()
        #expect(!pair.server.isActive && !pair.client.isActive)
        #expect(pair.serverEvents.errors.isEmpty && pair.clientEvents.errors.isEmpty)
    }

    @Test func `More bytes that arrive from within a read are handled in order`() throws {
        let pair = try connected()
        var flights: [ByteBuffer] = []
        for part in ["1", "2", "3"] {
            pair.client.writeAndFlush(ByteBuffer(string: part), promise: nil)
            flights.append(try #require(TLSPair.outbound(of: pair.client)))
        }
        let server = pair.server
        pair.serverEvents.onRead = { context, buffer in
            // What the network brings while an answer is written.
            if !flights.isEmpty { server.pipeline.fireChannelRead(flights.removeFirst()) }
            context.writeAndFlush(NIOAny(buffer), promise: nil)
        }
        server.pipeline.fireChannelRead(flights.removeFirst())
        pair.exchange()
        #expect(pair.serverEvents.text == "123")
        #expect(pair.clientEvents.text == "123")
        pair.finish()
    }

    @Test func `A close from within the handshake's event`() throws {
        let pair = try TLSPair()
        pair.serverEvents.onHandshake = { context in context.close(promise: nil) }
        pair.client.writeAndFlush(ByteBuffer(string: "GET /"), promise: nil)
        try pair.connect()
        #expect(pair.serverEvents.text == "")
        #expect(!pair.server.isActive && !pair.client.isActive)
        #expect(pair.serverEvents.errors.isEmpty)
    }
}
