import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing

@testable import WebhookServer

/// One connection on an event loop whose time stands still, with routes whose answers come when a test says so.
private final class Conversation {
    let channel = EmbeddedChannel()
    let state: LoopState
    let bodies = BodyBudget(limit: 200_000)
    let phase = AtomicPhase()
    let routes: Routes
    /// Reads that reached the socket.
    let reads = ReadCount()
    private(set) var output = ""

    init(phase initial: ServerPhase = .serving) throws {
        if initial > .serving { _ = phase.advance(to: initial) }
        state = LoopState(
            eventLoop: channel.eventLoop, metrics: LoopMetrics(), phase: phase, bodies: bodies,
            limits: ConnectionLimits(
                maxBodyBytes: 150_000, requestTimeout: .seconds(10), idleTimeout: .seconds(120),
                lingerTimeout: .seconds(1)))
        routes = Routes(channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(reads)
        try Listener.addHandlers(
            to: channel, share: Listener.LoopShare(state: state, routes: routes), addTransport: { _ in false }
        )
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    /// Sends text in one piece.
    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        receive()
    }

    func closeInput() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        receive()
    }

    func advance(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
        receive()
    }

    /// Gives the oldest answer that is waited for.
    func answer(_ text: String, closes: Bool = false) {
        guard !routes.waiting.isEmpty else { return }
        routes.waiting.removeFirst().promise.succeed(
            HTTPResponse(.ok, .text, Array(text.utf8), closes: closes))
        receive()
    }

    private func receive() {
        channel.embeddedEventLoop.run()
        while let bytes = try? channel.readOutbound(as: ByteBuffer.self) { output += String(buffer: bytes) }
    }

    /// The statuses and bodies that have been answered.
    var answers: [String] {
        output.components(separatedBy: "HTTP/1.1 ").dropFirst().map { answer in
            answer.prefix(3) + (answer.components(separatedBy: "\r\n\r\n").last.map { " " + $0 } ?? "")
        }
    }

    var isOpen: Bool { channel.isActive }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    /// `/now` is answered with its body at once, `/later` when the test says so.
    final class Routes: HTTPRoutes {
        private let loop: any EventLoop
        var waiting: [(body: String, promise: EventLoopPromise<HTTPResponse>)] = []
        let cancelled = CancelCount()

        init(_ loop: any EventLoop) { self.loop = loop }

        func route(_ head: RequestHead) -> Route {
            if head.path == "/now" {
                return Route(
                    label: .mutate,
                    outcome: .accept { body, _ in
                        .ready(HTTPResponse(.ok, .text, Array(body.readableBytesView)))
                    })
            }
            return Route(
                label: .mutate,
                outcome: .accept { [self] body, _ in
                    let promise = loop.makePromise(of: HTTPResponse.self)
                    waiting.append((String(buffer: body), promise))
                    return .pending(
                        PendingResponse(
                            response: promise.futureResult, cancel: { [cancelled] in cancelled.add() }))
                })
        }
    }
}

private typealias CancelCount = Counter

/// Counts the reads that reach the socket.
private final class ReadCount: ChannelOutboundHandler {
    typealias OutboundIn = Never
    private(set) var value = 0

    func read(context: ChannelHandlerContext) {
        value += 1
        context.read()
    }
}

