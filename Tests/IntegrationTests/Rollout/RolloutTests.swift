import Foundation
import OpenSSLTLS
import TestSupport
import Testing

/// What an operator does to a running webhook, under the API server's load. One after the other: each test keeps
/// the machine busy.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct RolloutTests {
    /// The callers, each with one call at a time and so one connection.
    private static let callers = 25
    private static let leastRequests = 10_000

    @Test
    func `10,000 requests through the replacement of both replicas: none lost, none wrong, none repeated`()
        async throws
    {
        let deployment = try await Deployment(replicas: 2)
        let client = try deployment.client()
        let load = try await ReviewLoad(client)
        let posting = load.start(callers: Self.callers)
        // As a Deployment with maxSurge 1 and maxUnavailable 0 does it, a share of the load before each step.
        let old = deployment.replicas
        for (number, replica) in old.enumerated() {
            let share = Self.leastRequests * (number + 1) / (old.count + 1)
            #expect(await eventually { load.answered >= share })
            try await deployment.surge()
            #expect(try await deployment.retire(replica) == 0)
        }
        let replaced = load.answered
        #expect(await eventually { load.answered >= max(Self.leastRequests, replaced + 1000) })
        load.end()
        await posting.value
        client.close()
        try await expectEveryRequestOnce(load.result, deployment)
        // A replica that drains answers as before, with "Connection: close"; nobody is sent away.
        #expect(client.retries.askedToComeAgain == 0)
        // What a draining replica ends without an answer are connections without a request; here all are in use.
        #expect(client.retries.keptConnectionHadEnded == 0)
    }

    @Test
    func `Replicas are replaced while the client's connections rest: the next calls find new ones`()
        async throws
    {
        let deployment = try await Deployment(replicas: 2)
        let client = try deployment.client()
        let load = try await ReviewLoad(client)
        let before = load.start(callers: Self.callers)
        #expect(await eventually { load.answered >= 1000 })
        load.end()
        await before.value
        #expect(client.idleConnections > Self.callers / 2)
        for replica in deployment.replicas {
            try await deployment.surge()
            #expect(try await deployment.retire(replica) == 0)
        }
        // The old replicas have ended every connection, and the client has seen it, as Go's read loop does.
        #expect(await eventually { client.idleConnections == 0 })
        let after = try await ReviewLoad(client)
        let posting = after.start(callers: Self.callers)
        #expect(await eventually { after.answered >= 1000 })
        after.end()
        await posting.value
        client.close()
        var all = load.result
        all.answered += after.result.answered
        all.lost += after.result.lost
        all.wrong += after.result.wrong
        try await expectEveryRequestOnce(all, deployment)
        #expect(client.retries == APIServerClient.Retries())
    }

    @Test
    func `10,000 requests through five changes of the certificate: none lost, none wrong`() async throws {
        let authorities = try [CertificateAuthority.make(), CertificateAuthority.make()]
        let names = try SubjectNames(["localhost"])
        let first = try authorities[0].issueServerCertificate(names: names)
        let volume = try SecretVolume(first, authorities: authorities)
        let deployment = try await Deployment(replicas: 1, volume: volume)
        let server = try #require(deployment.replicas.first)
        let client = try deployment.client()
        let load = try await ReviewLoad(client)
        // New connections all the time: a kept one has nothing to do with the certificate any more.
        let posting = load.start(callers: Self.callers, renewal: 20)
        #expect(try await Self.servedSerialNumber(server, volume) == first.certificate.serialNumber)
        for (number, change) in SecretVolume.Change.allCases.enumerated() {
            // From the one CA, then from the other: the client trusts both, as a bundle has it while CAs change.
            let next = try authorities[(number + 1) / 2 % 2].issueServerCertificate(names: names)
            try volume.install(next, by: change)
            let isServed = try await eventually(within: .seconds(30)) {
                try await Self.servedSerialNumber(server, volume) == next.certificate.serialNumber
            }
            #expect(isServed, "\(change)")
        }
        let changed = load.answered
        #expect(await eventually { load.answered >= max(Self.leastRequests, changed + 1000) })
        load.end()
        await posting.value
        client.close()
        #expect(client.retries == APIServerClient.Retries())
        #expect(try await deployment.retire(server) == 0)
        try await expectEveryRequestOnce(load.result, deployment)
        let reloads = server.log.filter { $0.contains(#""msg":"certificate reloaded""#) }.count
        #expect(reloads == SecretVolume.Change.allCases.count)
    }

    /// Every request was answered, rightly, by one replica, and each replica has served some.
    private func expectEveryRequestOnce(_ result: ReviewLoad.Tally, _ deployment: Deployment) async throws {
        #expect(result.lost == [])
        #expect(result.wrong == [])
        let reviewed = try await deployment.reviewedUIDs()
        #expect(reviewed.allSatisfy { !$0.isEmpty }, "a replica without requests: \(reviewed.map(\.count))")
        let all = reviewed.flatMap { $0 }
        #expect(all.count == result.answered.count)
        #expect(Set(result.answered).subtracting(all) == [])
        #expect(Set(all).subtracting(result.answered) == [])
    }

    /// The serial number of the certificate that openssl, which verifies it, is shown on a new connection.
    private static func servedSerialNumber(_ server: RunningServer, _ volume: SecretVolume) async throws
        -> String
    {
        let port = server.port
        let shown = try await onThread {
            try Program.run(
                named: "openssl",
                [
                    "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_3", "-CAfile", volume.authorities,
                    "-verify_return_error", "-verify_hostname", "localhost",
                ])
        }
        let serial = try await onThread {
            try Program.run(named: "openssl", ["x509", "-noout", "-serial"], input: shown.output)
        }
        return serial.text.trimmingCharacters(in: .newlines).replacing("serial=", with: "")
    }
}
