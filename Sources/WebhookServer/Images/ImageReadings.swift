import Admission
import Basics
import Catalogue
import NIOCore
import NIOPosix
import Synchronization
import System

/// Reads from registries the images that reviews have not found in the catalogue.
///
/// A review waits for a short while at most, and is then answered by what is known; the reading goes on, on threads of its
/// own. What is decided is decided by ``ImageQueue``, ``RegistryImages`` and ``UnseenPods``; this has the lock, the threads and
/// the clock.
final class ImageReadings: Sendable {
    private struct State {
        var queue = ImageQueue()
        var images = RegistryImages()
        var unseen = UnseenPods()
        var waits: [ImageReference: [ImageWait]] = [:]
        /// How many reviews wait.
        var waiting = 0
        var isStopping = false
    }

    /// What is known, for reviews.
    private let store: CatalogueStore
    private let reviews: SlowReviews
    let metrics = ImageReadMetrics()
    private let source: ImageSource
    private let log: ServerLog
    private let state = Mutex(State())
    private let threads = NIOThreadPool(numberOfThreads: ImageQueue.Limits().mostRunning)
    private let limiter = RateLimiter(perSecond: 10)

    /// How many reviews may wait; any more are answered by what is known.
    static let mostWaiting = 256
    /// A longer review of a Pod is not kept until its images have been read, in bytes.
    static let longestKept = 64 << 10

    /// - Parameters:
    ///   - store: where reviews find what was read.
    ///   - reviews: where a Pod that was admitted unseen is looked at again.
    init(source: ImageSource, store: CatalogueStore, reviews: SlowReviews, log: ServerLog) {
        self.source = source
        self.store = store
        self.reviews = reviews
        self.log = log
        threads.start()
    }

    // MARK: Reviews

    /// Asks for the images that a review has not found.
    /// - Parameters:
    ///   - left: how long the review's client still waits.
    ///   - loop: the event loop that calls this, and on which the waiting ends.
    /// - Returns: what to wait for; `nil` when there is nothing, because all is known, or cannot be soon.
    func wait(for result: ReviewResult, left: TimeAmount, on loop: any EventLoop) -> ImageWait? {
        guard !result.unreadImages.isEmpty || !result.tagsOfRegistries.isEmpty else { return nil }
        let now = NIODeadline.now()
        let budget = ImageWait.budget(of: left)
        let jobs = result.unreadImages.compactMap(job)
        let tags = result.tagsOfRegistries.compactMap { ImageReference($0) }
        let asked = state.withLock { state -> (wait: ImageWait, images: [ImageReference])? in
            guard !state.isStopping else { return nil }
            for tag in tags where state.images.isStale(tag, now: now) {
                _ = state.queue.ask(ImageQueue.Job(image: tag), now: now)
            }
            let images = jobs.filter {
                state.images.mayBeRead($0.image) && state.queue.ask($0, now: now) == .reading
            }.map(\.image)
            guard !images.isEmpty, budget > .zero, state.waiting < Self.mostWaiting else { return nil }
            state.waiting += 1
            let wait = ImageWait(for: images.count, atMost: budget, on: loop)
            for image in images { state.waits[image, default: []].append(wait) }
            return (wait, images)
        }
        beginReading()
        guard let (wait, images) = asked else { return nil }
        wait.outcome.whenComplete { [self] outcome in
            if case .success(let outcome) = outcome { metrics.waits[outcome].add() }
            state.withLock { state in
                state.waiting -= 1
                for image in images { state.waits[image]?.removeAll { $0 === wait } }
            }
        }
        return wait
    }

    /// The image as registries know it; `nil` for what no registry is asked for.
    private func job(_ image: UnreadImage) -> ImageQueue.Job? {
        guard let reference = ImageReference(image.name), source.isAllowed(reference) else { return nil }
        // Of an image that is known further files are asked for, and not what its tag means by now.
        let pinned = image.known.map { reference.pinned(to: $0.digest) }
        return ImageQueue.Job(image: pinned ?? reference, containers: image.containers, known: image.known)
    }

