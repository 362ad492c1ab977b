import System
import NIOCore

/// Lets a listener rest for a moment when it cannot accept a connection, mostly for lack of file descriptors:
/// the clients wait in the system's queue meanwhile.
///
/// NIO's own `AcceptBackoffHandler` is not enough. It holds back the next `read`, but a listener whose very
/// first accept fails has its last `read` still pending (NIOPosix/SocketChannel.swift,
/// `ServerSocketChannel.readFromSocket`), so that it hears of the waiting connection again at once, and its
/// event loop spins. Switching off `autoRead` takes it out of the selector.
final class AcceptBackoff: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let length: TimeAmount
    private let results: LabelledCounter<ConnectionResult>?
    private let log: ServerLog
    private let limiter = RateLimiter(perSecond: 1)

    /// - Parameters:
    ///   - length: how long to rest.
    ///   - results: where to count failures; `nil` for the admin port.
    init(length: TimeAmount, results: LabelledCounter<ConnectionResult>?, log: ServerLog) {
        self.length = length
        self.results = results
        self.log = log
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError else {
            context.fireErrorCaught(error)
            return
        }
        pause(context.channel)
        results?[.failed].add()
        guard let suppressed = limiter.admit(now: .now()) else { return }
        log.write(.error, "cannot accept a connection") { line in
            line.add("error", SystemError(error.errnoCode).description)
            line.add("cure", "raise the limit of open files, or lower --max-connections")
            if suppressed > 0 { line.add("suppressed", suppressed) }
        }
    }

    private func pause(_ channel: any Channel) {
        // A listener that is already closed cannot be told, and need not be.
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        channel.eventLoop.assumeIsolated().scheduleTask(in: length) {
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
