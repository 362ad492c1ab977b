import TestServerSupport
import TestSupport
import Testing

/// Every way to misbehave that is known, against the built executable: each ends as the table says, nobody else
/// notices, and nothing is left of it. One after the other, because memory and time are measured.
@Suite(.serialized)
struct FaultTests {
    @Test(.faultedServer(), arguments: FaultTable.departures)
    func `Clients that go`(_ fault: Fault) async throws { try await FaultedServer.current.check(fault) }

    @Test(.faultedServer(), arguments: FaultTable.handshakes)
    func `No TLS, or none that is spoken here`(_ fault: Fault) async throws {
        try await FaultedServer.current.check(fault)
    }

    @Test(.faultedServer(), arguments: FaultTable.smuggling)
    func `Requests that may be read in two ways`(_ fault: Fault) async throws {
        try await FaultedServer.current.check(fault)
    }

    @Test(.faultedServer(), arguments: FaultTable.chunks)
    func `Chunks that are none`(_ fault: Fault) async throws { try await FaultedServer.current.check(fault) }

    @Test(.faultedServer(), arguments: FaultTable.heads)
    func `Heads that are none`(_ fault: Fault) async throws { try await FaultedServer.current.check(fault) }

    @Test(.faultedServer(), arguments: FaultTable.bodies)
    func `Bodies that are none`(_ fault: Fault) async throws { try await FaultedServer.current.check(fault) }

    @Test(
        .faultedServer(["--max-body-bytes", "100000"]),
        arguments: FaultTable.tooLarge)
    func `Bodies that are too large`(_ fault: Fault) async throws {
        try await FaultedServer.current.check(fault)
    }

    /// The limits are long enough for a handshake on a busy machine.
    @Test(
        .faultedServer(["--request-timeout", "1500ms", "--idle-timeout", "1500ms"]),
        arguments: FaultTable.slow)
    func `Slow clients`(_ fault: Fault) async throws { try await FaultedServer.current.check(fault) }

    /// On a busy machine a thousand handshakes take longer than a client has otherwise.
    @Test(.faultedServer(["--request-timeout", "1m"]))
    func `A thousand connections at once`() async throws {
        DescriptorLimit.raise(to: 4096)
        try await FaultedServer.current.check(
            .slow(
                "a thousand", [.awaitHandshake, .send(Request.review(extra: "Connection: close\r\n"))],
                .answers([200]), reviews: 1, clients: 1000))
    }

    @Test(.faultedServer(["--max-connections", "50"]))
    func `More connections than are allowed`() async throws {
        let faulted = FaultedServer.current
        var inside: [RawClient] = []
        for _ in 0..<50 {
            let client = try await faulted.connect()
            try await client.send(Array(Request.review().dropLast(10)))
            inside.append(client)
        }
        let areBusy = try await eventually {
            try await faulted.metric("uwsgi_max_fd_requests_in_flight") == 50
        }
        #expect(areBusy)
        for _ in 0..<100 {
            let refused = try await faulted.connect(.tcp)
            #expect(try await refused.bytesUntilClosed() == [])
        }
        #expect(try await faulted.holds(clients: 50))
        for client in inside { try await client.reset() }
        #expect(try await faulted.hasForgottenClients())
        try await faulted.expectGoodService()
    }

    /// Four bodies of the largest size may be unfinished in the whole server.
    @Test(.faultedServer(["--max-body-bytes", "100000"]))
    func `More unfinished bodies than the server has room for`() async throws {
        let faulted = FaultedServer.current
        // Bodies of the largest size, of which a tenth is still to come.
        let body = Request.reviewBody + Array(repeating: 0x20, count: 100_000 - Request.reviewBody.count)
        let (part, rest) = (Request.review(body: body).dropLast(10_000), body.suffix(10_000))
        // Again and again: what is not given back is missing in the next round.
        for round in 0..<10 {
            var holders: [RawClient] = []
            for _ in 0..<4 {
                let client = try await faulted.connect()
                try await client.send(Array(part))
                holders.append(client)
            }
            // What comes in one piece needs no room. Connections go to the event loops in turn, and each of these
            // takes more of a loop's rounds than it takes to read what the four have sent.
            for _ in 0..<4 { try await faulted.expectGoodService() }
            let refusal = try await refusal(of: faulted, sending: Array(part))
            #expect(refusal.status == 503)
            #expect(refusal.headers["retry-after"] == "1")
            #expect(refusal.headers["connection"] == "close")
            try await faulted.expectGoodService()
            for (number, client) in holders.enumerated() {
                // Whether it goes or finishes its request, it gives back what it held.
                guard (round + number) % 2 == 0 else {
                    try await client.reset()
                    continue
                }
                try await client.send(Array(rest))
                #expect(try await client.answer().status == 200)
                await client.close()
            }
            #expect(try await faulted.hasForgottenClients())
        }
    }

    /// The answer to one more body than there is room for.
    private func refusal(of faulted: FaultedServer, sending part: [UInt8]) async throws -> RawClient.Answer {
        let client = try await faulted.connect()
        client.sendAnyway(part)
        let answer = try await client.answer()
        await client.close()
        return answer
    }
}
