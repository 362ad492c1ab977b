import NIOCore

/// What is served on one port: which requests there are, and how each is answered.
///
/// The connection asks when it has the head, so that a request that will be refused is refused before its body is
/// read. Nothing here waits; everything runs on the connection's event loop.
protocol HTTPRoutes {
    /// Decides by the head alone.
    func route(_ head: RequestHead) -> Route
}

/// What becomes of a request, by its head.
struct Route {
    enum Outcome {
        /// It is answered when its body is complete.
        case accept(Respond)
        case refuse(HTTPResponse)

        var isAccepted: Bool {
            if case .accept = self { return true }
            return false
        }
    }

    /// Answers a request.
    /// - Parameters:
    ///   - body: all of it.
    ///   - waited: how long the request took to arrive, from the first byte to the last.
    typealias Respond = (_ body: ByteBuffer, _ waited: TimeAmount) -> Reply

    /// Under which path it is counted.
    var label: PathLabel
    var outcome: Outcome
}

/// The answer to a request, or the promise of one.
enum Reply {
    case ready(HTTPResponse)
    /// Another thread works it out.
    case pending(PendingResponse)
}

/// An answer that another thread works out. It holds the request's body until then.
struct PendingResponse {
    /// The answer, on the connection's own event loop. It fails when the server ends before.
    var response: EventLoopFuture<HTTPResponse>
    /// Says that nobody waits for it any more.
    var cancel: @Sendable () -> Void
    /// Ends the waiting, and answers by what is known already; `nil` where that is nothing.
    var atOnce: (() -> HTTPResponse)?
}
