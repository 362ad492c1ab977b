import TestServerSupport
import TestSupport
import Testing

/// Clients that connect, leave something undone and stay, as many as there may be connections or more.
struct Crowd: Sendable, CustomTestStringConvertible {
    var name: String
    var isAtAdminPort = false
    var transport = Fault.Transport.tcp
    var actions: [Fault.Action]
    var clients: Int

    var testDescription: String { name }
}

extension FaultTable {
    private static let review = Request.review()

    /// Against a server that allows 50 connections.
    static let idleAtTheWebhook: [Crowd] = [
        Crowd(name: "no word", actions: [], clients: 200),
        Crowd(name: "half a hello", actions: [.send(Array(hello.prefix(100)))], clients: 60),
        Crowd(name: "a hello and no more", actions: [.send(hello), .awaitBytes], clients: 50),
        Crowd(name: "silence after the handshake", transport: .tls, actions: [.awaitHandshake], clients: 60),
        Crowd(
            name: "silence after an answer", transport: .tls, actions: [.send(review), .awaitBytes],
            clients: 60),
    ]

    /// Against the admin port, which allows 64.
    static let idleAtTheAdminPort: [Crowd] = [
        admin("no word", ""), admin("half a head", "GET /livez HTTP/1.1\r\nHos"),
        admin("half a body", "GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"),
        admin("silence after an answer", "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
        admin("silence after a refusal", "BREW /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"),
    ]

    private static func admin(_ name: String, _ text: String) -> Crowd {
        Crowd(
            name: name, isAtAdminPort: true, actions: text.isEmpty ? [] : [.send(Array(text.utf8))],
            clients: 1000)
    }
}

extension FaultTests {
    @Test(
        .faultedServer(["--max-connections", "50"]),
        arguments: FaultTable.idleAtTheWebhook)
    func `As many idle clients as there may be`(_ crowd: Crowd) async throws {
        try await FaultedServer.current.check(crowd)
    }

    @Test(.faultedServer(), arguments: FaultTable.idleAtTheAdminPort)
    func `Idle and slow clients of the admin port`(_ crowd: Crowd) async throws {
        try await FaultedServer.current.check(crowd)
    }

    @Test(.faultedServer())
    func `A thousand idle connections, and one more client`() async throws {
        try await FaultedServer.current.check(
            Crowd(name: "1,024", transport: .tls, actions: [.awaitHandshake], clients: 1024))
    }
}

extension FaultedServer {
    /// Has the crowd come, and looks whether everybody else is served while it stays.
    func check(_ crowd: Crowd, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        DescriptorLimit.raise(to: 8192)
        var clients: [RawClient] = []
        for _ in 0..<crowd.clients {
            let client =
                crowd.isAtAdminPort
                ? try await RawClient(server.adminPort) : try await connect(crowd.transport)
            for action in crowd.actions {
                switch action {
                case .send(let bytes): client.sendAnyway(bytes)
                case .awaitHandshake: try await client.untilHandshake()
                case .awaitBytes: try await client.untilSomethingComes()
                default: Issue.record("a crowd only stays", sourceLocation: sourceLocation)
                }
            }
            clients.append(client)
        }
        for _ in 0..<3 {
            try await expectGoodService(sourceLocation: sourceLocation)
            try await expectLiveness(sourceLocation: sourceLocation)
        }
        for client in clients where client.isOpen { try? await client.reset() }
        #expect(try await hasForgottenClients(), sourceLocation: sourceLocation)
        #expect(try await countsNobody(), sourceLocation: sourceLocation)
    }

    /// What the kubelet asks, which waits for a second.
    private func expectLiveness(sourceLocation: SourceLocation) async throws {
        try await expectWithinASecond(sourceLocation: sourceLocation) {
            let probe = try await RawClient(server.adminPort)
            try await probe.send(Request.make("GET /livez HTTP/1.1", ["Host: x", "Connection: close"]))
            let status = try await probe.answer().status
            #expect(status == 200, sourceLocation: sourceLocation)
            await probe.close()
        }
    }
}
