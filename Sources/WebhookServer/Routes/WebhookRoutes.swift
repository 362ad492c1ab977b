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
    /// Where long reviews go, and the event loop that asks for them; `nil` to answer every review at once.
    let slow: (reviews: SlowReviews, loop: any EventLoop)?
    /// What asks registries about images; `nil` where they are not asked.
    let readings: ImageReadings?
    private let slice: LoopSlice
    private let isSliceOver: @Sendable () -> Bool

    init(
        reviewer: AdmissionReviewer, metrics: LoopMetrics, log: ServerLog, clock: LoopClock,
        slow: (reviews: SlowReviews, loop: any EventLoop)? = nil, readings: ImageReadings? = nil
    ) {
        self.reviewer = reviewer
        self.metrics = metrics
        self.log = log
        self.clock = clock
        self.slow = slow
        self.readings = readings
        let slice = LoopSlice()
        self.slice = slice
        isSliceOver = { slice.isOver }
    }

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
        let call = Call(
            policy: policy, budget: head.query.flatMap(Self.timeout), traceParent: head.traceParent)
        return Route(label: label, outcome: .accept { answer(call, body: $0, waited: $1) })
    }

    /// What a request's head says of the review in its body.
    struct Call {
        var policy: Policy
        /// How long the API server waits, counted from the request's first byte; `nil` when it does not say.
        var budget: GoDuration?
        var traceParent: String?
    }

    /// The API server waits no longer for any webhook: what it says to those that do not pass `timeout` on.
    /// Source: Kubernetes, `ValidatingWebhook.timeoutSeconds`.
    private static let longestTimeout = TimeAmount.seconds(30)

    private func answer(_ call: Call, body: ByteBuffer, waited: TimeAmount) -> Reply {
        let policy = call.policy
        let total = call.budget.map { TimeAmount.nanoseconds($0.nanoseconds) } ?? Self.longestTimeout
        if waited >= total {
            // The API server has given up, or is about to. Should it still listen, then this answer has it
            // try another replica, while a refusal would be final.
            return .ready(.unavailable("the call's time was over before its request had arrived"))
        }
        let start = NIODeadline.now()
        let review = SlowReviews.Review(body: body, policy: policy, deadline: start + (total - waited))
        guard let slow else {
            return reply(to: result(of: review, until: review.deadline), call, review, start: start)
        }
        if let result = resultOnLoop(review, slow.reviews, start: start) {
            return reply(to: result, call, review, start: start)
        }
        return later(call, review, slow.reviews, slow.loop, start: start)
    }

    /// Works out a review here and now; `nil` where it takes too long for an event loop.
    func resultOnLoop(_ review: SlowReviews.Review, _ slow: SlowReviews, start: NIODeadline) -> Reviewed? {
        if review.body.readableBytes > slow.longestOnLoop { return nil }
        let result = result(of: review, until: min(review.deadline, start + slow.loopSlice))
        if case .failure(let error) = result, error.kind == .overdue, .now() < review.deadline { return nil }
        return result
    }

    /// Works out a review here and now.
    private func result(of review: SlowReviews.Review, until end: NIODeadline) -> Reviewed {
        slice.begin(until: end)
        return review.result(by: reviewer, isPastDeadline: isSliceOver)
    }

    /// Has a review worked out where it holds up nobody.
    private func later(
        _ call: Call, _ review: SlowReviews.Review, _ reviews: SlowReviews, _ loop: any EventLoop,
        start: NIODeadline
    ) -> Reply {
        guard let pending = reviews.submit(review, on: loop) else {
            let error = AdmissionError(.internal, "too many large reviews at once")
            _ = response(to: .failure(error), call, start: start)
            return .ready(.unavailable(error.description))
        }
        let stages = ReviewStages(pending.cancel)
        let answer = pending.result.assumeIsolated().flatMap { [self] result in
            switch reply(to: result, call, review, start: start) {
            case .ready(let response): return loop.makeSucceededFuture(response)
            case .pending(let next):
                stages.enter(next.cancel)
                return next.response
            }
        }
        return .pending(PendingResponse(response: answer.nonisolated(), cancel: { stages.cancel() }))
    }

    /// Counts and logs a review, and makes it an answer.
    func response(
        to result: Result<ReviewResult, AdmissionError>, _ call: Call, start: NIODeadline
    ) -> HTTPResponse {
        let nanoseconds = Int((NIODeadline.now() - start).nanoseconds)
        switch result {
        case .success(let outcome):
            metrics.count(outcome.imageLookups)
            note(outcome.record, of: call, nanoseconds: nanoseconds)
            return HTTPResponse(.ok, .json, outcome.answer)
        case .failure(let error):
            note(AuditRecord(policy: call.policy, error: error), of: call, nanoseconds: nanoseconds)
            return .error(error.kind.status, error.description)
        }
    }

    private func note(_ record: AuditRecord, of call: Call, nanoseconds: Int) {
        var record = record
        record.traceParent = call.traceParent
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

extension AdmissionError.Kind {
    /// None of them is an admission, and none a denial: the cluster's `failurePolicy` decides.
    fileprivate var status: HTTPStatus {
        switch self {
        case .malformed: .badRequest
        case .tooLarge: .contentTooLarge
        case .overdue, .internal: .internalServerError
        }
    }
}
