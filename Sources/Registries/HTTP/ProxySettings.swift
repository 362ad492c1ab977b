import Basics
import Catalogue

/// Which proxy leads to which host: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in capitals or not, as most programs read
/// them. Source: Go `golang.org/x/net/http/httpproxy`.
public struct ProxySettings: Sendable {
    /// A proxy, and the value of its `Proxy-Authorization` header.
    struct Proxy: Sendable, Hashable {
        var host: String
        var port: Int
        var authorization: String?
    }

    private var encrypted: Proxy?
    private var plain: Proxy?
    /// Host names that are reached directly, without a leading dot; `*` for all.
    private var direct: [String] = []

    /// No proxy.
    public init() {}

    /// - Throws: ``RegistryError`` for an address that is not a proxy's.
    public init(environment: [String: String]) throws(RegistryError) {
        func value(_ name: String) -> String? {
            let text = environment[name] ?? environment[name.lowercased()]
            return text?.isEmpty == false ? text : nil
        }
        encrypted = try value("HTTPS_PROXY").map { text throws(RegistryError) in
            try Self.proxy(text, "HTTPS_PROXY")
        }
        plain = try value("HTTP_PROXY").map { text throws(RegistryError) in try Self.proxy(text, "HTTP_PROXY")
        }
        direct = (value("NO_PROXY") ?? "").lowercased().split(whereSeparator: { $0 == "," || $0 == " " })
            .map { $0.hasPrefix(".") ? String($0.dropFirst()) : String($0) }
    }

    /// The proxy that leads to a host; `nil` where it is reached directly, as this machine always is.
    func proxy(to origin: HTTPAddress.Origin) -> Proxy? {
        guard !origin.isLoopback else { return nil }
        let authority = "\(origin.host):\(origin.port)"
        for name in direct {
            if name == "*" || name == origin.host || name == authority || origin.host.hasSuffix(".\(name)") {
                return nil
            }
        }
        return origin.isEncrypted ? encrypted : plain
    }

    private static func proxy(_ text: String, _ name: String) throws(RegistryError) -> Proxy {
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else {
                throw RegistryError(.malformed, "\(name): only http:// proxies are known")
            }
            rest = rest[scheme.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        var authorization: String?
        if let at = rest.lastIndex(of: "@") {
            authorization = "Basic " + Base64.encode(Array(rest[..<at].percentDecoded.utf8))
            rest = rest[rest.index(after: at)...]
        }
        guard let origin = HTTPAddress.origin(rest, isEncrypted: false) else {
            throw RegistryError(.malformed, "\(name) is not a proxy's address, such as http://proxy:3128")
        }
        return Proxy(host: origin.host, port: origin.port, authorization: authorization)
    }
}

extension Substring {
    /// With each `%` and two hexadecimal digits as the byte that they stand for.
    fileprivate var percentDecoded: String {
        var bytes: [UInt8] = []
        var rest = self.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(Substring(digits)), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
