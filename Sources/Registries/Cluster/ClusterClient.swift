import Basics
import Catalogue
import JSON
import NIOCore
import NIOHTTP1
import OpenSSLTLS
import System

/// The API server, for a Pod that reads which Pods run and writes one ConfigMap.
/// Source: Kubernetes, "Accessing the Kubernetes API from a Pod".
public final class ClusterClient: Sendable {
    /// A ConfigMap's text under one key, and which version of it was read.
    public struct Text: Sendable {
        public var text: String
        let version: String
    }

    /// Where the kubelet puts what a ServiceAccount needs.
    public static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The Pod's own.
    public let namespace: String
    private let transport: HTTPTransport
    private let origin: HTTPAddress.Origin
    private let authorization: String
    private let pageSize: Int
    /// Until when everything has to be over.
    private let deadline: NIODeadline

    private static let largestFile = 1 << 20
    /// 500 Pods have some 5 MB.
    private static let largestPage = 256 << 20
    private static let largestConfigMap = 16 << 20
    /// A list that changes all the time has an end all the same.
    private static let mostPages = 10_000

    /// - Parameters:
    ///   - folder: the ServiceAccount's token, CA and namespace.
    ///   - environment: `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`.
    ///   - pageSize: how many Pods are asked for at a time.
    /// - Throws: ``RegistryError`` outside a Pod; ``TLSError`` when the CA is not one.
    public init(
        folder: String = serviceAccountFolder, environment: [String: String], pageSize: Int = 500
    ) throws {
        let host = environment["KUBERNETES_SERVICE_HOST"] ?? ""
        let authority = host.contains(":") ? "[\(host)]" : host
        guard
            let origin = HTTPAddress.origin(
                "\(authority):\(environment["KUBERNETES_SERVICE_PORT"] ?? "443")", isEncrypted: true)
        else {
            throw RegistryError(
                .unreachable,
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is not a Pod")
        }
        self.origin = origin
        self.pageSize = pageSize
        namespace = try Self.file("namespace", folder)
        authorization = "Bearer \(try Self.file("token", folder))"
        let tls = try TLSContext(
            client: TLSClientConfiguration(trustRoots: .file("\(folder)/ca.crt"), resumesSessions: false))
        let limits = RegistryLimits()
        deadline = .now() + limits.image
        transport = HTTPTransport(tls: tls, proxies: ProxySettings(), limits: limits)
    }

    private static func file(_ name: String, _ folder: String) throws(RegistryError) -> String {
        let path = "\(folder)/\(name)"
        guard let bytes = try? FileReading.bytes(of: path, limit: largestFile, regularOnly: true) else {
            throw RegistryError(
                .unauthorized, "\(path) cannot be read: this is not a Pod with a ServiceAccount")
        }
        let text = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard text.count == 1, let word = text.first else {
            throw RegistryError(.malformed, "\(path): not one word")
        }
        return String(word)
    }

    /// Passes on every Pod of the cluster, a page at a time.
    /// - Parameter body: is given a `PodList` as JSON.
    /// - Throws: ``RegistryError``
    public func pods(_ body: ([UInt8]) -> Void) throws(RegistryError) {
        var token = ""
        for _ in 0..<Self.mostPages {
            let more = token.isEmpty ? "" : "&continue=\(token.percentEncoded())"
            let page = try exchange(
                HTTPRequest(), "/api/v1/pods?limit=\(pageSize)\(more)", limit: Self.largestPage)
            body(page)
            token = try Self.parse(page)["metadata"]?["continue"]?.string ?? ""
            if token.isEmpty { return }
        }
        throw RegistryError(.malformed, "\(origin.description): a list of Pods without end")
    }

    /// What a ConfigMap of the Pod's namespace holds.
    /// - Throws: ``RegistryError``, also when there is no such ConfigMap.
    public func text(ofConfigMap name: String, key: String) throws(RegistryError) -> Text {
        let json = try Self.parse(
            try exchange(HTTPRequest(), path(ofConfigMap: name), limit: Self.largestConfigMap))
        guard let version = json["metadata"]?["resourceVersion"]?.string else {
            throw RegistryError(.malformed, "\(origin.description): a ConfigMap without resourceVersion")
        }
        return Text(text: json["data"]?.member(named: key)?.string ?? "", version: version)
    }

    /// Writes a ConfigMap's text, unless somebody else has changed it since it was read.
    /// - Throws: ``RegistryError``
    public func replace(
        _ previous: Text, ofConfigMap name: String, key: String, with text: String
    ) throws(RegistryError) {
        var body = JSONWriter()
        body.object {
            $0.name("metadata")
            $0.object {
                $0.name("resourceVersion")
                $0.string(previous.version)
            }
            $0.name("data")
            $0.object {
                $0.name(key)
                $0.string(text)
            }
        }
        let request = HTTPRequest(
            method: .PATCH, headers: ["Content-Type": "application/merge-patch+json"], body: body.bytes)
        _ = try exchange(request, path(ofConfigMap: name), limit: Self.largestConfigMap)
    }

    private func path(ofConfigMap name: String) -> String {
        "/api/v1/namespaces/\(namespace.percentEncoded())/configmaps/\(name.percentEncoded())"
    }

    private func exchange(
        _ request: HTTPRequest, _ target: String, limit: Int
    ) throws(RegistryError) -> [UInt8] {
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Authorization", value: authorization)
        request.headers.add(name: "User-Agent", value: "uwsgi-max-fd")
        let address = HTTPAddress(origin: origin, target: target)
        let answer = try transport.send(request, to: address, deadline: deadline)
        guard answer.status == 200 else {
            answer.discard()
            let name = "\(request.method.rawValue) \(address.description)"
            switch answer.status {
            case 401, 403:
                throw RegistryError(
                    .unauthorized,
                    "\(name): the ServiceAccount may not (\(answer.status)): see the chart's Role")
            case 404: throw RegistryError(.notFound, "\(name): not found: make it first")
            case 409: throw RegistryError(.status, "\(name): somebody else has changed it meanwhile")
            default: throw RegistryError(.status, "\(name): status \(answer.status)")
            }
        }
        return try answer.body(limit: limit)
    }

    private static func parse(_ bytes: [UInt8]) throws(RegistryError) -> JSONValue {
        do {
            return try JSONParser(maximumDepth: 256).parse(bytes)
        } catch {
            throw RegistryError(.malformed, "the API server's answer is not valid JSON")
        }
    }
}
