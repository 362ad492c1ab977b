import Admission
import NIOCore
import NIOPosix
import Synchronization

/// Where the reviews go that would hold up all others: one thread for the whole process, with a queue before it.
///
/// An event loop answers a review itself, within the call that brings its last bytes. One that is long, or that has not
/// been answered within a slice of time, is worked out here instead, from its beginning; its connection waits meanwhile
/// and reads nothing, and all others are served. It is one thread, so that what a large review needs beside its body is
/// needed once, and so that all of them together take one processor at most.
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
    /// How many reviews may wait or be worked on.
    static let mostWaiting = 256

    /// A review, and who waits for it.
    struct Review: Sendable {
        var body: ByteBuffer
        var policy: Policy
        /// When the API server gives up.
        var deadline: NIODeadline
    }

    let thread = NIOThreadPool(numberOfThreads: 1)
    private let reviewer: Mutex<AdmissionReviewer>
    private let waiting = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)

    init(settings: AdmissionSettings, loopSlice: TimeAmount = .milliseconds(2)) {
        self.loopSlice = loopSlice
        reviewer = Mutex(AdmissionReviewer(settings: settings))
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
            defer {
                if waiting.wrappingSubtract(1, ordering: .relaxed).newValue == 0 { Allocator.giveBack() }
            }
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
        return reviewer.withLock { reviewer in
            review.body.withUnsafeReadableBytes { bytes in
                do throws(AdmissionError) {
                    return .success(try reviewer.review(bytes, policy: review.policy, isPastDeadline: isOver))
                } catch {
                    return .failure(cancellation.error ?? error)
                }
            }
        }
    }

    /// Gives free memory back to the system, where that holds up nobody.
    func giveMemoryBack() {
        thread.submit { _ in Allocator.giveBack() }
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
