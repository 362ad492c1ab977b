import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import OpenSSLTLS

/// Registries that do everything wrong, while Pods are reviewed: every review is answered, by what is known.
@Suite struct RegistryFaultTests {
    /// A way to misbehave, and as what it is counted; `nil` where that takes longer than the test.
    struct Fault: Sendable {
        var name: String
        var reason: String?
        var transport = Transport.plain
        var reply: @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply

        enum Transport {
            case plain
            /// TLS, with a certificate that has expired.
            case expired
            /// TLS, and no handshake is answered.
            case mute
        }
    }

    private static let faults = [
        Fault(name: "silence", reason: nil) { _ in .raw("") },
        Fault(name: "half a head", reason: nil) { _ in .raw("HTTP/1.1 200 OK\r\nConte") },
        Fault(name: "a manifest that stops", reason: nil) { request in
            request.method == "HEAD"
                ? .answer(200, [], isHead: true) : .raw("HTTP/1.1 200 OK\r\nContent-Length: 1536\r\n\r\nabc")
        },
        Fault(name: "a head byte by byte", reason: nil) { _ in .raw("HTTP/1.1 200 OK\r\nA: ", .trickle) },
        Fault(name: "no handshake", reason: nil, transport: .mute) { _ in .answer(404) },
        Fault(name: "a certificate that has expired", reason: "certificate", transport: .expired) { _ in
            .answer(404)
        },
        Fault(name: "reset", reason: "unreachable") { _ in .raw("HTTP/1.1 200 OK\r\nConte", .reset) },
        Fault(name: "a manifest that ends early", reason: "unreachable") { request in
            request.method == "HEAD"
                ? .answer(200, [], isHead: true)
                : .raw("HTTP/1.1 200 OK\r\nContent-Length: 1536\r\n\r\nabc", .close)
        },
        Fault(name: "another manifest", reason: "image") { request in
            .answer(
                200, ["Docker-Content-Digest: sha256:" + String(repeating: "0", count: 64)], Array("{}".utf8),
                isHead: request.method == "HEAD")
        },
        Fault(name: "not HTTP", reason: "malformed") { _ in .raw("SSH-2.0-OpenSSH_9.2\r\n\r\n") },
        Fault(name: "closed at once", reason: "unreachable") { _ in .raw("", .close) },
        Fault(name: "a head without end", reason: "malformed") { _ in
            .raw("HTTP/1.1 200 OK\r\nA: ", .endless)
        },
        Fault(name: "a manifest of 10 GB", reason: "malformed") { request in
            request.method == "HEAD"
                ? .answer(200, [], isHead: true)
                : .raw("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        },
        Fault(name: "redirects in circles", reason: "malformed") { request in
            .answer(302, ["Location: \(request.target)"])
        },
        Fault(name: "401 whatever is sent", reason: "unauthorized") { _ in
            .answer(401, ["WWW-Authenticate: Basic realm=x"])
        },
        Fault(name: "429 for an hour", reason: "rate_limited") { _ in .answer(429, ["Retry-After: 3600"]) },
        Fault(name: "418", reason: "status") { _ in .answer(418) },
        Fault(name: "not there", reason: "not_found") { _ in .answer(404) },
    ]

    private func server(for fault: Fault, _ authority: CertificateAuthority) throws -> ScriptedServer {
        guard fault.transport == .expired else {
            return try ScriptedServer(ignoresHandshakes: fault.transport == .mute, answer: fault.reply)
        }
        let past: Int64 = 1_700_000_000
        let certificate = try authority.issueServerCertificate(
            names: SubjectNames(["127.0.0.1"]),
            validity: CertificateValidity(lifetime: 86_400, now: past))
        let tls = try TLSContext(
            server: TLSServerConfiguration(certificate: .memory(certificate)), now: past)
        return try ScriptedServer(tls: tls, answer: fault.reply)
    }

    private func review(_ image: String) -> [UInt8] {
        Request.review(
            path: "/strict?timeout=10s",
            body: Array(
                #"""
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1",
                "kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE",
                "object":{"metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"\#(image)"}]}}}}
                """#.utf8))
    }

    @Test func `Whatever registries do, every review is answered, and the server ends in order`() async throws
    {
        var registries: [(fault: Fault, server: ScriptedServer)] = []
        let authority = try CertificateAuthority.make()
        let folder = try TemporaryFolder()
        try folder.write(authority.certificate.pem(), to: "ca.crt")
        for fault in Self.faults { registries.append((fault, try server(for: fault, authority))) }
        let mirrors = registries.flatMap { fault, server in
            let scheme = fault.transport == .plain ? "http" : "https"
            return [
                "--registry-mirror", "127.0.0.1:\(server.port)=\(scheme)://127.0.0.1:\(server.port)",
            ]
        }
        let faulted = try FaultedServer(
            ["--read-images", "--registry-ca", folder.path("ca.crt")] + mirrors)
        // Port 9 is nobody's; and what is this machine's own is not asked.
        let images =
            registries.map { "127.0.0.1:\($0.server.port)/team/app:1" }
            + ["127.0.0.1:9/team/app:1", "registry.invalid/team/app:1"]
        for round in 1...2 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for image in images {
                    for _ in 1...3 {
                        group.addTask {
                            let client = try await faulted.connect()
                            try await client.send(review(image))
                            let answer = try await client.answer()
                            await client.close()
                            #expect(answer.status == 200, "\(image), round \(round)")
                            #expect(answer.body.contains(#""allowed":true"#), "\(image), round \(round)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        for reason in Set(Self.faults.compactMap(\.reason)) {
            let isCounted = try await eventually {
                try await faulted.metric(#"uwsgi_max_fd_registry_errors_total{reason="\#(reason)"}"#) ?? 0 > 0
            }
            #expect(isCounted, "\(reason)")
        }
        // Those that are silent are being asked still: no review has waited for them.
        for (fault, server) in registries where fault.reason == nil && fault.transport == .plain {
            #expect(!server.requests.isEmpty, "\(fault.name)")
        }
        let asked = try await faulted.metric("uwsgi_max_fd_registry_queue_images") ?? 0
        #expect(asked >= 3)
        let reviews = try await faulted.metric(
            #"uwsgi_max_fd_reviews_total{policy="strict",decision="allowed"}"#)
        #expect(reviews == Double(2 * 3 * images.count))
        #expect(faulted.server.stop() == 0)
    }
}
