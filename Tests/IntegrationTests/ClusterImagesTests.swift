import Foundation
import OpenSSLTLS
import TestServerSupport
import TestSupport
import Testing

/// `images --in-cluster`, the whole command, and an API server that is the test's own.
@Suite struct ClusterImagesTests {
    private static let path = "/api/v1/namespaces/webhooks/configmaps/images"

    /// A catalogue's line of the image `registry.example.org/team/app:TAG`.
    private func entry(_ tag: String, fileBytes: Int = 10) -> String {
        let digest = String(repeating: "0", count: 60) + tag
        let text = String(repeating: "a", count: min(fileBytes, 60_000))
        let files = (0..<max(1, fileBytes / 60_000)).map { #"{"path":"/\#($0)","text":"\#(text)"}"# }
        return #"{"digest":"sha256:\#(digest)","references":["registry.example.org/team/app:\#(tag)"],"#
            + #""platform":"linux/amd64","cmd":["uwsgi"],"files":[\#(files.joined(separator: ","))]}"#
    }

    private func pods(_ tags: [String], next: String?) -> [UInt8] {
        let pods = tags.map {
            #"{"metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"registry.example.org/team/app:\#($0)"}]}}"#
        }
        let metadata = next.map { #"{"continue":"\#($0)"}"# } ?? "{}"
        return Array(
            #"{"kind":"PodList","apiVersion":"v1","metadata":\#(metadata),"items":[\#(pods.joined(separator: ","))]}"#
                .utf8)
    }

    @Test func `What runs is kept, page by page, and the ConfigMap stays within its 1 MiB`() throws {
        let folder = try TemporaryFolder()
        let authority = try CertificateAuthority.make()
        let tls = try TLSContext(
            server: TLSServerConfiguration(
                certificate: .memory(authority.issueServerCertificate(names: SubjectNames(["127.0.0.1"])))))
        try folder.write("T0\n", to: "token")
        try folder.write("webhooks", to: "namespace")
        try folder.write(authority.certificate.pem(), to: "ca.crt")
        // Two that run and of which only one has room, a small one that runs, and one that runs no longer.
        let lines = [
            entry("1001", fileBytes: 600_000), entry("1002", fileBytes: 600_000), entry("1003"),
            entry("1004"),
        ]
        let old = lines.map { $0 + "\n" }.joined().replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        let server = try ScriptedServer(tls: tls) { request in
            guard request.headers["authorization"] == "Bearer T0" else { return .answer(401) }
            switch (request.method, request.target) {
            case ("GET", Self.path):
                return .answer(
                    200, [],
                    Array(#"{"metadata":{"resourceVersion":"7"},"data":{"catalogue.jsonl":"\#(old)"}}"#.utf8))
            case ("GET", "/api/v1/pods?limit=500"):
                return .answer(200, [], pods(["1001", "1002"], next: "x/y"))
            case ("GET", "/api/v1/pods?limit=500&continue=x%2Fy"):
                return .answer(200, [], pods(["1003"], next: nil))
            case ("PATCH", Self.path): return .answer(200, [], Array("{}".utf8))
            default: return .answer(404)
            }
        }
        let ended = try BuiltExecutable.run(
            [
                "images", "--in-cluster", "--configmap", "images", "--offline", "--service-account",
                folder.path,
            ],
            environment: [
                "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "\(server.port)",
            ])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.error.contains("1 image found no room in the ConfigMap's 1 MiB"), "\(ended.error)")
        let patch = try #require(server.requests.last)
        #expect(patch.method == "PATCH")
        let body = try JSONTree(text: patch.body)
        #expect(body["metadata"]?["resourceVersion"]?.string == "7")
        let kept = try #require(body["data"]?["catalogue.jsonl"]?.string)
        #expect(kept.utf8.count < 1 << 20)
        let tags = try kept.split(separator: "\n").compactMap {
            try JSONTree(text: String($0))["references"]?[0]?.string?.suffix(4)
        }
        #expect(tags == ["1001", "1003"])
    }
}
