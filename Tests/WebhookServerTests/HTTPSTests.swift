import System
import Foundation
import NIOCore
import OpenSSLTLS
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// The webhook's port as the API server calls it.
@Suite struct HTTPSTests {
    /// Runs a server with TLS.
    private func run(
        clients: ClientAuthentication? = nil, presenting certificate: CertificateWithKey? = nil,
        level: LogLevel = .info, _ change: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (ServerUnderTest) async throws -> Void
    ) async throws {
        let files = try TestCertificates.inMemory(clients: clients)
        let context = try TestCertificates.clientContext(presenting: certificate)
        try await ServerUnderTest.run(
            {
                $0.transport = .tls(files)
                change(&$0)
            }, level: level, clientTLS: context, body)
    }

    @Test func `Requests share a connection`() async throws {
        try await run { server in
            let client = try await server.connect()
            for _ in 0..<20 {
                try await client.send(Request.review())
                #expect(try await client.answer().status == 200)
            }
            try await client.send(Request.review() + Request.review(extra: "Connection: close\r\n"))
            #expect(try await client.answer().headers["connection"] == nil)
            #expect(try await client.answer().headers["connection"] == "close")
            #expect(await client.untilClosed() == "")
            #expect(try await server.metric(#"uwsgi_max_fd_connections_total{result="accepted"}"#) == 1)
        }
    }

    @Test func `A client that half closes is answered`() async throws {
        try await run { server in
            let client = try await server.connect()
            client.sendAnyway(Request.review())
            try await client.closeOutput()
            #expect(try await client.answer().status == 200)
            #expect(await client.untilClosed() == "")
        }
    }

    @Test func `A refusal reaches a client that is still sending`() async throws {
        try await run {
            $0.maxBodyBytes = 10_000
        } _: { server in
            let client = try await server.connect()
            // Less than the client's TLS holds back until the handshake is over.
            client.sendAnyway(Request.review(body: Array(repeating: UInt8(ascii: "["), count: 900_000)))
            #expect(try await client.answer().status == 413)
            await client.untilClosed()
            try await server.expectGoodAnswer()
        }
    }

    @Test func `Plain HTTP is told so`() async throws {
        try await run { server in
            let client = try await RawClient(server.port)
            try await client.send(Request.review())
            let answer = try await client.answer()
            #expect(answer.status == 400)
            #expect(answer.body.contains("https://"))
            await client.untilClosed()
            try await expectFailure("plain_http", in: server)
            try await server.expectGoodAnswer()
        }
    }

    @Test(arguments: [
        ("garbage", Array("\u{16}\u{3}\u{1}\u{0}\u{5}garbage garbage".utf8)),
        ("closed_early", []),
    ])
    func `Handshakes that fail`(_ reason: String, _ bytes: [UInt8]) async throws {
        try await run(level: .debug) { server in
            let client = try await RawClient(server.port)
            if bytes.isEmpty {
                #expect(
                    try await server.eventually { try await server.metric("uwsgi_max_fd_connections") == 1 })
                await client.close()
            } else {
                try await client.send(bytes)
                await client.untilClosed()
            }
            try await expectFailure(reason, in: server)
            try await server.expectGoodAnswer()
        }
    }

    @Test func `A handshake that does not end is ended`() async throws {
        try await run {
            $0.requestTimeout = .milliseconds(300)
        } _: { server in
            let client = try await RawClient(server.port)
            await client.untilClosed()
            try await expectFailure("timeout", in: server)
        }
    }

    @Test func `Clients without a certificate are refused`() async throws {
        let clients = ClientAuthentication(
            authorities: .memory([TestCertificates.authority.certificate]), allowedNames: ["kube-apiserver"])
        try await run(clients: clients) { server in
            let client = try await server.connect()
            client.sendAnyway(Request.review())
            await #expect(throws: RawClient.Failure.self) { try await client.answer() }
            try await expectFailure("no_certificate", in: server)
        }
        try await run(clients: clients, presenting: TestCertificates.client) { server in
            try await server.expectGoodAnswer()
        }
    }

    @Test func `Drains under load`() async throws {
        try await run {
            $0.drainDelay = .seconds(3600)
            $0.drainTimeout = .seconds(60)
        } _: { server in
            defer {
                server.server.beginDrain()
                server.server.endDrainDelay()
            }
            var clients: [RawClient] = []
            for _ in 0..<10 {
                let client = try await server.connect()
                try await client.send(Request.review())
                #expect(try await client.answer().status == 200)
                clients.append(client)
            }
            let fresh = try await server.connect()
            server.server.beginDrain()
            for client in clients.dropLast(5) {
                try await client.send(Request.review())
                #expect(try await client.answer().headers["connection"] == "close")
                #expect(await client.untilClosed() == "")
            }
            server.server.endDrainDelay()
            try await server.untilNobodyIsTaken()
            try await fresh.send(Request.review())
            #expect(try await fresh.answer().status == 200)
            for client in clients.suffix(5) { #expect(await client.untilClosed() == "") }
            await server.server.waitUntilClosed()
        }
    }

    private func expectFailure(_ reason: String, in server: ServerUnderTest) async throws {
        let counted = try await server.eventually {
            try await server.metric("uwsgi_max_fd_tls_handshake_failures_total{reason=\"\(reason)\"}") == 1
        }
        #expect(counted)
        let logged = try await server.eventually {
            server.log.lines.contains {
                $0.contains("TLS handshake failed") && $0.contains("\"reason\":\"\(reason)\"")
                    && $0.contains("\"peer\":\"127.0.0.1\"")
            }
        }
        #expect(logged)
    }
}

