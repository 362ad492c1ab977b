import Basics
import Glibc

/// An IPv4 or IPv6 address as a certificate holds it: 4 or 16 octets (RFC 5280, 4.2.1.6).
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    let octets: [UInt8]

    init?(octets: [UInt8]) {
        guard octets.count == 4 || octets.count == 16 else { return nil }
        self.octets = octets
    }

    /// Reads `10.0.0.1` or `fe80::1`, without brackets, port or zone.
    public init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            octets = withUnsafeBytes(of: four) { [UInt8]($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            octets = withUnsafeBytes(of: six) { [UInt8]($0) }
        } else {
            return nil
        }
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = octets.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, octets, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A name that a certificate can carry: checked when made, so that no certificate holds a wrong one.
public enum SubjectName: Sendable, Hashable, CustomStringConvertible {
    /// A host name of RFC 1123 labels, in lower case; the first label may be `*` (RFC 6125, 6.4.3).
    case dns(String)
    case ip(IPAddress)

    /// Reads an address or a host name; an address is recognised as such.
    public init(_ text: String) throws {
        if let address = IPAddress(text) {
            self = .ip(address)
            return
        }
        let name = text.lowercased()
        if let problem = Self.problem(inHostName: name) {
            throw TLSError(
                .invalidName,
                "\"\(PrintableText.of(text, limit: PrintableText.longestName))\" is not a host name or IP address: \(problem)",
                cure: "Give names such as webhook.namespace.svc or 10.0.0.1, without port and scheme")
        }
        self = .dns(name)
    }

    public var description: String {
        switch self {
        case .dns(let name): name
        case .ip(let address): address.description
        }
    }

    private static func problem(inHostName name: String) -> String? {
        guard !name.isEmpty else { return "it is empty" }
        guard name.utf8.count <= DNSName.longest else {
            return "it is longer than \(DNSName.longest) characters"
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        for (index, label) in labels.enumerated() {
            if index == 0, label == "*", labels.count > 2 { continue }
            guard !label.isEmpty else { return "a label is empty" }
            guard label.utf8.count <= DNSName.longestLabel else {
                return "a label is longer than \(DNSName.longestLabel) characters"
            }
            guard label.utf8.allSatisfy({ DNSName.isLabelByte($0) }) else {
                return "a label may hold only letters, digits and hyphens"
            }
            guard !label.hasPrefix("-"), !label.hasSuffix("-") else {
                return "a label may not begin or end with a hyphen"
            }
        }
        // Only digits in the last label would be read as an address that is not one, such as 10.0.0.
        guard let last = labels.last, !last.isDecimalNumber else {
            return "the last label is a number"
        }
        return nil
    }
}

/// At least one name, without repetition, in the order given.
public struct SubjectNames: Sendable, Hashable {
    public let names: [SubjectName]

    public init(_ texts: [String]) throws {
        try self.init(texts.map { try SubjectName($0) })
    }

    public init(_ names: [SubjectName]) throws {
        guard !names.isEmpty else {
            throw TLSError(
                .invalidName, "a serving certificate needs at least one name",
                cure: "Give the names by which clients connect, such as webhook.namespace.svc")
        }
        var seen: Set<SubjectName> = []
        self.names = names.filter { seen.insert($0).inserted }
    }
}
