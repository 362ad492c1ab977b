import Admission
import NIOCore
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// Reviews that take long: worked out where they hold up nobody, and ended when nobody waits for them any more.
@Suite struct SlowReviewTests {
    /// A review that takes all the steps that its length allows, some hundredths of a microsecond each.
    static func busy(uid: String, bytes: Int) -> [UInt8] {
        let container = #"{"name":"a","image":"b","command":["sh","-c","f(){ f;f;};f"]}"#
        let filler = String(repeating: " ", count: max(0, bytes - 500))
        return Array(
            """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"\(uid)",\
            "kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE",\
            "object":{"metadata":{},"spec":{"containers":[\(container)]}}}}\(filler)
            """.utf8)
    }

    /// As the API server asks, with a time limit.
    private static func request(_ body: [UInt8], timeout: String = "30s", extra: String = "") -> [UInt8] {
        Request.review(path: "/mutate?timeout=\(timeout)", body: body, extra: extra)
    }

    private static let oneLoop: @Sendable (inout ServerConfiguration) -> Void = { $0.threads = 1 }

    /// Long by its text, and long by what it asks for.
    @Test(arguments: [2 << 20, 60_000])
    func othersDoNotWait(bytes: Int) async throws {
        try await ServerUnderTest.run(Self.oneLoop) { server in
            var slow: [RawClient] = []
            for number in 0..<3 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.busy(uid: "slow-\(number)", bytes: bytes)))
                slow.append(client)
            }
            #expect(
                try await server.eventually { try await server.metric("uwsgi_max_fd_requests_in_flight") == 3 })
            try await server.expectGoodAnswer()
            for client in slow { #expect(try await client.answer().status == 200) }
            // What is logged is in the order of the answers.
            let order = try server.log.lines.map { try JSONTree(text: $0) }
                .filter { $0["msg"]?.string == "admission" }.compactMap { $0["uid"]?.string }
            #expect(order.count == 4)
            #expect(order.first?.hasPrefix("slow") == false)
            // The connections go on.
            for client in slow {
                try await client.send(Request.review())
                #expect(try await client.answer().status == 200)
            }
        }
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
                client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 2 << 20)))
                #expect(
                    try await server.eventually {
                        try await server.metric("uwsgi_max_fd_requests_in_flight") ?? 0 > 0
                            && server.server.bodies.inUse >= 2 << 20
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
            $0.maxBufferedBytes = 3 << 20
        } _: { server in
            var statuses: [Int] = []
            var clients: [RawClient] = []
            for _ in 0..<6 {
                let client = try await server.connect()
                client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 1 << 20)))
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
            client.sendAnyway(Self.request(Self.busy(uid: "slow", bytes: 2 << 20)))
            #expect(try await server.eventually { server.server.bodies.inUse >= 2 << 20 })
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
