import Admission
import NIOCore

/// Reviews of Pods whose images nobody has read: they wait for registries, for a short while.
extension WebhookRoutes {
    typealias Reviewed = Result<ReviewResult, AdmissionError>

    /// Answers a review, at once where nothing is to be read.
    func reply(
        to result: Reviewed, _ call: Call, _ review: SlowReviews.Review, start: NIODeadline
    ) -> Reply {
        guard let readings, let slow, case .success(let first) = result,
            let wait = readings.wait(for: first, left: review.deadline - .now(), on: slow.loop)
        else { return .ready(conclude(result, call, review, start: start)) }
        let stages = ReviewStages { wait.cancel() }
        let answer = wait.outcome.assumeIsolated().flatMap { [self] outcome in
            switch outcome {
            case .read: return answerAgain(first, call, review, stages, slow, start: start)
            case .failed, .over:
                return slow.loop.makeSucceededFuture(conclude(result, call, review, start: start))
            case .cancelled:
                let gone = response(to: .failure(Cancellation.clientHasGone), call, start: start)
                return slow.loop.makeSucceededFuture(gone)
            }
        }
        var pending = PendingResponse(response: answer.nonisolated(), cancel: { stages.cancel() })
        pending.atOnce = { [self] in
            // Nobody takes the answer that would have come.
            wait.drop()
            return conclude(result, call, review, start: start)
        }
        return .pending(pending)
    }

    /// Reviews once more, with what has been read. Where the time does not suffice for that, the first result stands.
    private func answerAgain(
        _ first: ReviewResult, _ call: Call, _ review: SlowReviews.Review, _ stages: ReviewStages,
        _ slow: (reviews: SlowReviews, loop: any EventLoop), start: NIODeadline
    ) -> EventLoopFuture<HTTPResponse> {
        func response(_ second: Reviewed) -> HTTPResponse {
            if case .failure(let error) = second, error.kind == .overdue, !stages.isCancelled {
                return conclude(.success(first), call, review, start: start)
            }
            return conclude(second, call, review, start: start)
        }
        if let second = resultOnLoop(review, slow.reviews, start: .now()) {
            return slow.loop.makeSucceededFuture(response(second))
        }
        guard let pending = slow.reviews.submit(review, on: slow.loop) else {
            return slow.loop.makeSucceededFuture(conclude(.success(first), call, review, start: start))
        }
        stages.enter(pending.cancel)
        return pending.result.assumeIsolated().map(response).nonisolated()
    }

    /// The answer, and what is to be remembered of a Pod that was admitted unseen.
    private func conclude(
        _ result: Reviewed, _ call: Call, _ review: SlowReviews.Review, start: NIODeadline
    ) -> HTTPResponse {
        if case .success(let outcome) = result {
            readings?.note(outcome, body: review.body, policy: review.policy)
        }
        return response(to: result, call, start: start)
    }
}
