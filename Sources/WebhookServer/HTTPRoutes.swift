import NIOCore

/// What is served on one port: which requests there are, and how each is answered.
///
/// The connection asks twice: once for the head, so that a request that will be refused is refused before its
/// body is read, and once when the body is complete. Both run on the connection's event loop and do not wait.
protocol HTTPRoutes: SendableMetatype {
    /// What has to be known of an accepted request when its body is complete.
    associatedtype Endpoint: Sendable

    /// Decides by the head alone.
    func route(_ head: RequestHead) -> Route<Endpoint>

    /// Answers a request.
    /// - Parameter waited: how long it took to arrive, from the first byte to the last.
    func answer(_ endpoint: Endpoint, body: ByteBuffer, waited: TimeAmount) -> HTTPAnswer
}

/// What becomes of a request, by its head.
struct Route<Endpoint: Sendable>: Sendable {
    enum Outcome: Sendable {
        case accept(Endpoint)
        case refuse(HTTPAnswer)
    }

    /// Under which path it is counted.
    var label: PathLabel
    var outcome: Outcome
}
