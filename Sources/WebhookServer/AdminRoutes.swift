import NIOCore
import NIOHTTP1

/// The admin port: whether the process works, whether it is to be sent requests, and its metrics.
struct AdminRoutes: HTTPRoutes {
    enum Endpoint: Sendable {
        case livez, readyz, metrics
    }

    /// `nil` when the server is ready, else why it is not.
    let unreadiness: @Sendable () -> String?
    /// The text of `/metrics`.
    let metrics: @Sendable () -> [UInt8]

    func route(_ head: RequestHead) -> Route<Endpoint> {
        let label: PathLabel
        let endpoint: Endpoint
        switch head.path {
        case "/livez": (label, endpoint) = (.livez, .livez)
        case "/readyz": (label, endpoint) = (.readyz, .readyz)
        case "/metrics": (label, endpoint) = (.metrics, .metrics)
        default:
            return Route(
                label: .other,
                outcome: .refuse(.error(.notFound, "no such path: there are /livez, /readyz and /metrics")))
        }
        guard head.method == .GET || head.method == .HEAD else {
            var answer = HTTPAnswer.error(.methodNotAllowed, "\(label.rawValue) takes only GET and HEAD")
            answer.allow = "GET, HEAD"
            return Route(label: label, outcome: .refuse(answer))
        }
        return Route(label: label, outcome: .accept(endpoint))
    }

    func answer(_ endpoint: Endpoint, body: ByteBuffer, waited: TimeAmount) -> HTTPAnswer {
        switch endpoint {
        case .livez:
            return HTTPAnswer(.ok, .text, Array("ok\n".utf8))
        case .readyz:
            guard let reason = unreadiness() else {
                return HTTPAnswer(.ok, .text, Array("ok\n".utf8))
            }
            return HTTPAnswer(.serviceUnavailable, .text, Array("not ready: \(reason)\n".utf8))
        case .metrics:
            return HTTPAnswer(.ok, .metrics, metrics())
        }
    }
}
