import NIOHTTP1

/// The admin port: whether the process works, whether it is to be sent requests, and its metrics.
struct AdminRoutes: HTTPRoutes {
    /// `nil` when the server is ready, else why it is not.
    let notReadyReason: @Sendable () -> String?
    /// The text of `/metrics`.
    let metrics: @Sendable () -> [UInt8]

    func route(_ head: RequestHead) -> Route {
        let label: PathLabel
        let respond: () -> HTTPResponse
        switch head.path {
        case "/livez": (label, respond) = (.livez, { Self.ok })
        case "/readyz": (label, respond) = (.readyz, readiness)
        case "/metrics": (label, respond) = (.metrics, { HTTPResponse(.ok, .metrics, metrics()) })
        default:
            return Route(
                label: .other,
                outcome: .refuse(.error(.notFound, "no such path: there are /livez, /readyz and /metrics")))
        }
        guard head.method == .GET || head.method == .HEAD else {
            var answer = HTTPResponse.error(.methodNotAllowed, "\(label.rawValue) takes only GET and HEAD")
            answer.allow = "GET, HEAD"
            return Route(label: label, outcome: .refuse(answer))
        }
        return Route(label: label, outcome: .accept { _, _ in .ready(respond()) })
    }

    private static let ok = HTTPResponse(.ok, .text, Array("ok\n".utf8))

    private func readiness() -> HTTPResponse {
        guard let reason = notReadyReason() else { return Self.ok }
        return HTTPResponse(.serviceUnavailable, .text, Array("not ready: \(reason)\n".utf8))
    }
}
