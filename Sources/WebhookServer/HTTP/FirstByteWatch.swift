import NIOCore

/// Sits before the parser and tells the connection that bytes have come: the parser itself stays silent until a
/// head is complete, and a head that never completes has to be noticed.
final class FirstByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: HTTPConnection

    init(_ connection: HTTPConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.bytesArrived(Self.unwrapInboundIn(data).readableBytes) else { return }
        context.fireChannelRead(data)
    }
}
