import NIOCore
import NIOEmbedded
import Testing

@testable import OpenSSLTLS

@Suite struct HandshakeTests {
    @Test(arguments: TLSVersion.allCases)
    func `A handshake and an echo`(version: TLSVersion) throws {
        var configuration = TestAuthority.serverConfiguration()
        configuration.minimumVersion = version
        configuration.maximumVersion = version
        let pair = try TLSPair(server: configuration)
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
}
