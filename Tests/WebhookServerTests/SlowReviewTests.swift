import Admission
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// Reviews that take long: worked out where they hold up nobody, and ended when nobody waits for them any more.
@Suite struct SlowReviewTests {
    /// A review that takes all the steps that its length allows, and is as long as is said.
    static func busy(uid: String, bytes: Int) -> [UInt8] {
        // Each `if` may go either way, and what is known afterwards has to be put together of both.
        let line = "if [ -f x ]; then A=$A$B; else B=$A; fi;"
        let script = String(repeating: line, count: min(bytes, 100_000) / line.utf8.count)
        let container = #"{"name":"a","image":"b","command":["sh","-c","\#(script)"]}"#
        let containers = Array(repeating: container, count: max(1, bytes / 100_000 - 1)).joined(
            separator: ",")
        let review = """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"\(uid)",\
            "kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE",\
            "object":{"metadata":{},"spec":{"containers":[\(containers)]}}}}
            """
        return Array(review.utf8)
            + Array(repeating: UInt8(ascii: " "), count: max(0, bytes - review.utf8.count))
    }

    /// As the API server asks, with a time limit.
    private static func request(_ body: [UInt8], timeout: String = "30s", extra: String = "") -> [UInt8] {
        Request.review(path: "/mutate?timeout=\(timeout)", body: body, extra: extra)
    }

    private static let oneLoop: @Sendable (inout ServerConfiguration) -> Void = { $0.threads = 1 }

    /// A review that is long, and quickly answered.
    private static func long(uid: String) -> [UInt8] {
        let body = String(decoding: Request.reviewBody, as: UTF8.self)
            .replacing("2434988f-7dbe-4f49-90bf-360337ad13ba", with: uid)
        return Array(body.utf8) + Array(repeating: UInt8(ascii: " "), count: 100_000 - body.utf8.count)
    }

