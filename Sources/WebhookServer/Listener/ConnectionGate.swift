import NIOCore

/// Stands before the acceptor of a listener: counts connections and closes at once those beyond the limit.
///
/// A connection that is refused here has cost one system call and no memory.
final class ConnectionGate: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let limit: Int
    private let open: Counter
    private let results: LabelledCounter<ConnectionResult>?
    /// When a connection last came.
    private(set) var lastArrival = NIODeadline.uptimeNanoseconds(0)

    /// - Parameters:
    ///   - limit: how many connections may be open.
    ///   - open: how many are.
    ///   - results: where to count what becomes of each; `nil` for the admin port.
    init(limit: Int, open: Counter, results: LabelledCounter<ConnectionResult>?) {
        self.limit = limit
        self.open = open
        self.results = results
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastArrival = .now()
        let connection = Self.unwrapInboundIn(data)
        // Only this listener's loop adds, so that nothing comes between the look and the addition.
        guard open.value < limit else {
            results?[.refused].add()
            connection.close(promise: nil)
            return
        }
        open.add()
        results?[.accepted].add()
        connection.closeFuture.whenComplete { [open] _ in open.subtract() }
        context.fireChannelRead(data)
    }
}
