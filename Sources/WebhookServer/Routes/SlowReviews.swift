import Admission
import NIOCore
import NIOPosix
import Synchronization

/// Where the reviews go that would hold up all others: one or two threads for the whole process, with a queue before
/// them.
///
/// An event loop answers a review itself, within the call that brings its last bytes. One that is long, or that has not
/// been answered within a slice of time, is worked out here instead, from its beginning; its connection waits meanwhile
/// and reads nothing, and all others are served. Two reviews of ordinary objects may be worked out at once; a longer one
/// goes alone, so that what it needs beside its body is needed once.
///
/// The queue is bounded by ``mostWaiting`` and by the ``BodyBudget``, which goes on accounting for a body until its
/// review is answered; what does not fit is answered with 503 at once, so that the API server asks another replica.
/// Nothing in the queue is dropped: a shutdown waits for the answers as for those of any request in flight, and a review
/// whose time is over, or whose client has gone, is ended as soon as it is seen.
final class SlowReviews: Sendable {
    /// A longer body is not tried on an event loop, in bytes. Longer than nearly every Pod.
    let longestOnLoop = 64 << 10
    /// How long a review may take on an event loop: some twenty times as long as a usual one.
    let loopSlice: TimeAmount
    /// A longer body is worked out alone, in bytes: hardly any object is longer. What shorter ones were parsed into is
    /// kept while reviews follow upon each other, as clearing it again for each takes as long as parsing does.
    private static let longestBesideAnother = 1 << 20
    /// How many reviews may wait or be worked on.
    static let mostWaiting = 256

    /// A review, and who waits for it.
    struct Review: Sendable {
        var body: ByteBuffer
        var policy: Policy
        /// When the API server gives up.
        var deadline: NIODeadline

        /// Has it worked out here and now.
        func result(
            by reviewer: AdmissionReviewer, isPastDeadline: @escaping @Sendable () -> Bool
        ) -> Result<ReviewResult, AdmissionError> {
            body.withUnsafeReadableBytes { bytes in
                do throws(AdmissionError) {
                    return .success(
                        try reviewer.review(
                            bytes, padding: body.writableBytes, policy: policy, isPastDeadline: isPastDeadline
                        ))
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    let thread: NIOThreadPool
    /// Each for one review at a time. What goes alone holds both.
    private let first: Mutex<AdmissionReviewer>
    private let second: Mutex<AdmissionReviewer>
    private let waiting = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    /// Whether there has been a review since memory was given back.
    private let hasWorked = Atomic<Bool>(false)

    /// - Parameter threads: how many there may be; two are the most.
    init(settings: AdmissionSettings, threads: Int = 1, loopSlice: TimeAmount = .milliseconds(2)) {
        self.loopSlice = loopSlice
        thread = NIOThreadPool(numberOfThreads: min(max(1, threads), 2))
        first = Mutex(AdmissionReviewer(settings: settings, longestKept: Self.longestBesideAnother))
        second = Mutex(AdmissionReviewer(settings: settings, longestKept: Self.longestBesideAnother))
        thread.start()
    }

    /// The answer to come, on the event loop that asked, and how to say that nobody waits for it.
    struct Pending {
        var result: EventLoopFuture<Result<ReviewResult, AdmissionError>>
        var cancel: @Sendable () -> Void
    }

    /// Puts a review into the queue.
    /// - Returns: `nil` when there is no room.
    func submit(_ review: Review, on loop: any EventLoop) -> Pending? {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.mostWaiting else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        let cancellation = Cancellation()
        let result = thread.runIfActive(eventLoop: loop) { [self] in
            defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
            return run(review, cancellation)
        }
        return Pending(result: result) { cancellation.cancel() }
    }

    /// Works out a review once more for which nobody waits.
    func again(_ review: Review, then: @escaping @Sendable (Result<ReviewResult, AdmissionError>) -> Void) {
        thread.submit { [self] state in
            guard case .active = state else { return }
            then(run(review, Cancellation()))
        }
    }

    private func run(_ review: Review, _ cancellation: Cancellation) -> Result<ReviewResult, AdmissionError> {
        let isOver: @Sendable () -> Bool = { [self] in
            cancellation.isCancelled || isStopping.load(ordering: .relaxed)
                || NIODeadline.now() >= review.deadline
        }
        guard !isOver() else {
            return .failure(
                cancellation.error
                    ?? AdmissionError(.overdue, "the time for this review was over before it was its turn"))
        }
        hasWorked.store(true, ordering: .relaxed)
        return withReviewer(of: review.body.readableBytes) { reviewer in
            review.result(by: reviewer, isPastDeadline: isOver).mapError { cancellation.error ?? $0 }
        }
    }

    /// Has a reviewer to itself, and where the body is long, both. It waits until there is one: locks of this kind are
    /// handed over in the order of those that wait, so that a long body's turn comes.
    /// Source: futex(2), `FUTEX_LOCK_PI`.
    func withReviewer<T: Sendable>(of bytes: Int, _ work: @Sendable (AdmissionReviewer) -> T) -> T {
        guard bytes <= Self.longestBesideAnother else {
            return first.withLock { reviewer in second.withLock { _ in work(reviewer) } }
        }
        return first.withLockIfAvailable { work($0) } ?? second.withLock { work($0) }
    }

    /// Does something that takes long, or much memory, while there is no review.
    func between(_ work: @escaping @Sendable () -> Void) {
        thread.submit { [self] _ in first.withLock { _ in second.withLock { _ in work() } } }
    }

    /// Gives free memory back to the system, where that holds up nobody.
    /// - Parameter always: even if there has been no review here since the last time.
    func giveMemoryBack(always: Bool) {
        guard hasWorked.exchange(false, ordering: .relaxed) || always else { return }
        thread.submit { [self] _ in
            first.withLock { $0.releaseMemory() }
            second.withLock { $0.releaseMemory() }
            Allocator.giveBack()
        }
    }

    /// Ends the thread; what still is in the queue fails.
    func stop() async {
        isStopping.store(true, ordering: .relaxed)
        try? await thread.shutdownGracefully()
    }
}

/// That nobody waits any more.
final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// What is logged of a review that ended so.
    var error: AdmissionError? { isCancelled ? Self.clientHasGone : nil }

    static let clientHasGone = AdmissionError(
        .overdue, "the client has gone before its review was answered")

    func cancel() { flag.store(true, ordering: .relaxed) }
}

/// How long the review that an event loop is at may go on there. Asking costs no allocation for each review.
final class LoopSlice: Sendable {
    private let end = Atomic<UInt64>(.max)

    /// Begins a review.
    func begin(until end: NIODeadline) { self.end.store(end.uptimeNanoseconds, ordering: .relaxed) }

    /// Whether its time on the loop is over.
    var isOver: Bool { NIODeadline.now().uptimeNanoseconds >= end.load(ordering: .relaxed) }
}