    /// Notes a Pod that was let into the cluster although images of it have not been read.
    func note(_ result: ReviewResult, body: ByteBuffer, policy: Policy) {
        guard !result.unreadImages.isEmpty, result.record.admitsPod else { return }
        let now = NIODeadline.now()
        let jobs = result.unreadImages.compactMap(job)
        var pod = UnseenPods.Pod(body: body, policy: policy, record: result.record, images: [])
        pod.hasUnread = jobs.count < result.unreadImages.count
        let fate = state.withLock { state -> UnseenFate in
            var hasRead = false
            for job in jobs {
                if let entry = state.images.catalogue.entry(job.image), entry != job.known {
                    hasRead = true
                } else if let prospect = state.queue.prospect(of: job.image, now: now), prospect != .failed {
                    pod.images.insert(job.image)
                } else {
                    pod.hasUnread = true
                }
            }
            guard !pod.images.isEmpty else { return hasRead ? .known : .unread }
            guard body.readableBytes <= Self.longestKept, state.unseen.add(pod) else { return .dropped }
            return .kept
        }
        switch fate {
        case .kept: break
        case .known: check(pod)
        case .unread: metrics.unseen[.unread].add()
        case .dropped: metrics.unseen[.dropped].add()
        }
    }

    private enum UnseenFate { case kept, known, unread, dropped }

    // MARK: Reading

    /// Begins to read what is due, as far as there are threads for it.
    func beginReading() {
        let now = NIODeadline.now()
        while let job = state.withLock({ $0.isStopping ? nil : $0.queue.begin(now: now) }) {
            threads.submit { [self] state in
                guard case .active = state else { return }
                read(job)
            }
        }
    }

    private func read(_ job: ImageQueue.Job) {
        var known = state.withLock { $0.images.catalogue }
        if let entry = job.known, known.entry(entry.digest) == nil { known.add(entry) }
        let result = source.read(job.image, job.containers, known)
        let now = NIODeadline.now()
        let time = WallClock.now.seconds
        let (waits, pods, isRead) = state.withLock { state -> ([ImageWait], [UnseenPods.Pod], Bool) in
            var reason: ImageReadFailure.Reason?
            switch result {
            case .success(let entry):
                state.images.add(entry, for: job.image, time: time, now: now)
                store.replace(with: state.images.catalogue)
            case .failure(let failure): reason = failure.reason
            }
            let ending = state.queue.finish(job.image, failure: reason, now: now)
            let waits = state.waits.removeValue(forKey: job.image) ?? []
            let pods =
                ending == .postponed ? [] : state.unseen.settle(job.image, isRead: ending == .read)
            return (waits, pods, ending == .read)
        }
        count(job.image, result, now)
        for wait in waits { wait.settle(isRead: isRead) }
        for pod in pods { check(pod) }
        beginReading()
    }

    private func count(
        _ image: ImageReference, _ result: Result<CatalogueEntry, ImageReadFailure>, _ now: NIODeadline
    ) {
        guard case .failure(let failure) = result else { return metrics.reads[.read].add() }
        metrics.reads[.failed].add()
        metrics.errors[failure.reason].add()
        guard let suppressed = limiter.admit(now: now) else { return }
        log.write(.warning, "image not read") { line in
            line.add("image", image.description)
            line.add("reason", failure.reason.rawValue)
            line.add("error", failure.description)
            if suppressed > 0 { line.add("suppressed", suppressed) }
        }
    }

    // MARK: Pods that were admitted unseen

    /// Works out what would have been decided about a Pod, and says so where it is something else.
    private func check(_ pod: UnseenPods.Pod) {
        let review = SlowReviews.Review(
            body: pod.body, policy: pod.policy, deadline: .now() + Self.longestCheck)
        reviews.again(review) { [self] result in
            guard case .success(let outcome) = result else { return metrics.unseen[.dropped].add() }
            let containers = outcome.record.verdict.containers(unlike: pod.record.verdict)
            guard !containers.isEmpty else {
                let isUnread = pod.hasUnread || !outcome.unreadImages.isEmpty
                return metrics.unseen[isUnread ? .unread : .clear].add()
            }
            metrics.unseen[.late].add()
            log.write(.warning, "late") { LateLine.describe(outcome.record, containers, in: &$0) }
        }
    }

    /// How long one such check may take: nobody waits for it, but other reviews may.
    private static let longestCheck = TimeAmount.seconds(2)

    // MARK: The end

    /// What is known and how much waits, for the metrics.
    var facts: ImageReadMetrics.Facts {
        state.withLock { state in
            ImageReadMetrics.Facts(
                images: state.images.count, bytes: state.images.size, oldest: state.images.oldest,
                queued: state.queue.count, unseen: state.unseen.count)
        }
    }

    /// Ends all reading.
    func stop() async {
        state.withLock { $0.isStopping = true }
        source.stop()
        let ended = Completion()
        Task {
            try? await threads.shutdownGracefully()
            ended.complete()
        }
        // A name that is being resolved cannot be given up; the process ends without its thread.
        Task {
            try? await Task.sleep(for: .seconds(2))
            ended.complete()
        }
        await ended.wait()
    }
}
