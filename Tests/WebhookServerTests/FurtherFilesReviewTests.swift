import Catalogue
import Foundation
import Synchronization
import TestServerSupport
import TestSupport
import Testing
import UWSGI

@testable import WebhookServer

/// Images that are known, and containers that lead to files of them that nobody has looked for.
@Suite struct FurtherFilesReviewTests {
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    /// A registry of one image, of which every command's file starts uWSGI unless it lies in `/missing`.
    private final class TestRegistry: Sendable {
        let asked = Mutex<[String]>([])
        /// Whether it never has anything to say of files.
        let isMute: Bool

        init(isMute: Bool = false) { self.isMute = isMute }

        var source: ImageSource {
            ImageSource(read: { [self] image, containers, known in
                asked.withLock { $0.append(image.description) }
                guard let digest = ImageDigest(FurtherFilesReviewTests.digest) else {
                    return .failure(ImageReadFailure(.image, "no digest"))
                }
                var entry =
                    known.entry(digest) ?? CatalogueEntry(digest: digest, read: "2026-11-25T12:00:00Z")
                if let tagged = image.tagged { entry.references.insert(tagged) }
                for path in containers.compactMap(\.command.first) where !isMute {
                    if path.hasPrefix("/missing/") {
                        entry.omitted.append(.init(path: path, reason: "not in the image"))
                    } else {
                        entry.files.append(.init(path: path, text: "#!/bin/sh\nexec uwsgi --http :80\n"))
                    }
                }
                return .success(entry)
            })
        }
    }

    private func pod(_ command: String = "", image: String = "example.org/app:1") -> [UInt8] {
        let words = command.isEmpty ? "" : #","command":["\#(command)"]"#
        let body = #"""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1",
            "kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE","namespace":"shop",
            "object":{"metadata":{"name":"lms"},"spec":{"containers":[{"name":"lms","image":"\#(image)"\#(words)}]}}}}
            """#
        return Request.review(path: "/mutate?timeout=30s", body: Array(body.utf8))
    }

    /// Whether a Pod gets a max-fd.
    private func isPatched(_ server: ServerUnderTest, _ request: [UInt8]) async throws -> Bool {
        let client = try await server.connect()
        try await client.send(request)
        let answer = try await client.answer()
        await client.close()
        #expect(answer.status == 200)
        return answer.body.contains("JSONPatch")
    }

    /// Reviews a Pod, which is or is not to get a max-fd: on a busy machine perhaps not before its image has been read.
    private func check(_ server: ServerUnderTest, _ request: [UInt8], isPatched expected: Bool) async throws {
        var isRight = try await isPatched(server, request) == expected
        if expected, !isRight {
            isRight = try await server.eventually { try await isPatched(server, request) }
        }
        #expect(isRight)
    }

    private func waitUntilRead(_ server: ServerUnderTest, times: Double) async throws {
        let isRead = try await server.eventually {
            try await server.metric(#"uwsgi_max_fd_registry_reads_total{result="read"}"#) == times
        }
        #expect(isRead)
    }

    @Test func `A file that a command names is looked for in an image that is known, once`() async throws {
        let registry = TestRegistry()
        try await ServerUnderTest.run({ $0.imageSource = registry.source }) { server in
            try await check(server, pod(), isPatched: false)
            try await waitUntilRead(server, times: 1)
            for _ in 1...3 { try await check(server, pod("/app/worker.sh"), isPatched: true) }
            try await check(server, pod("/missing/file.sh"), isPatched: false)
            try await waitUntilRead(server, times: 3)
            for _ in 1...3 { try await check(server, pod("/missing/file.sh"), isPatched: false) }
            try await check(server, pod("/app/worker.sh"), isPatched: true)
            // By its digest: its tag may mean another image by now.
            let exact = "example.org/app@\(Self.digest)"
            #expect(registry.asked.withLock { $0 } == ["example.org/app:1", exact, exact])
        }
    }

    @Test func `What a catalogue lacks registries add`() async throws {
        let registry = TestRegistry()
        let line =
            #"{"digest":"\#(Self.digest)","references":["example.org/app:1"],"#
            + #""files":[{"path":"/app/web.sh","text":"exec uwsgi --http :80"}],"read":"2026-11-20T00:00:00Z"}"#
        let file = CatalogueFile(path: "catalogue.jsonl") { Array(line.utf8) }
        let configure: (inout ServerConfiguration) -> Void = {
            $0.imageSource = registry.source
            $0.imageCatalogue = file
        }
        try await ServerUnderTest.run(configure) { server in
            try await check(server, pod("/app/web.sh"), isPatched: true)
            #expect(registry.asked.withLock { $0.isEmpty })
            for image in ["example.org/app:1", "example.org/app@\(Self.digest)"] {
                try await check(server, pod("/app/worker.sh", image: image), isPatched: true)
                try await check(server, pod("/app/web.sh", image: image), isPatched: true)
            }
            #expect(registry.asked.withLock { $0 } == ["example.org/app@\(Self.digest)"])
            let isLogged = try await server.eventually {
                server.log.lines.contains { $0.contains("image tag 1 as of 2026-11-20T00:00:00Z (registry)") }
            }
            #expect(isLogged)
        }
    }

    @Test func `An image that never has what is looked for is left alone in the end`() async throws {
        let registry = TestRegistry(isMute: true)
        try await ServerUnderTest.run({ $0.imageSource = registry.source }) { server in
            // Once by its tag, and then by its digest.
            let most = 1 + RegistryImages.mostReadings
            for number in 1...most {
                try await check(server, pod("/app/worker.sh"), isPatched: false)
                try await waitUntilRead(server, times: Double(number))
            }
            for _ in 1...3 { try await check(server, pod("/app/worker.sh"), isPatched: false) }
            #expect(registry.asked.withLock { $0.count } == most)
            #expect(try await server.metric(#"uwsgi_max_fd_unseen_pods_total{result="late"}"#) == 0)
        }
    }
}
