import NIOCore
import NIOEmbedded

@testable import OpenSSLTLS

/// A TLS client and server back to back in memory, each in an EmbeddedChannel.
final class TLSPair {
    let client: EmbeddedChannel
    let server: EmbeddedChannel
    let clientEvents = Recorder()
    let serverEvents = Recorder()
    let clientNetwork = NetworkSide()
    let serverNetwork = NetworkSide()
    /// How the ciphertext is cut on its way.
    var cut: (ByteBuffer) -> [ByteBuffer] = { [$0] }
    /// Bytes that travelled.
    private(set) var bytesToServer = 0
    private(set) var bytesToClient = 0

    init(
        server serverConfiguration: TLSServerConfiguration = TestAuthority.serverConfiguration(),
        client clientConfiguration: TLSClientConfiguration = TestAuthority.clientConfiguration(),
        serverName: String = "webhook.test.svc", limits: TLSHandler.Limits = TLSHandler.Limits()
    ) throws {
        let serverContext = try TLSContext(server: serverConfiguration)
        let clientContext = try TLSContext(client: clientConfiguration)
        client = EmbeddedChannel()
        server = EmbeddedChannel()
        try add(serverContext, clientContext, serverName, limits)
    }

    init(
        serverContext: TLSContext, clientContext: TLSContext, serverName: String = "webhook.test.svc",
        limits: TLSHandler.Limits = TLSHandler.Limits()
    ) throws {
        client = EmbeddedChannel()
        server = EmbeddedChannel()
        try add(serverContext, clientContext, serverName, limits)
    }

    private func add(
        _ serverContext: TLSContext, _ clientContext: TLSContext, _ serverName: String,
        _ limits: TLSHandler.Limits
    ) throws {
        try client.pipeline.syncOperations.addHandlers([
            clientNetwork, TLSHandler(client: clientContext, serverName: serverName, limits: limits),
            clientEvents,
        ])
        try server.pipeline.syncOperations.addHandlers([
            serverNetwork, TLSHandler(server: serverContext, limits: limits), serverEvents,
        ])
    }

    func connect() throws {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 8443)
        server.connect(to: address, promise: nil)
        client.connect(to: address, promise: nil)
        exchange()
    }

    /// Carries ciphertext both ways until both sides are silent.
    func exchange() {
        var isBusy = true
        while isBusy {
            let toServer = carry(from: client, to: server)
            let toClient = carry(from: server, to: client)
            bytesToServer += toServer
            bytesToClient += toClient
            isBusy = toServer + toClient > 0
        }
    }

    @discardableResult
    func carry(from source: EmbeddedChannel, to target: EmbeddedChannel) -> Int {
        var count = 0
        while let buffer = Self.outbound(of: source) {
            count += buffer.readableBytes
            for piece in cut(buffer) where target.isActive { _ = try? target.writeInbound(piece) }
        }
        return count
    }

    static func outbound(of channel: EmbeddedChannel) -> ByteBuffer? {
        (try? channel.readOutbound(as: ByteBuffer.self)) ?? nil
    }

    /// Closes whatever is still open.
    func finish() {
        for channel in [client, server] where channel.isActive { _ = channel.close() }
        exchange()
        for channel in [client, server] {
            channel.embeddedEventLoop.advanceTime(by: .seconds(60))
            _ = try? channel.finish(acceptAlreadyClosed: true)
        }
    }
}

/// Stands where the socket is: notes what reaches it, and does the half close that EmbeddedChannel lacks.
final class NetworkSide: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    var reads = 0
    var outputCloses = 0
    /// Written, but not flushed.
    var unflushedBytes = 0

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        unflushedBytes += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        unflushedBytes = 0
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if case .output = mode {
            outputCloses += 1
            promise?.succeed(())
        } else {
            context.close(mode: mode, promise: promise)
        }
    }
}

/// Notes everything that comes out on the plaintext side.
final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var received = ByteBuffer()
    var largestRead = 0
    var handshakes: [TLSHandshakeCompleted] = []
    var errors: [TLSConnectionError] = []
    var otherErrors: [String] = []
    var inputClosed = 0
    var inactive = 0
    /// Called for each piece of plaintext.
    var onRead: ((ChannelHandlerContext, ByteBuffer) -> Void)?
    var onHandshake: ((ChannelHandlerContext) -> Void)?

    var text: String { String(buffer: received) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        largestRead = max(largestRead, buffer.readableBytes)
        received.writeImmutableBuffer(buffer)
        onRead?(context, buffer)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let completed = event as? TLSHandshakeCompleted {
            handshakes.append(completed)
            onHandshake?(context)
        }
        if case ChannelEvent.inputClosed = event { inputClosed += 1 }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSConnectionError {
            errors.append(error)
        } else {
            otherErrors.append("\(error)")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        inactive += 1
    }
}
