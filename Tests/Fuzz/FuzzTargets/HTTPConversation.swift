import Admission
import Glibc
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import WebhookServer

/// One connection with a port of the server: its pipeline as the listener makes it, but for the socket and TLS.
final class HTTPConversation {
    private static let log = ServerLog(
        queue: LogQueue(descriptor: open("/dev/null", O_WRONLY), format: .text))

    let limits: ConnectionLimits
    let requests = RequestTap()
    let metrics = LoopMetrics()
    /// All that the server has sent.
    private(set) var output: [UInt8] = []
    private let bodies = BodyBudget(limit: 1 << 20)
    private let channel = EmbeddedChannel()
    private let socket = SocketEnd()
    private let situation: HTTPSituation
    private let state: LoopState

    init(_ situation: HTTPSituation) throws {
        self.situation = situation
        limits = Self.limits(situation)
        let phase = AtomicPhase()
        if situation.contains(.draining) { _ = phase.advance(to: .draining) }
        state = LoopState(
            eventLoop: channel.eventLoop, metrics: metrics, phase: phase, bodies: bodies, limits: limits)
        try channel.pipeline.syncOperations.addHandler(socket)
        if situation.contains(.admin) {
            try serve(
                AdminRoutes(
                    notReadyReason: { phase.value > .serving ? "shutting down" : nil },
                    metrics: { Array("metrics 1\n".utf8) }))
        } else {
            try serve(
                WebhookRoutes(
                    reviewer: AdmissionReviewer(settings: AdmissionSettings()), metrics: metrics,
                    log: Self.log, clock: state.clock))
        }
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    private func serve<Routes: HTTPRoutes>(_ routes: Routes) throws {
        try Listener.addHandlers(
            to: channel, share: Listener.LoopShare(state: state, routes: routes), addTransport: { _ in false }
        )
        let pipeline = channel.pipeline.syncOperations
        let connection = try pipeline.handler(type: HTTPConnection.self)
        try pipeline.addHandler(requests, position: .before(connection))
    }

    /// Time is over at once where it is to be over at all; nothing is swept before ``end()``.
    private static func limits(_ situation: HTTPSituation) -> ConnectionLimits {
        let patience: TimeAmount = situation.contains(.waits) ? .zero : .hours(1)
        var limits = ConnectionLimits(
            maxBodyBytes: 2048, requestTimeout: patience, idleTimeout: patience, lingerTimeout: .zero)
        if !situation.contains(.productLimits) {
            limits.maxHeadBytes = 512
            limits.maxHeaderFieldBytes = 128
            limits.maxHeaderFields = 8
        } else if !situation.contains(.admin) {
            limits.maxBodyBytes = 64 << 10
        }
        return limits
    }

    /// - Parameter pieces: the length of each piece; 0 for all at once.
    func send(_ bytes: ArraySlice<UInt8>, pieces: Int) {
        let length = pieces == 0 ? bytes.count : pieces
        var rest = bytes
        while !rest.isEmpty, channel.isActive {
            // An error that nobody takes care of would be no fault of the answers.
            _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(length)))
            rest = rest.dropFirst(length)
            receive()
        }
    }

    /// Ends the connection as the situation has it.
    func end() throws {
        if channel.isActive, !situation.contains(.waits) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            receive()
        }
        channel.embeddedEventLoop.advanceTime(by: limits.sweepInterval * 8)
        receive()
        try require(!channel.isActive, "the connection never ends")
        try require(!socket.hasWrittenLate, "something was written after the output was closed")
        try require(metrics.requestsInFlight.value == 0, "a request stays in flight")
        try require(bodies.inUse == 0, "memory stays reserved")
        try require(state.closeAll() == 0, "the connection is still watched")
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    private func receive() {
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
            output.append(contentsOf: buffer.readableBytesView)
        }
    }
}

/// Closes halves as a socket does, which `EmbeddedChannel` does not.
private final class SocketEnd: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var hasWrittenLate = false
    private var isOutputClosed = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // An empty buffer only asks when all before it has been written.
        if isOutputClosed, Self.unwrapOutboundIn(data).readableBytes > 0 { hasWrittenLate = true }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            isOutputClosed = true
            promise?.succeed(())
        } else {
            context.close(mode: mode, promise: promise)
        }
    }
}

/// Notes the requests that the parser finds, on their way to the connection.
final class RequestTap: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    struct Request {
        var head: HTTPRequestHead
        var body: [UInt8] = []
        var isComplete = false
    }

    private(set) var seen: [Request] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): seen.append(Request(head: head))
        case .body(let bytes): seen[seen.count - 1].body.append(contentsOf: bytes.readableBytesView)
        case .end: seen[seen.count - 1].isComplete = true
        }
        context.fireChannelRead(data)
    }
}
