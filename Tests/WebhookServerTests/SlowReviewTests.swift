import Admission
import NIOCore
import NIOHTTP1
import NIOPosix
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// Reviews that take long: worked out where they hold up nobody, and ended when nobody waits for them any more.
@Suite struct SlowReviewTests {
    /// A review that takes all the steps that its length allows, and is as long as is said.
    static func busy(uid: String, bytes: Int) -> [UInt8] {
        let container = #"{"name":"a","image":"b","command":["sh","-c","f(){ f;f;};f"]}"#
        let review = """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"\(uid)",\
            "kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE",\
            "object":{"metadata":{},"spec":{"containers":[\(container)]}}}}
            """
        return Array(review.utf8)
            + Array(repeating: UInt8(ascii: " "), count: max(0, bytes - review.utf8.count))
    }

    /// As the API server asks, with a time limit.
    private static func request(_ body: [UInt8], timeout: String = "30s", extra: String = "") -> [UInt8] {
        Request.review(path: "/mutate?timeout=\(timeout)", body: body, extra: extra)
    }

    private static let oneLoop: @Sendable (inout ServerConfiguration) -> Void = { $0.threads = 1 }

    @Test func othersDoNotWait() async throws {
        try await ServerUnderTest.run(Self.oneLoop) { server in
            var slow: [RawClient] = []
            for number in 0..<3 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.busy(uid: "slow-\(number)", bytes: 80_000)))
                slow.append(client)
            }
            #expect(
                try await server.eventually {
                    try await server.metric("uwsgi_max_fd_requests_in_flight") == 3
                })
            try await server.expectGoodAnswer()
            for client in slow { #expect(try await client.answer().status == 200) }
            // What is logged is in the order of the answers.
            func order() throws -> [String] {
                try server.log.lines.map { try JSONTree(text: $0) }
                    .filter { $0["msg"]?.string == "admission" }.compactMap { $0["uid"]?.string }
            }
            #expect(try await server.eventually { try order().count == 4 })
            #expect(try order().first?.hasPrefix("slow") == false)
            // The connections go on.
            for client in slow {
                try await client.send(Request.review())
                #expect(try await client.answer().status == 200)
            }
        }
    }

    /// What is short is tried on the event loop, and goes on elsewhere when it takes longer than a slice of time.
    @Test(arguments: [(TimeAmount.zero, true), (.hours(1), false)])
    func aReviewHasASliceOfTheLoop(slice: TimeAmount, isPending: Bool) async throws {
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
            switch respond(ByteBuffer(bytes: Self.busy(uid: "a", bytes: 2000)), .zero) {
            case .ready(let answer): return loop.makeSucceededFuture((false, answer.status.rawValue))
            case .pending(let pending): return pending.response.map { (true, $0.status.rawValue) }
            }
        }.get()
        #expect(wasPending == isPending)
        #expect(status == 200)
        await reviews.stop()
        _ = await queue.close(within: .seconds(1))
        try await group.shutdownGracefully()
    }

    @Test func aReviewEndsWithItsTime() async throws {
        try await ServerUnderTest.run(Self.oneLoop) { server in
            let client = try await server.connect()
            client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 8 << 20), timeout: "150ms"))
            let answer = try await client.answer()
            // Not 200: no admission, and no denial.
            #expect([500, 503].contains(answer.status))
            #expect(answer.body.contains("time"))
            try await server.expectGoodAnswer()
            let errors = try server.log.lines.map { try JSONTree(text: $0) }
                .filter { $0["decision"]?.string == "error" }
            #expect(errors.count == (answer.status == 500 ? 1 : 0))
        }
    }

    @Test func aReviewForNobodyEnds() async throws {
        try await ServerUnderTest.run(Self.oneLoop) { server in
            for _ in 0..<3 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 80_000)))
                #expect(
                    try await server.eventually {
                        try await server.metric("uwsgi_max_fd_requests_in_flight") ?? 0 > 0
                            && server.server.bodies.inUse >= 80_000
                    })
                try await client.reset()
            }
            #expect(try await server.eventually { server.server.bodies.inUse == 0 })
            #expect(try await server.metric("uwsgi_max_fd_requests_in_flight") == 0)
            try await server.expectGoodAnswer()
        }
    }

    @Test func moreThanThereIsRoomForIsSentElsewhere() async throws {
        try await ServerUnderTest.run {
            Self.oneLoop(&$0)
            $0.maxBufferedBytes = 250_000
        } _: { server in
            var statuses: [Int] = []
            var clients: [RawClient] = []
            for _ in 0..<6 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 70_000)))
                clients.append(client)
            }
            for client in clients {
                let answer = try await client.answer()
                statuses.append(answer.status)
                if answer.status == 503 { #expect(answer.headers["retry-after"] == "1") }
            }
            #expect(Set(statuses) == [200, 503])
            #expect(try await server.eventually { server.server.bodies.inUse == 0 })
            try await server.expectGoodAnswer()
        }
    }

    @Test func aShutdownWaitsForTheAnswer() async throws {
        try await ServerUnderTest.run {
            Self.oneLoop(&$0)
            $0.drainTimeout = .seconds(60)
        } _: { server in
            let client = try await server.connect()
            client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 80_000)))
            #expect(try await server.eventually { server.server.bodies.inUse >= 80_000 })
            server.server.beginDrain()
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == "close")
            await server.server.waitUntilClosed()
        }
    }

    /// Without an end of its work, a shutdown ends with its own time.
    @Test func aShutdownDoesNotWaitForever() async throws {
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
