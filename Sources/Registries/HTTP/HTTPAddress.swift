import Basics

/// An absolute `http` or `https` address, taken apart (RFC 3986); without a fragment, and never with a user's name or
/// password, which would be sent to the host that a redirect names.
struct HTTPAddress: Sendable, Hashable {
    /// Whom one connection reaches: credentials never leave it.
    struct Origin: Sendable, Hashable {
        var isEncrypted: Bool
        /// In lower case; an IPv6 address without brackets.
        var host: String
        var port: Int

        /// As `Host` has it (RFC 9110, 7.2): the port where it is not the scheme's own.
        var authority: String {
            let name = host.contains(":") ? "[\(host)]" : host
            return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
        }

        var description: String { "\(isEncrypted ? "https" : "http")://\(authority)" }

        /// Whether it is this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3).
        var isLoopback: Bool {
            if host == "localhost" || host == "::1" { return true }
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 4 && parts[0] == "127" && parts.allSatisfy(\.isDecimalNumber)
        }

        /// Whether it is reached without a router (RFC 3927, 2.1; RFC 4291, 2.5.6), as clouds' metadata services are; or
        /// names every host at once (RFC 1122, 3.2.1.3).
        var isLinkLocal: Bool {
            if host.contains(":") {
                // With an IPv4 address in it, it is that one (RFC 4291, 2.5.5).
                return host == "::"
                    || ["fe8", "fe9", "fea", "feb", "::ffff:", "0"].contains(where: host.hasPrefix)
            }
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 4, parts.allSatisfy(\.isDecimalNumber) else {
                // `2852039166` and `0x7f.1` are addresses too, for inet_aton(3).
                return parts.last.map { $0.first?.isNumber ?? true } ?? true
            }
            return parts[0] == "0" || parts[0] == "169" && parts[1] == "254"
        }
    }

    var origin: Origin
    /// Path and query, as they are sent.
    var target: String

    /// The longest address, in bytes: signed ones have some two thousand.
    private static let longest = 16 << 10

    init(origin: Origin, target: String) {
        self.origin = origin
        self.target = target
    }

    /// `nil` for what is not such an address.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        let lowered = text.prefix(8).lowercased()
        let isEncrypted = lowered.hasPrefix("https://")
        guard isEncrypted || lowered.hasPrefix("http://") else { return nil }
        let rest = text.dropFirst(isEncrypted ? 8 : 7).prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let origin = Self.origin(authority, isEncrypted: isEncrypted) else { return nil }
        let target = rest.dropFirst(authority.count)
        self.init(origin: origin, target: target.hasPrefix("/") ? String(target) : "/" + target)
    }

    /// Without the path of what is asked for, nothing but host and port, as a reference has them.
    static func origin(_ authority: some StringProtocol, isEncrypted: Bool) -> Origin? {
        var host = Substring(authority)
        var port = isEncrypted ? 443 : 80
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            let text = host[host.index(after: colon)...]
            guard text.isDecimalNumber, let number = Int(text), (1...65535).contains(number) else {
                return nil
            }
            port = number
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            let isAddress = host.utf8.allSatisfy {
                $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") || $0.isHexadecimalDigit
            }
            guard isAddress, host.contains(":") else { return nil }
        } else {
            let isName = host.utf8.allSatisfy {
                $0.isIdentifierByte || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            }
            guard isName else { return nil }
        }
        guard !host.isEmpty, host.utf8.count <= DNSName.longest else { return nil }
        return Origin(isEncrypted: isEncrypted, host: host.lowercased(), port: port)
    }

    /// Where a `Location` leads from here (RFC 9110, 10.2.2): an address, or a path on the same host. `nil` for anything
    /// else.
    func redirected(to location: String) -> HTTPAddress? {
        if location.hasPrefix("//") {
            return HTTPAddress((origin.isEncrypted ? "https:" : "http:") + location)
        }
        if location.hasPrefix("/") {
            return HTTPAddress(origin.description + location)
        }
        return HTTPAddress(location)
    }

    /// For messages: without the query, which may hold a signature.
    var description: String { origin.description + target.prefix { $0 != "?" } }
}
