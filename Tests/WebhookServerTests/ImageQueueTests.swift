import Catalogue
import NIOCore
import Testing

@testable import WebhookServer

/// What is read from registries, and when: on a clock of the test's own.
@Suite struct ImageQueueTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func image(_ text: String) throws -> ImageReference { try #require(ImageReference(text)) }

    private func ask(_ queue: inout ImageQueue, _ text: String, after time: TimeAmount = .zero) throws
        -> ImageQueue.Prospect
    {
        queue.ask(ImageQueue.Job(image: try image(text)), now: start + time)
    }

    @Test func `An image is read once for all who ask, however they spell it`() throws {
        var queue = ImageQueue()
        #expect(try ask(&queue, "nginx") == .reading)
        #expect(try ask(&queue, "docker.io/library/nginx:latest") == .reading)
        let begun = queue.begin(now: start)
        let job = try #require(begun)
        #expect(job.image.description == "docker.io/library/nginx:latest")
        #expect(queue.begin(now: start) == nil)
        #expect(try ask(&queue, "nginx") == .reading)
        #expect(queue.finish(job.image, failure: nil, now: start) == .read)
        #expect(queue.count == 0)
        #expect(queue.prospect(of: job.image, now: start) == nil)
    }

    @Test func `No host has more than its share of the threads`() throws {
        var queue = ImageQueue()
        for number in 1...20 { _ = try ask(&queue, "dead.example.org/app:\(number)") }
        _ = try ask(&queue, "alive.example.org/app:1")
        var begun: [String] = []
        while let job = queue.begin(now: start) { begun.append(job.image.host) }
        #expect(begun == ["dead.example.org", "dead.example.org", "alive.example.org"])
        for host in 1...20 { for tag in 1...2 { _ = try ask(&queue, "\(host).example.org/app:\(tag)") } }
        while let job = queue.begin(now: start) { begun.append(job.image.host) }
        #expect(begun.count == ImageQueue.Limits().mostRunning)
    }

    @Test func `What takes long is not waited for, and neither is what comes after it`() throws {
        var queue = ImageQueue()
        for number in 1...2 {
            _ = try ask(&queue, "example.org/app:\(number)")
            _ = queue.begin(now: start)
        }
        #expect(try ask(&queue, "example.org/app:1", after: .milliseconds(999)) == .reading)
        #expect(try ask(&queue, "example.org/app:3", after: .milliseconds(999)) == .reading)
        #expect(try ask(&queue, "example.org/app:1", after: .seconds(1)) == .slow)
        #expect(try ask(&queue, "example.org/app:3", after: .seconds(1)) == .slow)
        #expect(try ask(&queue, "example.org/app:4", after: .seconds(1)) == .slow)
        #expect(try ask(&queue, "example.net/app:1", after: .seconds(1)) == .reading)
        // Once one of them has ended, there is hope again.
        let image = try self.image("example.org/app:1")
        #expect(queue.finish(image, failure: nil, now: start + .seconds(2)) == .read)
        #expect(try ask(&queue, "example.org/app:3", after: .seconds(2)) == .reading)
    }

    @Test func `What is asked for beyond the room is not kept`() throws {
        var queue = ImageQueue(limits: ImageQueue.Limits(mostWaiting: 3))
        for number in 1...3 { #expect(try ask(&queue, "a:\(number)") == .reading) }
        #expect(try ask(&queue, "a:4") == .noRoom)
        #expect(try ask(&queue, "a:1") == .reading)
        #expect(queue.count == 3)
    }

    @Test(arguments: ImageReadFailure.Reason.allCases)
    func `A failure is not asked for again for a while`(_ reason: ImageReadFailure.Reason) throws {
        var queue = ImageQueue()
        _ = try ask(&queue, "example.org/app:1")
        let begun = queue.begin(now: start)
        let job = try #require(begun)
        let ending = queue.finish(job.image, failure: reason, now: start)
        #expect(ending == (reason.isOfHost ? .postponed : .failed))
        #expect(queue.begin(now: start) == nil)
        #expect(
            try ask(&queue, "example.org/app:1", after: .seconds(29)) == (reason.isOfHost ? .paused : .failed)
        )
        // Another image of the same host is asked for, unless the host itself is dead.
        #expect(try ask(&queue, "example.org/app:2") == (reason.isOfHost ? .paused : .reading))
        #expect(try ask(&queue, "example.net/app:1") == .reading)
    }

    @Test func `A dead registry is asked three times, ever more rarely, and then no more`() throws {
        var queue = ImageQueue()
        _ = try ask(&queue, "example.org/app:1")
        let image = try self.image("example.org/app:1")
        var now = start
        var endings: [ImageQueue.Ending] = []
        for pause in [30, 120, 480] {
            #expect(queue.begin(now: now)?.image == image)
            endings.append(queue.finish(image, failure: .timeout, now: now))
            #expect(queue.begin(now: now + .seconds(Int64(pause) - 1)) == nil)
            now = now + .seconds(Int64(pause))
        }
        #expect(endings == [.postponed, .postponed, .failed])
        #expect(queue.begin(now: now) == nil)
        #expect(queue.count == 0)
        // Long after, it may be asked for again.
        #expect(queue.ask(ImageQueue.Job(image: image), now: now + .minutes(10)) == .reading)
    }

    @Test func `A registry that answers again is no longer left alone`() throws {
        var queue = ImageQueue()
        _ = try ask(&queue, "example.org/app:1")
        let begun = queue.begin(now: start)
        let image = try #require(begun?.image)
        _ = queue.finish(image, failure: .unreachable, now: start)
        let later = start + .seconds(30)
        #expect(queue.begin(now: later)?.image == image)
        #expect(queue.finish(image, failure: nil, now: later) == .read)
        #expect(try ask(&queue, "example.org/app:2", after: .seconds(31)) == .reading)
    }

    @Test func `However many fail, a bounded number is remembered`() throws {
        var queue = ImageQueue(limits: ImageQueue.Limits(mostRunning: 1, mostFailures: 10))
        for number in 1...100 {
            _ = try ask(&queue, "example.org/app:\(number)")
            let begun = queue.begin(now: start)
            let image = try #require(begun?.image)
            #expect(queue.finish(image, failure: .notFound, now: start) == .failed)
        }
        let remembered = try (1...100).filter {
            queue.prospect(of: try self.image("example.org/app:\($0)"), now: start) == .failed
        }
        #expect(remembered.count <= 10)
        #expect(remembered.contains(100))
    }

    @Test(arguments: [(40_000, 250), (1000, 250), (400, 100), (4, 1), (0, 0), (-5, 0)])
    func `A review waits for a quarter of its time, and at most 250 ms`(left: Int64, wait: Int64) {
        #expect(ImageWait.budget(of: .milliseconds(left)) == .milliseconds(wait))
    }
}
