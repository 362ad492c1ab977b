import Catalogue
import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// The image catalogue of a running server: loaded first, loaded again, and kept where the new one is bad.
@Suite struct CatalogueWatchTests {
    private static let line = #"{"digest": "sha256:\#(String(repeating: "a", count: 64))", "cmd": ["uwsgi"]}"#
    private static let other =
        #"{"digest": "sha256:\#(String(repeating: "b", count: 64))", "cmd": ["uwsgi"]}"#

    private func file(_ path: String) -> CatalogueFile {
        CatalogueFile(path: path) { Array(try Data(contentsOf: URL(filePath: path))) }
    }

    @Test func `A changed catalogue is taken up, and a bad one leaves the one before`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.line + "\n", to: "catalogue.jsonl")
        let configure: (inout ServerConfiguration) -> Void = {
            $0.imageCatalogue = file(path)
            $0.reloadInterval = .milliseconds(20)
        }
        try await ServerUnderTest.run(configure) { server in
            let entries = "uwsgi_max_fd_image_catalogue_entries"
            func reloads(_ result: String) async throws -> Double? {
                try await server.metric(#"uwsgi_max_fd_image_catalogue_reloads_total{result="\#(result)"}"#)
            }
            #expect(try await server.metric(entries) == 1)
            try folder.write(Self.line + "\n" + Self.other + "\n", to: "catalogue.jsonl")
            #expect(try await server.eventually { try await server.metric(entries) == 2 })
            #expect(try await reloads("success") == 1)
            try folder.write("no catalogue", to: "catalogue.jsonl")
            #expect(try await server.eventually { try await reloads("failure") == 1 })
            #expect(try await server.metric(entries) == 2)
            #expect(
                server.log.lines.contains {
                    $0.contains("image catalogue not reloaded") && $0.contains("line 1")
                })
            try await server.expectGoodAnswer()
            let unknown = try await server.metric(#"uwsgi_max_fd_image_lookups_total{result="unknown"}"#)
            #expect((unknown ?? 0) > 0)
        }
    }

    @Test func `A catalogue that cannot be read keeps the server from starting, with the reason`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = try folder.write("no catalogue", to: "catalogue.jsonl")
        let error = await #expect(throws: ServerError.self) {
            try await ServerUnderTest.run({ $0.imageCatalogue = file(path) }) { _ in }
        }
        #expect(error?.description.contains("--image-catalogue") == true)
        #expect(error?.description.contains("line 1: not valid JSON") == true)
    }

    @Test func `Without a catalogue there are no metrics of one`() async throws {
        try await ServerUnderTest.run { server in
            let entries = try await server.metric("uwsgi_max_fd_image_catalogue_entries")
            #expect(entries == nil)
        }
    }
}
