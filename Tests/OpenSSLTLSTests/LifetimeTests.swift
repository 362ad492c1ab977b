import NIOCore
import NIOEmbedded
import Testing

@testable import OpenSSLTLS

/// A connection holds its context, and a handler its connection; each frees its OpenSSL object when it goes.
/// So when the Swift objects are gone, OpenSSL's are.
@Suite struct LifetimeTests {
    private final class Observed {
        weak var serverContext: TLSContext?
        weak var clientContext: TLSContext?
        weak var handler: TLSHandler?
    }

    private func run(_ body: (TLSPair) throws -> Void) throws -> Observed {
        let observed = Observed()
        let server = try TLSContext(server: TestAuthority.serverConfiguration())
        let client = try TLSContext(client: TestAuthority.clientConfiguration())
        let pair = try TLSPair(serverContext: server, clientContext: client)
        observed.serverContext = server
        observed.clientContext = client
        observed.handler = try pair.server.pipeline.syncOperations.handler(type: TLSHandler.self)
        #expect(observed.handler != nil)
        try body(pair)
        return observed
    }

    private func expectAllGone(_ observed: Observed) {
        #expect(observed.handler == nil)
        #expect(observed.serverContext == nil)
        #expect(observed.clientContext == nil)
    }

    @Test func `After a handshake, data and a close`() throws {
        try expectAllGone(
            run { pair in
                try pair.connect()
                pair.client.writeAndFlush(ByteBuffer(string: "x"), promise: nil)
                pair.exchange()
                pair.finish()
            })
    }

    @Test func `After a connection that ended in the middle of the handshake`() throws {
        try expectAllGone(
            run { pair in
                pair.client.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
                pair.server.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
                pair.carry(from: pair.client, to: pair.server)
                pair.finish()
            })
    }

    @Test func `After a failure`() throws {
        try expectAllGone(
            run { pair in
                pair.server.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
                try pair.server.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
                pair.finish()
            })
    }

    @Test func `A handler that never saw a connection`() throws {
        try expectAllGone(run { $0.finish() })
    }
}
