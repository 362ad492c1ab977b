import NIOCore
import NIOEmbedded
import Testing

@testable import OpenSSLTLS

@Suite struct ClientCertificateTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var certificate: CertificateWithKey?
        var allowed: [String]?
        var refusal: TLSConnectionError.Reason?
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "none sent", certificate: nil, refusal: .noCertificate),
        Case(name: "any of the CA", certificate: TestAuthority.client),
        Case(name: "allowed common name", certificate: TestAuthority.client, allowed: ["kube-apiserver"]),
        Case(name: "allowed DNS name", certificate: TestAuthority.client, allowed: ["x", "API.test.svc"]),
        Case(
            name: "another name", certificate: TestAuthority.client, allowed: ["kube-apiserve"],
            refusal: .nameNotAllowed),
        Case(
            name: "another CA", certificate: TestAuthority.strangersClient, allowed: ["kube-apiserver"],
            refusal: .unknownAuthority),
        Case(name: "not for clients", certificate: TestAuthority.server, refusal: .badCertificate),
    ]

    private func pair(_ test: Case, _ version: TLSVersion) throws -> (TLSContext, TLSContext) {
        var server = TestAuthority.serverConfiguration(version)
        server.clientAuthentication = ClientAuthentication(
            authorities: .memory([TestAuthority.shared.certificate]), allowedNames: test.allowed)
        var client = TestAuthority.clientConfiguration()
        client.certificate = test.certificate.map { .memory($0) }
        return (try TLSContext(server: server), try TLSContext(client: client))
    }

    @Test(arguments: cases, TLSVersion.allCases)
    func `Mutual TLS`(test: Case, version: TLSVersion) throws {
        let (server, client) = try pair(test, version)
        let pair = try TLSPair(serverContext: server, clientContext: client)
        defer { pair.finish() }
        pair.client.writeAndFlush(ByteBuffer(string: "GET /"), promise: nil)
        try pair.connect()
        if let refusal = test.refusal {
            #expect(pair.serverEvents.errors.map(\.reason) == [refusal])
            #expect(pair.serverEvents.handshakes.isEmpty)
            #expect(pair.serverEvents.text == "", "no byte of a refused client is read")
            #expect(pair.clientEvents.errors.count == 1)
            #expect(!pair.server.isActive)
        } else {
            #expect(pair.serverEvents.errors.isEmpty)
            #expect(pair.serverEvents.handshakes.first?.peer?.commonName == "kube-apiserver")
            #expect(pair.serverEvents.handshakes.first?.peer?.dnsNames == ["api.test.svc"])
            #expect(pair.serverEvents.text == "GET /")
        }
    }

    @Test(arguments: TLSVersion.allCases)
    func `A resumed session keeps the client's names`(version: TLSVersion) throws {
        let (server, client) = try pair(
            Case(name: "", certificate: TestAuthority.client, allowed: ["kube-apiserver"]), version)
        for round in 0..<2 {
            let pair = try TLSPair(serverContext: server, clientContext: client)
            try pair.connect()
            let completed = try #require(pair.serverEvents.handshakes.first)
            #expect(completed.isResumed == (round == 1))
            #expect(completed.peer?.commonName == "kube-apiserver")
            pair.finish()
        }
    }

    @Test func `The refusal names the certificate`() throws {
        let (server, client) = try pair(
            Case(name: "", certificate: TestAuthority.client, allowed: ["nobody"]), .v1_3)
        let pair = try TLSPair(serverContext: server, clientContext: client)
        defer { pair.finish() }
        try pair.connect()
        #expect(
            pair.serverEvents.errors.first?.description
                == "certificate verify failed: application verification failure (CN=kube-apiserver); "
                + "we sent the alert \"handshake failure\"")
    }
}
