import Catalogue
import OpenSSLTLS
import TestServerSupport
import TestSupport
import Testing

@testable import Registries

struct ClusterClientTests {
    private func client(_ port: Int, in folder: TemporaryFolder) throws -> ClusterClient {
        try folder.write("T0\n", to: "token")
        try folder.write("webhooks", to: "namespace")
        try folder.write(try Registry.authority.certificate.pem(), to: "ca.crt")
        return try ClusterClient(
            folder: folder.path,
            environment: ["KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "\(port)"],
            pageSize: 2)
    }

    @Test func `Pods come page by page, with the ServiceAccount's token`() throws {
        let server = try ScriptedServer(tls: Registry.server) { request in
            guard request.headers["authorization"] == "Bearer T0" else { return .answer(401) }
            switch request.target {
            case "/api/v1/pods?limit=2":
                return .answer(200, [], Array(#"{"metadata": {"continue": "a+b"}, "items": [1, 2]}"#.utf8))
            case "/api/v1/pods?limit=2&continue=a%2Bb":
                return .answer(200, [], Array(#"{"metadata": {}, "items": [3]}"#.utf8))
            default: return .answer(404)
            }
        }
        let folder = try TemporaryFolder()
        var pages: [String] = []
        try client(server.port, in: folder).pods { pages.append(String(decoding: $0, as: UTF8.self)) }
        #expect(pages.count == 2 && pages.last?.contains("[3]") == true)
    }

    @Test func `A ConfigMap is written as the version that was read`() throws {
        let server = try ScriptedServer(tls: Registry.server) { request in
            guard request.target == "/api/v1/namespaces/webhooks/configmaps/images" else {
                return .answer(404)
            }
            if request.method == "PATCH" {
                let isRight = request.body == #"{"metadata":{"resourceVersion":"7"},"data":{"a.b":"new\n"}}"#
                return .answer(isRight ? 200 : 409)
            }
            return .answer(
                200, [], Array(#"{"metadata": {"resourceVersion": "7"}, "data": {"a.b": "old"}}"#.utf8))
        }
        let folder = try TemporaryFolder()
        let client = try client(server.port, in: folder)
        let previous = try client.text(ofConfigMap: "images", key: "a.b")
        #expect(previous.text == "old")
        try client.replace(previous, ofConfigMap: "images", key: "a.b", with: "new\n")
        #expect(server.requests.last?.headers["content-type"] == "application/merge-patch+json")
        let conflict = #expect(throws: RegistryError.self) {
            try client.replace(previous, ofConfigMap: "images", key: "a.b", with: "other")
        }
        #expect(conflict?.description.contains("somebody else has changed it") == true)
        let missing = #expect(throws: RegistryError.self) {
            try client.text(ofConfigMap: "nothing", key: "a.b")
        }
        #expect(missing?.reason == .notFound)
    }

    @Test(arguments: [
        (403, "the ServiceAccount may not (403)"), (500, "status 500"), (200, "not valid JSON"),
    ])
    func `What the API server refuses is named, without the token`(status: Int, message: String) throws {
        let server = try ScriptedServer(tls: Registry.server) { _ in .answer(status, [], Array("<".utf8)) }
        let folder = try TemporaryFolder()
        let client = try client(server.port, in: folder)
        let failure = #expect(throws: RegistryError.self) { try client.pods { _ in } }
        #expect(
            failure?.description.contains(message) == true && failure?.description.contains("T0") == false)
    }

    @Test func `Outside a Pod the cause is named`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: RegistryError.self) { try ClusterClient(folder: folder.path, environment: [:]) }
        let failure = #expect(throws: RegistryError.self) {
            try ClusterClient(folder: folder.path, environment: ["KUBERNETES_SERVICE_HOST": "10.0.0.1"])
        }
        #expect(failure?.description.contains("this is not a Pod with a ServiceAccount") == true)
    }
}
