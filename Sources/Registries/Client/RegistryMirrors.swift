/// Where images are asked for, in turn: mirrors first, then the registry itself.
public struct RegistryMirrors: Sendable {
    /// A registry's address, by which name credentials are looked for, and what stands before each repository.
    struct Endpoint: Sendable, Hashable {
        var origin: HTTPAddress.Origin
        /// As credential files name it.
        var host: String
        /// Before the repository: empty, or `name/` for each part.
        var prefix = ""
    }

    private var endpoints: [String: [Endpoint]] = [:]

    /// `docker.io` is a name; this is where its registry is.
    private static let addresses = ["docker.io": "registry-1.docker.io"]

    public init() {}

    /// Adds a mirror.
    /// - Parameter text: `HOST=URL`, such as `docker.io=https://mirror.example.org/docker`; `http://` allows plain HTTP
    ///   for this mirror, and where the URL names the host itself, for the registry.
    /// - Returns: whether it is one.
    public mutating func add(_ text: String) -> Bool {
        let host = text.prefix { $0 != "=" }
        guard !host.isEmpty, HTTPAddress.origin(host, isEncrypted: true) != nil,
            let address = HTTPAddress(String(text.dropFirst(host.count + 1))), !address.target.contains("?")
        else { return false }
        var parts = address.target.split(separator: "/").map(String.init)
        // Some write the API's own path too.
        if parts.first == "v2" { parts.removeFirst() }
        let prefix = parts.map { $0 + "/" }.joined()
        let name = address.origin.authority
        endpoints[host.lowercased(), default: []].append(
            Endpoint(origin: address.origin, host: name, prefix: prefix))
        return true
    }

    /// Whether a registry may be asked because somebody else names it. This machine, and what only its own network
    /// segment knows, is not a registry of theirs, unless an operator has named a mirror for it.
    public func allows(_ host: String) -> Bool {
        if endpoints[host.lowercased()] != nil { return true }
        guard let origin = HTTPAddress.origin(host, isEncrypted: true) else { return false }
        return !origin.isLoopback && !origin.isLinkLocal
    }

    /// - Returns: at least one, but for a host that is not a name.
    func endpoints(for host: String) -> [Endpoint] {
        var all = endpoints[host.lowercased()] ?? []
        if let own = HTTPAddress.origin(Self.addresses[host] ?? host, isEncrypted: true) {
            // A mirror that is the registry itself, by plain HTTP, is instead of it.
            let isNamed = all.contains {
                $0.origin.host == own.host && $0.prefix.isEmpty && !$0.origin.isEncrypted
            }
            if !isNamed { all.append(Endpoint(origin: own, host: host)) }
        }
        return all
    }
}
