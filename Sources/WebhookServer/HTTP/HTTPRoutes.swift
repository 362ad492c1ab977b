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
    }

    /// Answers a request.
    /// - Parameters:
    ///   - body: all of it.
    ///   - waited: how long the request took to arrive, from the first byte to the last.
    typealias Respond = (_ body: ByteBuffer, _ waited: TimeAmount) -> HTTPResponse

    /// Under which path it is counted.
    var label: PathLabel
    var outcome: Outcome
}
