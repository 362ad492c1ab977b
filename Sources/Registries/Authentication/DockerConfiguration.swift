import Basics
import Catalogue
import JSON

/// Credentials as Docker and podman write them: `config.json`, `auth.json`, `.dockerconfigjson` of a Secret.
/// Source: docker/cli, `cli/config/configfile/file.go`; containers/image, `docs/containers-auth.json.5.md`.
package struct DockerConfiguration: Sendable {
    private var credentials: [String: RegistryCredential] = [:]
    /// Programs that know a host's credentials, by host.
    private var helpers: [String: String] = [:]
    /// The one that knows all others.
    private var store: String?

    static let largest = 1 << 20
    private static let mostEntries = 4096

    /// - Throws: ``RegistryError`` without the file's name, and nothing that is in it.
    package init(_ bytes: [UInt8]) throws(RegistryError) {
        let json: JSONValue
        do {
            json = try JSONParser(maximumDepth: 16, maximumValues: 100_000).parse(bytes)
        } catch {
            throw RegistryError(.malformed, "not valid JSON")
        }
        guard json.kind == .object else { throw RegistryError(.malformed, "not a JSON object") }
        if let entries = json["auths"]?.members {
            for entry in entries.prefix(Self.mostEntries) {
                credentials[Self.key(entry.name)] = try Self.credential(entry.value, entry.name)
            }
        }
        if let entries = json["credHelpers"]?.members {
            for entry in entries.prefix(Self.mostEntries) {
                helpers[Self.key(entry.name)] = entry.value.string
            }
        }
        store = json["credsStore"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Everything that may open a repository, the longest path first.
    /// - Parameter ask: asks a program for the credentials of a host.
    package func candidates(
        host: String, repository: String, ask: (_ helper: String, _ host: String) -> RegistryCredential?
    ) -> [RegistryCredential] {
        var found = credentials.filter { Self.matches($0.key, host: host, repository: repository) }
            .sorted { ($0.key.utf8.count, $1.key) > ($1.key.utf8.count, $0.key) }
            .map(\.value)
        if let helper = helpers[host] ?? store, let credential = ask(helper, host) {
            found.append(credential)
        }
        return found
    }

    private static func credential(
        _ json: JSONValue, _ name: String
    ) throws(RegistryError) -> RegistryCredential? {
        if let token = json["identitytoken"]?.string, !token.isEmpty { return .identityToken(token) }
        if let token = json["registrytoken"]?.string, !token.isEmpty { return .registryToken(token) }
        if let text = json["auth"]?.string, !text.isEmpty {
            guard let bytes = Base64.decode(text.utf8) else {
                throw RegistryError(
                    .malformed, "auths: auth of \(PrintableText.of(name, limit: 128)) is not base 64")
            }
            let pair = bytes.split(
                separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else {
                throw RegistryError(
                    .malformed, "auths: auth of \(PrintableText.of(name, limit: 128)) is not user:password")
            }
            // Docker pads with NUL at the end.
            let password = pair[1].reversed().drop { $0 == 0 }.reversed()
            return .password(
                user: String(decoding: pair[0], as: UTF8.self),
                password: String(decoding: password, as: UTF8.self))
        }
        if let user = json["username"]?.string, let password = json["password"]?.string {
            return .password(user: user, password: password)
        }
        // Docker leaves an empty object where a program keeps the credentials.
        return nil
    }

    /// `https://index.docker.io/v1/`, as Docker calls its own registry, and `host/path`.
    private static func key(_ text: String) -> String {
        var key = text[...]
        for scheme in ["https://", "http://"] where key.hasPrefix(scheme) {
            key = key.dropFirst(scheme.count)
        }
        while key.hasSuffix("/") { key = key.dropLast() }
        for version in ["/v1", "/v2"] where key.hasSuffix(version) { key = key.dropLast(version.count) }
        let host = key.prefix { $0 != "/" }
        if host == "index.docker.io" || host == "registry-1.docker.io" {
            return "docker.io" + key.dropFirst(host.count)
        }
        return String(key)
    }

    /// The kubelet lets `*` stand for a label, or a part of one.
    /// Source: Kubernetes, `pkg/credentialprovider/keyring.go`, `URLsMatch`.
    private static func matches(_ key: String, host: String, repository: String) -> Bool {
        let pattern = key.prefix { $0 != "/" }
        let path = key.dropFirst(pattern.count + 1)
        guard path.isEmpty || repository == path || repository.hasPrefix("\(path)/") else { return false }
        let labels = pattern.split(separator: ".", omittingEmptySubsequences: false)
        let own = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count == own.count && zip(labels, own).allSatisfy { $0 == $1 || $0 == "*" }
    }
}
