import Foundation
import TestServerSupport
import TestSupport
import Testing

/// What one review may cost, whatever is in it.
extension FaultTests {
    @Test("reviews that are deep", .faultedServer(), arguments: FaultTable.deep)
    func deep(_ fault: Fault) async throws { try await FaultedServer.current.check(fault) }

    @Test("reviews that ask for much work", .faultedServer(), arguments: FaultTable.laborious)
    func laborious(_ fault: Fault) async throws { try await FaultedServer.current.check(fault) }

    @Test("reviews that hold too much", .faultedServer(), arguments: FaultTable.voluminous)
    func voluminous(_ fault: Fault) async throws { try await FaultedServer.current.check(fault) }

    /// Of the process, whatever comes: half of what the chart allows it.
    private static let mostMemory = 128 << 20
    /// How much more than before may be left after ten seconds.
    private static let mostLeft = 4 << 20

    @Test(
        "the largest bodies on 64 connections at once", .faultedServer(),
        arguments: FaultTable.largest.indices)
    func memory(_ index: Int) async throws {
        let faulted = FaultedServer.current
        let (name, body) = FaultTable.largest[index]
        // What the first requests need stays.
        for _ in 0..<20 { try await faulted.expectGoodService() }
        let before = try faulted.residentBytes()
        try faulted.forgetPeak()
        let request = Request.review(path: "/mutate?timeout=5s", body: body, extra: "Connection: close\r\n")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    let client = try await faulted.connect()
                    client.sendAnyway(request)
                    return try await client.answer().status
                }
            }
            // All the while, everybody else is served.
            for _ in 0..<10 { try await faulted.expectGoodService() }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(statuses.isSubset(of: [200, 400, 413, 500, 503]), "\(name)")
        let peak = try faulted.peakBytes()
        #expect(peak <= Self.mostMemory, "\(name): \(peak >> 20) MiB")
        let isGivenBack = try await faulted.eventually {
            try faulted.residentBytes() <= before + Self.mostLeft
        }
        let rest = try faulted.residentBytes()
        #expect(isGivenBack, "\(name): \(rest >> 20) MiB of \(before >> 20) before")
        #expect(try await faulted.metric("uwsgi_max_fd_requests_in_flight") == 0)
        try await faulted.expectGoodService()
    }
}
