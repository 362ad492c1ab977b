import Catalogue
import Dispatch
import NIOCore
import Synchronization
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// A server that asks registries: what is read in time is in the answer, and nothing else of a registry ever is.
@Suite struct ReadImagesTests {
    /// A registry that answers when the test says so.
    private final class TestRegistry: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        let asked = Mutex<[String]>([])
        let failure: ImageReadFailure?

        init(isOpen: Bool = true, failure: ImageReadFailure? = nil) {
            self.failure = failure
            if isOpen { open() }
        }

        /// Lets every reading go on.
        func open() { gate.signal() }

        var source: ImageSource {
            ImageSource(
                read: { [self] image, _, _ in
                    asked.withLock { $0.append(image.description) }
                    gate.wait()
                    gate.signal()
                    if let failure { return .failure(failure) }
                    guard let digest = ImageDigest("sha256:" + String(repeating: "a", count: 64)) else {
                        return .failure(ImageReadFailure(.image, "no digest"))
                    }
                    return .success(
                        CatalogueEntry(
                            digest: digest, references: [image.description],
                            cmd: ["uwsgi", "--http", ":8000"], read: "2026-11-25T12:00:00Z"))
                },
                stop: { [self] in open() },
                isAllowed: { $0.host == "example.org" })
        }
    }

    private func run(
        _ registry: TestRegistry, _ change: (inout ServerConfiguration) -> Void = { _ in },
        isolation: isolated (any Actor)? = #isolation, _ body: (ServerUnderTest) async throws -> Void
    ) async throws {
        let configure: (inout ServerConfiguration) -> Void = {
            $0.threads = 1
            $0.imageSource = registry.source
            change(&$0)
        }
        try await ServerUnderTest.run(configure, body)
    }

    private func pod(image: String = "example.org/app:1", padding: Int = 0, dryRun: Bool = false) -> [UInt8] {
        let text = #"""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","dryRun":\#(dryRun),
            "kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE","namespace":"shop",
            "object":{"metadata":{"name":"lms"},"spec":{"containers":[{"name":"lms","image":"\#(image)"}]}}}}
            """#
        return Array(text.utf8) + [UInt8](repeating: 0x20, count: padding)
    }

    private func request(_ body: [UInt8], policy: String = "mutate", timeout: String = "30s") -> [UInt8] {
        Request.review(path: "/\(policy)?timeout=\(timeout)", body: body)
    }

    private func review(
        _ server: ServerUnderTest, _ body: [UInt8], policy: String = "mutate", timeout: String = "30s"
    ) async throws -> (status: Int, body: String) {
        let client = try await server.connect()
        try await client.send(request(body, policy: policy, timeout: timeout))
        let answer = try await client.answer()
        await client.close()
        return (answer.status, answer.body)
    }

    private func lines(_ server: ServerUnderTest, _ message: String) throws -> [JSONTree] {
        try server.log.lines.map { try JSONTree(text: $0) }.filter { $0["msg"]?.string == message }
    }

    private func unseen(_ server: ServerUnderTest, _ result: String) async throws -> Double? {
        try await server.metric(#"uwsgi_max_fd_unseen_pods_total{result="\#(result)"}"#)
    }

    private func waits(_ server: ServerUnderTest, _ result: String) async throws -> Double? {
        try await server.metric(#"uwsgi_max_fd_registry_waits_total{result="\#(result)"}"#)
    }

    @Test(arguments: [0, 100_000])
    func `What is read in time is in the answer, also of a long review`(padding: Int) async throws {
        let registry = TestRegistry()
        try await run(registry) { server in
            for _ in 1...3 {
                let answer = try await review(server, pod(padding: padding))
                #expect(answer.status == 200)
                #expect(answer.body.contains("JSONPatch"))
            }
            // The second finds it in memory.
            #expect(registry.asked.withLock { $0 } == ["example.org/app:1"])
            #expect(try await server.eventually { try lines(server, "admission").count == 3 })
            let evidence = try lines(server, "admission").compactMap {
                $0["containers"]?[0]?["evidence"]?[1]?.string
            }
            #expect(
                evidence == Array(repeating: "image tag 1 as of 2026-11-25T12:00:00Z (registry)", count: 3))
            #expect(try await server.metric("uwsgi_max_fd_registry_images") == 1)
            #expect(try await waits(server, "read") == 1)
            let lookups = try await server.metric(#"uwsgi_max_fd_image_lookups_total{result="tag"}"#)
            #expect(lookups == 3)
        }
    }

    @Test(arguments: ["mutate", "strict", "audit"])
    func `What is read too late is said in the log, and denies nothing`(policy: String) async throws {
        let registry = TestRegistry(isOpen: false)
        try await run(registry) { server in
            let answer = try await review(server, pod(), policy: policy)
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""allowed":true"#))
            #expect(!answer.body.contains("JSONPatch"))
            #expect(try await waits(server, "over") == 1)
            #expect(try await server.metric("uwsgi_max_fd_unseen_pods") == 1)
            registry.open()
            #expect(try await server.eventually { try await unseen(server, "late") == 1 })
            #expect(try await server.eventually { try lines(server, "late").count == 1 })
            let line = try #require(try lines(server, "late").first)
            #expect(line["policy"]?.string == policy)
            #expect(line["namespace"]?.string == "shop")
            #expect(line["name"]?.string == "lms")
            #expect(line["containers"]?[0]?.string == "lms")
            #expect(line["maxFd"]?[0]?.string == "unset")
            #expect(try await server.metric("uwsgi_max_fd_unseen_pods") == 0)
            #expect(try await server.metric("uwsgi_max_fd_registry_queue_images") == 0)
        }
    }

    @Test func `A Pod that was admitted for good reason is not late`() async throws {
        let registry = TestRegistry(isOpen: false)
        try await run(registry) { server in
            // Its author says that it does not run uWSGI: with the image the decision is the same.
            let body = String(decoding: pod(), as: UTF8.self)
                .replacing(
                    #""name":"lms"},"spec""#,
                    with: #""annotations":{"uwsgi-max-fd/containers":"-lms"}},"spec""#)
            let answer = try await review(server, Array(body.utf8))
            #expect(answer.status == 200)
            registry.open()
            #expect(try await server.eventually { try await unseen(server, "clear") == 1 })
            #expect(try lines(server, "late").isEmpty)
        }
    }

    @Test func `Many Pods of one image are one question`() async throws {
        let registry = TestRegistry(isOpen: false)
        try await run(registry) { server in
            var clients: [RawClient] = []
            for _ in 1...20 {
                let client = try await server.connect()
                client.sendAnyway(request(pod()))
                clients.append(client)
            }
            for client in clients { #expect(try await client.answer().status == 200) }
            #expect(registry.asked.withLock { $0.count } == 1)
            registry.open()
            #expect(try await server.eventually { try await unseen(server, "late") == 20 })
            #expect(registry.asked.withLock { $0.count } == 1)
        }
    }

    @Test func `A registry that refuses is not asked again, and counted with its reason`() async throws {
        let registry = TestRegistry(failure: ImageReadFailure(.unauthorized, "it asks for credentials"))
        try await run(registry) { server in
            for _ in 1...3 {
                #expect(try await review(server, pod(), policy: "strict").body.contains(#""allowed":true"#))
            }
            #expect(registry.asked.withLock { $0.count } == 1)
            let errors = try await server.metric(
                #"uwsgi_max_fd_registry_errors_total{reason="unauthorized"}"#)
            #expect(errors == 1)
            #expect(try await server.eventually { try await unseen(server, "unread") == 3 })
            #expect(try await server.eventually { try lines(server, "image not read").count == 1 })
            #expect(try lines(server, "image not read").first?["reason"]?.string == "unauthorized")
            // Only the first had something to wait for.
            #expect(try await waits(server, "failed") == 1)
        }
    }

    @Test func `A client that goes while its review waits leaves nothing behind`() async throws {
        let registry = TestRegistry(isOpen: false)
        try await run(registry) { server in
            let client = try await server.connect()
            client.sendAnyway(request(pod()))
            #expect(try await server.eventually { registry.asked.withLock { $0.count } == 1 })
            try await client.reset()
            #expect(
                try await server.eventually {
                    try await server.metric("uwsgi_max_fd_requests_in_flight") == 0
                })
            #expect(try await server.eventually { server.server.bodies.inUse == 0 })
            try await server.expectGoodAnswer()
        }
    }

    @Test func `Without room to keep it, a review is answered by what is known`() async throws {
        let registry = TestRegistry(isOpen: false)
        try await run(registry, { $0.maxBufferedBytes = 10 }) { server in
            for _ in 1...3 {
                let answer = try await review(server, pod())
                #expect(answer.status == 200)
            }
            #expect(server.server.bodies.inUse == 0)
            registry.open()
            #expect(try await server.eventually { try await unseen(server, "late") == 3 })
        }
    }

    @Test func `A shutdown waits for the answer, and not for the registry`() async throws {
        let registry = TestRegistry(isOpen: false)
        try await run(registry) { server in
            let client = try await server.connect()
            client.sendAnyway(request(pod()))
            #expect(try await server.eventually { registry.asked.withLock { $0.count } == 1 })
            server.server.beginDrain()
            #expect(try await client.answer().status == 200)
            await server.server.waitUntilClosed()
        }
    }

    @Test func `What a registry has no say in is not asked for`() async throws {
        let registry = TestRegistry(isOpen: false)
        try await run(registry) { server in
            // Not a reference, and not allowed.
            for image in ["UPPER/:", "localhost:5000/app:1"] {
                #expect(try await review(server, pod(image: image)).status == 200)
            }
            let withCommand = String(decoding: pod(), as: UTF8.self)
                .replacing(#""image""#, with: #""command":["sleep","60"],"image""#)
            let answer = try await review(server, Array(withCommand.utf8))
            #expect(answer.status == 200)
            #expect(registry.asked.withLock { $0 } == [])
            #expect(try await unseen(server, "unread") == 2)
            // A trial is not remembered.
            #expect(try await review(server, pod(dryRun: true)).status == 200)
            #expect(try await server.metric("uwsgi_max_fd_unseen_pods") == 0)
        }
    }
}
