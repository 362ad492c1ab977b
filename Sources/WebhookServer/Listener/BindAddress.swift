import Basics

/// Where to listen: `HOST:PORT`, with brackets around an IPv6 address.
public struct BindAddress: Sendable, Hashable, CustomStringConvertible {
    /// An address or a name, without brackets.
    public var host: String
    /// 0 lets the system choose one.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `0.0.0.0:8443`, `[::]:8443` or `localhost:0`; anything else is `nil`.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard digits.isDecimalNumber,
            let port = UInt16(digits)
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]"), host.count > 2 {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            // Without brackets nobody can tell where the address ends and the port begins.
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0 == "[" || $0 == "]" || $0.isWhitespace }) else {
            return nil
        }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether it stands for every address of the machine, of IPv6 and, where the system lets it, of IPv4.
    var isAllOfIPv6: Bool { host == "::" }

    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
