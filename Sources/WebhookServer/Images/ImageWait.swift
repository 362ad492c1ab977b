import NIOCore
import Synchronization

/// One review that waits for images, until all have been read or its time is over.
final class ImageWait: Sendable {
    enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// Something was read.
        case read
        /// Nothing could be read.
        case failed
        /// The time was over.
        case over
        /// Nobody waits for the answer any more.
        case cancelled
    }

    private struct State {
        var left: Int
        var hasRead = false
        var timer: Scheduled<Void>?
        var isOver = false
    }

    private let promise: EventLoopPromise<Outcome>
    private let state: Mutex<State>

    /// The longest that a review waits.
    static let longest = TimeAmount.milliseconds(250)

    /// How long a review may wait of the time that its client still gives it: what comes after has three times as much.
    static func budget(of left: TimeAmount) -> TimeAmount {
        max(.zero, min(longest, .nanoseconds(left.nanoseconds / 4)))
    }

    /// To be made on `loop`.
    /// - Parameter count: how many images it waits for.
    init(for count: Int, atMost time: TimeAmount, on loop: any EventLoop) {
        promise = loop.makePromise(of: Outcome.self)
        state = Mutex(State(left: count))
        let timer = loop.scheduleTask(in: time) { [self] in
            // What has been read by then counts.
            end { $0.hasRead ? .read : .over }
        }
        state.withLock { $0.timer = timer }
    }

    /// How it ends, on its event loop.
    var outcome: EventLoopFuture<Outcome> { promise.futureResult }

    /// Notes that one of its images has been read, or could not be.
    func settle(isRead: Bool) {
        let isLast = state.withLock { state in
            state.left -= 1
            state.hasRead = state.hasRead || isRead
            return state.left <= 0
        }
        if isLast { end { $0.hasRead ? .read : .failed } }
    }

    func cancel() { end { _ in .cancelled } }

    /// Ends the waiting without an outcome: somebody else has answered.
    func drop() { end { _ in nil } }

    private struct Dropped: Error {}

    private func end(_ outcome: (State) -> Outcome?) {
        let (isEnd, ended, timer) = state.withLock { state -> (Bool, Outcome?, Scheduled<Void>?) in
            guard !state.isOver else { return (false, nil, nil) }
            state.isOver = true
            return (true, outcome(state), state.timer)
        }
        timer?.cancel()
        guard isEnd else { return }
        if let ended { promise.succeed(ended) } else { promise.fail(Dropped()) }
    }
}
