import Foundation
import TestServerSupport
import TestSupport
import Testing

/// What one review may cost, whatever is in it.
extension FaultTests {
    @Test(.faultedServer(), arguments: FaultTable.deep)
    func `Reviews that are deep`(_ review: CostlyReview) async throws {
        try await FaultedServer.current.check(review)
    }

    @Test(.faultedServer(), arguments: FaultTable.laborious)
    func `Reviews that ask for much work`(_ review: CostlyReview) async throws {
        try await FaultedServer.current.check(review)
    }

    @Test(.faultedServer(), arguments: FaultTable.voluminous)
    func `Reviews that hold too much`(_ review: CostlyReview) async throws {
        try await FaultedServer.current.check(review)
    }

    @Test(.faultedServer(), arguments: FaultTable.largest)
    func `The largest bodies from 64 connections`(_ review: CostlyReview) async throws {
        try await FaultedServer.current.check(review)
    }
}

extension FaultedServer {
    /// Of the process, whatever comes: half of what the chart allows it.
    private static let mostMemory = 128 << 20
    /// How much more than before may be left after ten seconds.
    private static let mostLeft = 4 << 20

    /// Has clients send a review all at once. Meanwhile others are served, the process stays small, and afterwards
    /// nothing is left.
    func check(_ review: CostlyReview) async throws {
        // What the first requests need stays.
        for _ in 0..<10 { try await expectGoodService() }
        let before = try residentBytes()
        try forgetPeak()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<review.clients { group.addTask { try await status(of: review) } }
            // How soon depends on who else uses the processors: the clients themselves do.
            for _ in 0..<5 { #expect(try await serveSomebodyElse() == 200) }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(statuses.isSubset(of: review.statuses) && statuses != [0], "\(statuses)")
        try await expectGoodService()
        let peak = try peakBytes()
        #expect(peak <= Self.mostMemory, "\(peak >> 20) MiB")
        #expect(try await hasForgottenClients())
        let isGivenBack = try await eventually(within: .seconds(10)) {
            try residentBytes() <= before + Self.mostLeft
        }
        let rest = try residentBytes()
        #expect(isGivenBack, "\(rest >> 10) KiB, \(before >> 10) KiB before")
        #expect(try await countsNobody())
    }

    /// The status that one client gets; 0 when it is reset.
    private func status(of review: CostlyReview) async throws -> Int {
        let client = try await connect()
        try await client.untilHandshake()
        client.sendAnyway(
            Request.review(path: "/mutate?timeout=5s", body: review.body, extra: "Connection: close\r\n"))
        do {
            return try await client.answer().status
        } catch RawClient.Failure.closed {
            return 0
        }
    }
}
