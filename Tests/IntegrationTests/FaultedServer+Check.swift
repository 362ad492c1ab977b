import Foundation
import TestServerSupport
import TestSupport
import Testing

extension FaultedServer {
    /// What resident memory may grow by, in bytes. What OpenSSL holds for one connection is about 45 kB, so
    /// that 60 which are not freed take 2.7 MB, and ten bodies of 3 MB take thirty.
    static let tolerance = 1 << 20

    /// How often the fault is repeated. The allocator keeps what the busiest moment so far needed, so that one
    /// run may add to it; a leak adds to it with every run.
    static let attempts = 4

    /// Has a row's clients do their worst, and looks at what came of it.
    func check(_ fault: Fault, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await expectGoodService(sourceLocation: sourceLocation)
        let reviews = try await reviewsLogged()
        var runs = 0
        var asked = 0
        var growth = Int.max
        while growth > Self.tolerance, runs < Self.attempts {
            let memory = try residentBytes()
            let outcomes = try await suffer(fault)
            #expect(outcomes == [fault.outcome], sourceLocation: sourceLocation)
            runs += 1
            asked += try await expectGoodService(sourceLocation: sourceLocation)
            let isForgotten = try await hasForgottenClients()
            #expect(isForgotten, "the descriptors are not those from before", sourceLocation: sourceLocation)
            growth = try residentBytes() - memory
            guard outcomes == [fault.outcome], isForgotten else { break }
        }
        #expect(growth <= Self.tolerance, "bytes in each run", sourceLocation: sourceLocation)
        #expect(try await countsNobody(), sourceLocation: sourceLocation)
        // The good requests after each run, and what the row itself asks for rightfully.
        asked += runs * fault.times * fault.reviews
        #expect(try await reviewsLogged() - reviews == asked, sourceLocation: sourceLocation)
    }

    /// A good request is answered within a second, whatever goes on.
    /// - Returns: how many requests that took.
    @discardableResult
    func expectGoodService(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Int {
        try await expectWithinASecond(sourceLocation: sourceLocation) {
            let status = try await serveSomebodyElse()
            #expect(status == 200, sourceLocation: sourceLocation)
        }
    }

    /// Does something until it takes less than a second, three times at most: a machine that has stood still makes one
    /// attempt late, a server that makes others wait makes all of them late.
    /// - Returns: how often it was done.
    @discardableResult
    func expectWithinASecond(
        sourceLocation: SourceLocation, _ attempt: () async throws -> Void
    ) async throws -> Int {
        var durations: [Duration] = []
        while durations.allSatisfy({ $0 >= .seconds(1) }), durations.count < 3 {
            let start = ContinuousClock.now
            try await attempt()
            durations.append(ContinuousClock.now - start)
        }
        #expect(durations.contains { $0 < .seconds(1) }, "\(durations)", sourceLocation: sourceLocation)
        return durations.count
    }

    /// How many reviews were answered, by the log: all of them with the identity of the one review
    /// that is ever asked for rightfully. Whatever else is in the log is JSON too, line by line.
    private func reviewsLogged() async throws -> Int {
        // Lines are written in the order of the requests, by a thread of their own: what this one leaves is last.
        let marker = "marker-\(UUID().uuidString)"
        let body = String(decoding: Request.reviewBody, as: UTF8.self)
            .replacing(FaultTable.rightfulUID, with: marker)
        let client = try await connect()
        try await client.send(Request.review(body: Array(body.utf8)))
        #expect(try await client.answer().status == 200)
        await client.close()
        _ = try server.wait { $0.contains(marker) }
        let reviews = try server.admissions().filter { $0["decision"]?.string != "error" }
        let others = reviews.filter { $0["uid"]?.string?.hasPrefix("marker-") == false }
        #expect(others.allSatisfy { $0["uid"]?.string == FaultTable.rightfulUID })
        return others.count
    }
}

/// Starts a server for all rows of a test, and stops it after the last one.
struct FaultedServerTrait: TestTrait, TestScoping {
    let flags: [String]

    /// For the test as a whole, not for each of its rows.
    func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? self : nil }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        let faulted = try FaultedServer(flags)
        try await FaultedServer.$value.withValue(faulted, operation: body)
        #expect(faulted.server.stop() == 0)
    }
}

extension Trait where Self == FaultedServerTrait {
    static func faultedServer(_ flags: [String] = []) -> Self { FaultedServerTrait(flags: flags) }
}