/// A certificate that changes while the server runs.
@Suite struct CertificateWatchTests {
    @Test func `New connections get the new certificate and old ones stay`() async throws {
        let folder = try CertificateFolder()
        let files = try folder.load()
        let context = try TestCertificates.clientContext()
        let configure: (inout ServerConfiguration) -> Void = {
            $0.transport = .tls(files)
            $0.reloadInterval = .milliseconds(20)
        }
        try await ServerUnderTest.run(configure, clientTLS: context) { server in
            let old = try await server.connect()
            try await old.send(Request.review())
            #expect(try await old.answer().status == 200)
            let sample = "uwsgi_max_fd_certificate_not_after_timestamp_seconds"
            #expect(try await server.metric(sample) == Double(TestCertificates.server.certificate.notAfter))

            let renewed = try TestCertificates.authority.issueServerCertificate(
                names: SubjectNames(["webhook.test.svc"]), validity: .days(700))
            try folder.write(renewed)
            let seen = try await server.eventually {
                try await server.metric(#"uwsgi_max_fd_certificate_reloads_total{result="success"}"#) == 1
            }
            #expect(seen)
            #expect(try await server.metric(sample) == Double(renewed.certificate.notAfter))
            #expect(server.log.lines.contains { $0.contains("certificate reloaded") })
            try await server.expectGoodAnswer()
            try await old.send(Request.review())
            #expect(try await old.answer().status == 200)
        }
    }

    @Test func `A broken file leaves the previous certificate`() async throws {
        let folder = try CertificateFolder()
        let files = try folder.load()
        let context = try TestCertificates.clientContext()
        let configure: (inout ServerConfiguration) -> Void = {
            $0.transport = .tls(files)
            $0.reloadInterval = .milliseconds(20)
        }
        try await ServerUnderTest.run(configure, clientTLS: context) { server in
            try "no certificate".write(toFile: folder.certificate, atomically: false, encoding: .utf8)
            let seen = try await server.eventually {
                try await server.metric(#"uwsgi_max_fd_certificate_reloads_total{result="failure"}"#) == 1
            }
            #expect(seen)
            #expect(
                server.log.lines.contains {
                    $0.contains("certificate not reloaded") && $0.contains("tls.crt")
                })
            try await server.expectGoodAnswer()
        }
    }

    @Test func `Readiness follows the certificate's validity`() throws {
        let certificate = TestCertificates.server.certificate
        let log = try LogFile()
        let watch = try CertificateWatch(
            files: TestCertificates.inMemory(), reloads: LabelledCounter(),
            log: ServerLog(queue: LogQueue(descriptor: log.descriptor)))
        #expect(watch.notReadyReason(now: Int(WallClock.seconds)) == nil)
        #expect(watch.notReadyReason(now: Int(certificate.notAfter)) == nil)
        #expect(watch.notReadyReason(now: Int(certificate.notAfter) + 1)?.contains("expired") == true)
        let early = watch.notReadyReason(now: Int(certificate.notBefore) - 1)
        #expect(early?.contains("not valid before") == true)
    }

    @Test func `An expiry is logged once`() async throws {
        let log = try LogFile()
        let queue = LogQueue(descriptor: log.descriptor)
        let watch = try CertificateWatch(
            files: TestCertificates.inMemory(), reloads: LabelledCounter(), log: ServerLog(queue: queue))
        let expired = Int(TestCertificates.server.certificate.notAfter) + 1
        watch.check(now: expired - 100)
        for second in 0..<5 { watch.check(now: expired + second) }
        #expect(await queue.close(within: .seconds(60)))
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.contains("no valid certificate") == true)
    }
}
