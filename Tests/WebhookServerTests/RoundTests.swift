import Foundation
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import WebhookServer

/// Answers are sent once in a round of the event loop; nothing that ends a connection in that round comes before.
@Suite struct RoundTests {
    private struct Connection {
        let channel = EmbeddedChannel()
        let state: LoopState

        init() throws {
            let metrics = LoopMetrics()
            state = LoopState(
                eventLoop: channel.eventLoop, metrics: metrics, phase: AtomicPhase(),
                bodies: BodyBudget(limit: 1 << 20),
                limits: ConnectionLimits(
                    maxBodyBytes: 1 << 20, requestTimeout: .hours(1), idleTimeout: .hours(1)))
            let routes = AdminRoutes(notReadyReason: { nil }, metrics: { [] })
            try Listener.addHandlers(
                to: channel, share: Listener.LoopShare(state: state, routes: routes),
                addTransport: { _ in false })
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        }

        func ask() throws {
            try channel.writeInbound(ByteBuffer(bytes: Request.make("GET /livez HTTP/1.1")))
        }

        /// Ends it, and the tasks that still wait on its loop.
        func end() throws { _ = try channel.finish(acceptAlreadyClosed: true) }

        /// How many answers have been sent.
        func sent() throws -> Int {
            var text = ""
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
            return text.components(separatedBy: "HTTP/1.1 200 OK").count - 1
        }
    }

    @Test func `Answers wait for the end of the round`() throws {
        let connection = try Connection()
        try connection.ask()
        try connection.ask()
        #expect(try connection.sent() == 0)
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.sent() == 2)
        try connection.ask()
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.sent() == 1)
        try connection.end()
    }

    @Test func `The answer goes out before an idle connection ends`() throws {
        let connection = try Connection()
        try connection.ask()
        connection.state.listenerHasClosed()
        #expect(try connection.sent() == 1)
        connection.channel.embeddedEventLoop.run()
        #expect(!connection.channel.isActive)
        try connection.end()
    }
}