/// What a connection does with answers that take their time, and with time.
@Suite struct HTTPConnectionTests {
    private func request(_ path: String, _ body: String = "", _ headers: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    @Test func `What comes ahead of an answer waits`() throws {
        let conversation = try Conversation()
        conversation.send(
            request("/later", "a") + request("/now", "b") + request("/later", "c") + request("/now", "d"))
        #expect(conversation.answers == [])
        #expect(conversation.routes.waiting.map(\.body) == ["a"])
        conversation.answer("A")
        #expect(conversation.answers == ["200 A", "200 b"])
        #expect(conversation.routes.waiting.map(\.body) == ["c"])
        conversation.answer("C")
        #expect(conversation.answers == ["200 A", "200 b", "200 C", "200 d"])
        #expect(conversation.isOpen)
        #expect(conversation.state.metrics.requestsInFlight.value == 0)
    }

    @Test func `Nothing is read while an answer is worked out`() throws {
        let conversation = try Conversation()
        conversation.send(request("/later", "a"))
        let before = conversation.reads.value
        conversation.channel.pipeline.read()
        conversation.channel.pipeline.read()
        #expect(conversation.reads.value == before)
        conversation.answer("A")
        #expect(conversation.reads.value == before + 1)
        conversation.channel.pipeline.read()
        #expect(conversation.reads.value == before + 2)
    }

    @Test func `Too much ahead of an answer ends the connection`() throws {
        let conversation = try Conversation()
        conversation.send(request("/later", "a"))
        for _ in 0..<70 { conversation.send(request("/now", String(repeating: "b", count: 1000))) }
        conversation.answer("A")
        #expect(conversation.answers == ["200 A"])
        #expect(conversation.output.contains("Connection: close"))
        #expect(conversation.state.metrics.requestsInFlight.value == 0)
    }

    @Test func `An answer reaches a client that has nothing more to send`() throws {
        let conversation = try Conversation()
        conversation.send(request("/later", "a") + request("/now", "b"))
        conversation.closeInput()
        #expect(conversation.isOpen && conversation.answers == [])
        conversation.answer("A")
        #expect(conversation.answers == ["200 A", "200 b"])
        #expect(!conversation.isOpen)
    }

    @Test func `Nonsense ahead of an answer is refused behind it`() throws {
        let conversation = try Conversation()
        conversation.send(request("/later", "a") + "nonsense\r\n\r\n")
        #expect(conversation.answers == [])
        conversation.answer("A")
        #expect(conversation.answers.map { $0.prefix(3) } == ["200", "400"])
    }

    @Test func `An answer for nobody is cancelled and gives its memory back`() throws {
        let conversation = try Conversation()
        conversation.send(request("/later", String(repeating: "a", count: 1000)))
        #expect(conversation.bodies.inUse == 1000)
        conversation.channel.close(promise: nil)
        conversation.channel.embeddedEventLoop.run()
        #expect(conversation.routes.cancelled.value == 1)
        #expect(conversation.state.metrics.requestsInFlight.value == 0)
        // The thread that works it out still has the body.
        #expect(conversation.bodies.inUse == 1000)
        conversation.answer("A")
        #expect(conversation.bodies.inUse == 0)
        #expect(conversation.answers == [])
    }

    @Test func `What is worked out elsewhere is accounted for`() throws {
        let conversation = try Conversation()
        #expect(conversation.bodies.reserve(199_500))
        conversation.send(request("/later", String(repeating: "a", count: 1000)))
        #expect(conversation.answers.map { $0.prefix(3) } == ["503"])
        #expect(conversation.routes.cancelled.value == 1)
        #expect(conversation.bodies.inUse == 199_500)
        conversation.answer("A")
        #expect(conversation.answers.count == 1)
    }

    @Test func `An unfinished body is accounted for from its first byte`() throws {
        let conversation = try Conversation()
        conversation.send(
            "POST /now HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"
                + String(repeating: "a", count: 1000))
        #expect(conversation.bodies.inUse == 1000)
        conversation.send(String(repeating: "a", count: 1000))
        #expect(conversation.answers.map { $0.prefix(3) } == ["200"])
        #expect(conversation.bodies.inUse == 0)
    }

    @Test func `A whole body that is answered at once takes nothing`() throws {
        let conversation = try Conversation()
        #expect(conversation.bodies.reserve(200_000))
        conversation.send(request("/now", String(repeating: "a", count: 1000)))
        #expect(conversation.answers.map { $0.prefix(3) } == ["200"])
    }

    @Test func `A shutdown waits for an answer`() throws {
        let conversation = try Conversation()
        conversation.send(request("/later", "a"))
        _ = conversation.phase.advance(to: .closing)
        conversation.state.listenerHasClosed()
        #expect(conversation.isOpen)
        conversation.answer("A")
        #expect(conversation.answers == ["200 A"])
        #expect(conversation.output.contains("Connection: close"))
        #expect(!conversation.isOpen)
    }

    // MARK: Time

    @Test(
        arguments: [
            ("nothing", "", 120), ("half a head", "POST /now HTTP/1.1\r\nHo", 10),
            ("half a body", "POST /now HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", 10),
        ])
    func `Everything has its time`(_ name: String, _ sent: String, _ seconds: Int64) throws {
        let conversation = try Conversation()
        if !sent.isEmpty { conversation.send(sent) }
        conversation.advance(.seconds(seconds) - .milliseconds(1))
        #expect(conversation.isOpen && conversation.answers == [])
        // To within one look at all connections.
        conversation.advance(conversation.state.limits.sweepInterval + .milliseconds(1))
        if sent.isEmpty {
            #expect(!conversation.isOpen)
        } else {
            #expect(conversation.answers.map { $0.prefix(3) } == ["408"])
            conversation.advance(.seconds(2))
            #expect(!conversation.isOpen)
        }
    }

    @Test func `A served connection is idle from its answer on`() throws {
        let conversation = try Conversation()
        conversation.advance(.seconds(100))
        conversation.send(request("/now", "a"))
        conversation.advance(.seconds(119))
        #expect(conversation.isOpen)
        conversation.advance(.seconds(2))
        #expect(!conversation.isOpen)
    }

    @Test func `An answer that is worked out is not timed out`() throws {
        let conversation = try Conversation()
        conversation.send(request("/later", "a"))
        conversation.advance(.minutes(10))
        #expect(conversation.isOpen && conversation.answers == [])
        conversation.answer("A")
        #expect(conversation.answers == ["200 A"])
    }

    @Test func `After the listener nobody idles for long`() throws {
        let conversation = try Conversation(phase: .closing)
        conversation.advance(.seconds(9))
        #expect(conversation.isOpen)
        conversation.advance(.seconds(2))
        #expect(!conversation.isOpen)
    }
}