    /// Keeps the thread for long reviews from its work until ``open()``.
    private final class Barrier: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)

        init(before reviews: SlowReviews) { reviews.thread.submit { [semaphore] _ in semaphore.wait() } }

        func open() { semaphore.signal() }
    }

    @Test func `Others do not wait`() async throws {
        try await ServerUnderTest.run(Self.oneLoop) { server in
            let barrier = Barrier(before: server.server.slowReviews)
            var slow: [RawClient] = []
            for number in 0..<3 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.long(uid: "slow-\(number)")))
                slow.append(client)
            }
            #expect(try await server.eventually { server.server.bodies.inUse == 300_000 })
            try await server.expectGoodAnswer()
            #expect(try await server.metric("uwsgi_max_fd_requests_in_flight") == 3)
            barrier.open()
            for client in slow { #expect(try await client.answer().status == 200) }
            // Their connections go on.
            for client in slow {
                try await client.send(Request.review())
                #expect(try await client.answer().status == 200)
            }
            #expect(server.server.bodies.inUse == 0)
        }
    }

    /// Two at once, but not beside one that may need much memory.
    @Test func `A long body is worked on alone`() async {
        let reviews = SlowReviews(settings: AdmissionSettings(), threads: 2)
        let events = Mutex<[String]>([])
        let hasEnded = Completion()
        for _ in 0..<2 {
            reviews.withReviewer(of: 1 << 20) { _ in
                reviews.withReviewer(of: 1 << 20) { _ in events.withLock { $0.append("two") } }
            }
        }
        reviews.withReviewer(of: 1 << 20) { _ in
            Thread.detachNewThread {
                reviews.withReviewer(of: (1 << 20) + 1) { _ in events.withLock { $0.append("long") } }
                hasEnded.complete()
            }
            // Long enough for the thread to be wrong.
            Thread.sleep(forTimeInterval: 0.05)
            events.withLock { $0.append("one") }
        }
        await hasEnded.wait()
        #expect(events.withLock { $0 } == ["two", "two", "one", "long"])
        await reviews.stop()
    }

    /// What is short is tried on the event loop, and goes on elsewhere when it takes longer than a slice of time.
    @Test(arguments: [(TimeAmount.zero, true), (.hours(1), false)])
    func `A review has a slice of the loop`(slice: TimeAmount, isPending: Bool) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let reviews = SlowReviews(settings: AdmissionSettings(), loopSlice: slice)
        let queue = LogQueue(descriptor: -1)
        let (wasPending, status) = try await loop.flatSubmit {
            let metrics = LoopMetrics()
            let routes = WebhookRoutes(
                reviewer: AdmissionReviewer(settings: AdmissionSettings()), metrics: metrics,
                log: ServerLog(queue: queue), clock: LoopClock(), slow: (reviews, loop))
            let head = HTTPRequestHead(
                version: .http1_1, method: .POST, uri: "/mutate?timeout=30s",
                headers: ["host": "x", "content-type": "application/json"])
            guard let request = try? RequestHead(head),
                case .accept(let respond) = routes.route(request).outcome
            else { return loop.makeSucceededFuture((false, 0)) }
            switch respond(ByteBuffer(bytes: Self.busy(uid: "a", bytes: 20_000)), .zero) {
            case .ready(let answer): return loop.makeSucceededFuture((false, answer.status.rawValue))
            case .pending(let pending): return pending.response.map { (true, $0.status.rawValue) }
            }
        }.get()
        #expect(wasPending == isPending)
        #expect(status == 200)
        await reviews.stop()
        _ = await queue.close(within: .seconds(60))
        try await group.shutdownGracefully()
    }

    @Test func `A review ends with its time`() async throws {
        try await ServerUnderTest.run(Self.oneLoop) { server in
            let client = try await server.connect()
            client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 8 << 20), timeout: "150ms"))
            let answer = try await client.answer()
            // Not 200: no admission, and no denial.
            #expect([500, 503].contains(answer.status))
            #expect(answer.body.contains("time"))
            try await server.expectGoodAnswer()
            #expect(
                try await server.eventually {
                    let errors = try server.log.lines.map { try JSONTree(text: $0) }
                        .filter { $0["decision"]?.string == "error" }
                    return errors.count == (answer.status == 500 ? 1 : 0)
                })
        }
    }

    @Test func `A review for nobody ends`() async throws {
        try await ServerUnderTest.run(Self.oneLoop) { server in
            let barrier = Barrier(before: server.server.slowReviews)
            for number in 1...3 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.long(uid: "slow")))
                #expect(try await server.eventually { server.server.bodies.inUse == number * 100_000 })
                try await client.reset()
            }
            #expect(
                try await server.eventually {
                    try await server.metric("uwsgi_max_fd_requests_in_flight") == 0
                })
            // The thread still has them.
            #expect(server.server.bodies.inUse == 300_000)
            barrier.open()
            #expect(try await server.eventually { server.server.bodies.inUse == 0 })
            try await server.expectGoodAnswer()
            // A thread of its own writes the log.
            func reasons() throws -> [String] {
                try server.log.lines.map { try JSONTree(text: $0) }
                    .filter { $0["decision"]?.string == "error" }.compactMap { $0["reason"]?.string }
            }
            #expect(try await server.eventually { try reasons().count == 3 })
            #expect(try reasons().allSatisfy { $0.contains("the client has gone") })
        }
    }

    @Test func `More than there is room for is sent elsewhere`() async throws {
        try await ServerUnderTest.run {
            Self.oneLoop(&$0)
            $0.maxBufferedBytes = 250_000
        } _: { server in
            let barrier = Barrier(before: server.server.slowReviews)
            var inside: [RawClient] = []
            for number in 1...2 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.long(uid: "slow")))
                #expect(try await server.eventually { server.server.bodies.inUse == number * 100_000 })
                inside.append(client)
            }
            for _ in 0..<3 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.long(uid: "slow")))
                let answer = try await client.answer()
                #expect(answer.status == 503)
                #expect(answer.headers["retry-after"] == "1")
            }
            try await server.expectGoodAnswer()
            barrier.open()
            for client in inside { #expect(try await client.answer().status == 200) }
            #expect(try await server.eventually { server.server.bodies.inUse == 0 })
        }
    }

    @Test func `A shutdown waits for the answer`() async throws {
        try await ServerUnderTest.run {
            Self.oneLoop(&$0)
            $0.drainTimeout = .seconds(60)
        } _: { server in
            let barrier = Barrier(before: server.server.slowReviews)
            let client = try await server.connect()
            client.sendAnyway(Self.request(Self.long(uid: "slow")))
            #expect(try await server.eventually { server.server.bodies.inUse == 100_000 })
            server.server.beginDrain()
            try await server.untilNobodyIsTaken()
            barrier.open()
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == "close")
            await server.server.waitUntilClosed()
        }
    }

    /// Without an end of its work, a shutdown ends with its own time.
    @Test func `A shutdown does not wait forever`() async throws {
        try await ServerUnderTest.run {
            Self.oneLoop(&$0)
            $0.drainTimeout = .milliseconds(10)
        } _: { server in
            let client = try await server.connect()
            client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 8 << 20)))
            #expect(try await server.eventually { server.server.bodies.inUse >= 8 << 20 })
            server.server.beginDrain()
            await server.server.waitUntilClosed()
            await client.untilClosed()
        }
    }
}
