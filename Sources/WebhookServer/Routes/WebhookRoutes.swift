import Admission
import NIOCore
import NIOHTTP1

/// The webhook's port: a POST of an AdmissionReview to the path that names the policy.
///
/// One for each event loop: the reviewer has memory of its own.
struct WebhookRoutes: HTTPRoutes {
    let reviewer: AdmissionReviewer
    let metrics: LoopMetrics
    let log: ServerLog
    let clock: LoopClock

    func route(_ head: RequestHead) -> Route {
        let label: PathLabel
        let policy: Policy
        switch head.path {
        case "/mutate": (label, policy) = (.mutate, .mutate)
        case "/strict": (label, policy) = (.strict, .strict)
        case "/audit": (label, policy) = (.audit, .audit)
        default:
            return Route(
                label: .other,
                outcome: .refuse(.error(.notFound, "no such path: POST to /mutate, /strict or /audit")))
        }
        guard head.method == .POST else {
            var answer = HTTPResponse.error(
                .methodNotAllowed, "\(label.rawValue) takes only POST, with an AdmissionReview as JSON")
            answer.allow = "POST"
            return Route(label: label, outcome: .refuse(answer))
        }
        guard head.isJSON else {
            return Route(
                label: label,
                outcome: .refuse(
                    .error(.unsupportedMediaType, "send an AdmissionReview as Content-Type: application/json")
                ))
        }
        let budget = head.query.flatMap(Self.timeout)
        return Route(
            label: label,
            outcome: .accept { answer(policy, budget: budget, body: $0, waited: $1) })
    }

    /// - Parameter budget: how long the API server waits, counted from the request's first byte; `nil` when it does
    ///   not say.
    private func answer(
        _ policy: Policy, budget: GoDuration?, body: ByteBuffer, waited: TimeAmount
    ) -> HTTPResponse {
        if let budget, waited.nanoseconds >= budget.nanoseconds {
            // The API server has given up, or is about to. Should it still listen, then this answer has it
            // try another replica, while a refusal would be final.
            return .unavailable("the call's time was over before its request had arrived")
        }
        let start = NIODeadline.now()
        let result = body.withUnsafeReadableBytes { bytes -> Result<ReviewResult, AdmissionError> in
            do throws(AdmissionError) {
                return .success(try reviewer.review(bytes, policy: policy))
            } catch {
                return .failure(error)
            }
        }
        let nanoseconds = Int((NIODeadline.now() - start).nanoseconds)
        switch result {
        case .success(let outcome):
            note(outcome.record, nanoseconds: nanoseconds)
            return HTTPResponse(.ok, .json, outcome.answer)
        case .failure(let error):
            note(AuditRecord(policy: policy, error: error), nanoseconds: nanoseconds)
            return .error(error.kind == .malformed ? .badRequest : .internalServerError, error.description)
        }
    }

    private func note(_ record: AuditRecord, nanoseconds: Int) {
        metrics.count(record, nanoseconds: nanoseconds)
        log.write(record, time: clock.timestamp, micros: nanoseconds / 1000)
    }

    /// The value of `timeout` in a query; `nil` when there is none that is a Go duration.
    static func timeout(_ query: Substring) -> GoDuration? {
        for pair in query.split(separator: "&") where pair.utf8.starts(with: "timeout=".utf8) {
            return GoDuration(pair.dropFirst("timeout=".count))
        }
        return nil
    }
}
