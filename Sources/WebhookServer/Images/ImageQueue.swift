import Catalogue
import NIOCore
import UWSGI

/// Which images are being read from registries, which are to be read, and which are not to be asked for again yet.
///
/// A value that decides; threads and clocks are elsewhere. Each image is read once for all who ask (single flight), what
/// failed is not asked for again for a while, and neither is a registry that does not answer. Everything is bounded, so
/// that no number of Pods, images or registries takes more than a fixed amount of memory and threads.
struct ImageQueue {
    struct Limits: Sendable {
        /// How many images are read at a time, and how many of them from one host: a registry that is dead keeps no
        /// other waiting.
        var mostRunning = 8
        var mostRunningOnHost = 2
        /// How many wait to be read.
        var mostWaiting = 512
        /// How often a registry is asked for one image that does not answer.
        var mostAttempts = 3
        /// How long a registry is left alone after its first failure; four times as long after each further one.
        var pause = TimeAmount.seconds(30)
        /// After how long a reading is no longer waited for: it will hardly end just now.
        var slow = TimeAmount.seconds(1)
        /// How long an image that cannot be read is not asked for again.
        var failure = TimeAmount.minutes(5)
        /// How many failures are remembered, of images and of hosts each.
        var mostFailures = 4096
    }

    /// An image to be read.
    struct Job: Sendable, Hashable {
        var image: ImageReference
        var containers: [ContainerSpecification] = []
        /// What was read of it before, for other containers.
        var known: CatalogueEntry?

        /// The most containers that are kept of one image.
        private static let mostContainers = 4

        /// Asks for what other containers lead to as well.
        mutating func add(_ others: [ContainerSpecification]) {
            for container in others where containers.count < Self.mostContainers {
                if !containers.contains(container) { containers.append(container) }
            }
        }
    }

    /// What can be expected of an image that is asked for.
    enum Prospect: Hashable {
        /// It is being read, or soon will be.
        case reading
        /// It is being read, and will take a while.
        case slow
        /// Its registry does not answer; it will be asked again later.
        case paused
        /// It could not be read a while ago.
        case failed
        /// Too many others wait.
        case noRoom
    }

    /// What becomes of an image whose reading has ended.
    enum Ending: Hashable {
        case read
        /// It will be tried again.
        case postponed
        case failed
    }

    private struct Waiting {
        var job: Job
        var attempts: Int
        /// From when on it may be read; of one that is being read, since when.
        var due: NIODeadline
    }

    let limits: Limits
    private var waiting: [ImageReference: Waiting] = [:]
    /// The order in which they are begun.
    private var order: [ImageReference] = []
    private var running: [ImageReference: Waiting] = [:]
    private var pausedHosts: [String: NIODeadline] = [:]
    private var failures: [ImageReference: NIODeadline] = [:]

    init(limits: Limits = Limits()) { self.limits = limits }

    /// How many wait or are being read.
    var count: Int { waiting.count + running.count }

    /// Asks for an image, or asks along with others who have.
    mutating func ask(_ job: Job, now: NIODeadline) -> Prospect {
        waiting[job.image]?.job.add(job.containers)
        if let prospect = prospect(of: job.image, now: now) { return prospect }
        guard waiting.count < limits.mostWaiting else { return .noRoom }
        waiting[job.image] = Waiting(job: job, attempts: 0, due: now)
        order.append(job.image)
        return prospect(of: job.image, now: now) ?? .noRoom
    }

    /// What can be expected of an image that has been asked for; `nil` where it has not.
    func prospect(of image: ImageReference, now: NIODeadline) -> Prospect? {
        if let known = running[image] { return isSlow(known, now: now) ? .slow : .reading }
        if let known = waiting[image] {
            if known.due > now || isPaused(image.host, now: now) { return .paused }
            let ahead = running.values.filter { $0.job.image.host == image.host && isSlow($0, now: now) }
            return ahead.count >= limits.mostRunningOnHost ? .slow : .reading
        }
        if let until = failures[image], now < until { return .failed }
        return nil
    }

    /// The next image to be read now, which is then being read until ``finish(_:failure:now:)``.
    mutating func begin(now: NIODeadline) -> Job? {
        guard running.count < limits.mostRunning else { return nil }
        var hosts: [String: Int] = [:]
        for image in running.keys { hosts[image.host, default: 0] += 1 }
        for (index, image) in order.enumerated() {
            guard var next = waiting[image], next.due <= now, !isPaused(image.host, now: now),
                hosts[image.host, default: 0] < limits.mostRunningOnHost
            else { continue }
            order.remove(at: index)
            waiting[image] = nil
            next.due = now
            running[image] = next
            return next.job
        }
        return nil
    }

    /// Notes how the reading of an image has ended.
    /// - Parameter failure: why it could not be read; `nil` where it was.
    mutating func finish(
        _ image: ImageReference, failure: ImageReadFailure.Reason?, now: NIODeadline
    ) -> Ending {
        guard var ended = running.removeValue(forKey: image) else { return .failed }
        guard let failure else {
            pausedHosts[image.host] = nil
            return .read
        }
        ended.attempts += 1
        if failure.isOfHost {
            let pause = limits.pause * (1 << (2 * min(ended.attempts - 1, 8)))
            Self.remember(&pausedHosts, image.host, until: now + pause, now: now, most: limits.mostFailures)
            if ended.attempts < limits.mostAttempts, waiting.count < limits.mostWaiting {
                ended.due = now + pause
                waiting[image] = ended
                order.append(image)
                return .postponed
            }
        }
        Self.remember(&failures, image, until: now + limits.failure, now: now, most: limits.mostFailures)
        return .failed
    }

    private func isSlow(_ known: Waiting, now: NIODeadline) -> Bool { now - known.due >= limits.slow }

    private func isPaused(_ host: String, now: NIODeadline) -> Bool {
        pausedHosts[host].map { now < $0 } ?? false
    }

    private static func remember<Key>(
        _ ends: inout [Key: NIODeadline], _ key: Key, until end: NIODeadline, now: NIODeadline, most: Int
    ) {
        if ends.count >= most { ends = ends.filter { now < $0.value } }
        // With so many that are new, asking some of them again is the lesser evil.
        if ends.count >= most { ends = [:] }
        ends[key] = end
    }
}
