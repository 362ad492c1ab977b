import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// Bytes that nobody would send, by the thousand: each ends in an answer or a closed connection.
@Suite struct HostileBytesTests {
    /// The same numbers in each run, so that a failure can be repeated.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        /// SplitMix64 (Steele, Lea, Flood 2014).
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static func mutate(_ request: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
        var bytes = request
        for _ in 0..<Int.random(in: 1...6, using: &numbers) {
            guard !bytes.isEmpty else { break }
            // Mostly the head, where the framing is.
            let limit = Bool.random(using: &numbers) ? min(bytes.count, 300) : bytes.count
            let at = Int.random(in: 0..<limit, using: &numbers)
            switch Int.random(in: 0..<6, using: &numbers) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &numbers)
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &numbers), at: at)
            case 3: bytes.insert(contentsOf: Array("\r\n".utf8), at: at)
            case 4: bytes = Array(bytes[..<at])
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: at)
            }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `Changed requests`(_ seed: UInt64) async throws {
        try await ServerUnderTest.run {
            $0.requestTimeout = .milliseconds(50)
        } _: { server in
            var numbers = Numbers(state: seed)
            let chunked =
                Request.make(
                    "POST /strict HTTP/1.1",
                    ["Host: x", "Content-Type: application/json", "Transfer-Encoding: chunked"])
                + Request.chunks(of: Request.reviewBody, size: 500)
            for round in 0..<150 {
                let bytes = Self.mutate(round % 2 == 0 ? Request.review() : chunked, &numbers)
                let client = try await server.connect()
                client.sendAnyway(bytes)
                // A client that ends its half learns at once what becomes of the rest.
                try? await client.closeOutput()
                let answers = await client.untilClosed()
                #expect(answers.isEmpty || answers.hasPrefix("HTTP/1.1 "))
            }
            try await server.expectGoodAnswer()
            #expect(try await server.metric("uwsgi_max_fd_requests_in_flight") == 0)
            #expect(server.server.bodies.inUse == 0)
        }
    }

    @Test func `A request that is cut off is refused`() async throws {
        try await ServerUnderTest.run { server in
            let request = Request.review()
            for length in [10, 200, request.count - 1] {
                let client = try await server.connect()
                try await client.send(Array(request[..<length]))
                try await client.closeOutput()
                #expect(try await client.answer().status == 400)
                #expect(await client.untilClosed() == "")
            }
            // Nothing was asked, so nothing is answered.
            let silent = try await server.connect()
            try await silent.closeOutput()
            #expect(await silent.untilClosed() == "")
            try await server.expectGoodAnswer()
        }
    }

    @Test func `A thousand connections at once`() async throws {
        try await ServerUnderTest.run { server in
            let port = server.port
            let answered = await withCheckedContinuation { continuation in
                // Off the threads that the other tests share.
                Thread.detachNewThread {
                    let clients = (0..<1000).compactMap { _ in BlockingClient(port) }
                    continuation.resume(returning: clients.count { $0.ask() == 200 })
                }
            }
            #expect(answered == 1000)
            try await server.expectGoodAnswer()
        }
    }
}
