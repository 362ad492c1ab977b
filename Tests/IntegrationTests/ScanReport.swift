import Foundation
import FoundationXML
import TestSupport
import Testing

/// What `sslscan --xml=-` writes of one port.
struct ScanReport {
    /// Those that are spoken, such as `tls 1.3`.
    private(set) var protocols: [String] = []
    /// By version, the preferred one first.
    private(set) var suites: [String: [String]] = [:]
    private(set) var strengths: Set<String> = []
    private(set) var groups: [String] = []
    private(set) var groupBits: [Int] = []
    private(set) var renegotiation: [String: String] = [:]
    /// `1` for a version that is vulnerable.
    private(set) var heartbleed: [String] = []

    /// Scans the port.
    init(port: Int) throws {
        let result = try Program.run(
            named: "sslscan",
            ["--xml=-", "--no-colour", "--timeout=30", "--sni-name=localhost", "127.0.0.1:\(port)"],
            limit: 120)
        try #require(result.status == 0, "\(result.error)")
        let elements = Elements()
        let parser = XMLParser(data: Data(result.output))
        parser.delegate = elements
        try #require(parser.parse(), "\(result.text)")
        for (name, attributes) in elements.all { note(name, attributes) }
    }

    private mutating func note(_ name: String, _ attributes: [String: String]) {
        func value(_ key: String) -> String { attributes[key] ?? "" }
        switch name {
        case "protocol" where value("enabled") == "1":
            protocols.append("\(value("type")) \(value("version"))")
        case "cipher":
            suites[value("sslversion"), default: []].append(value("cipher"))
            strengths.insert(value("strength"))
        case "group":
            groups.append(value("name"))
            groupBits.append(Int(value("bits")) ?? 0)
        case "renegotiation": renegotiation = attributes
        case "heartbleed": heartbleed.append(value("vulnerable"))
        default: break
        }
    }

    /// All elements with their attributes, in the order of the document.
    private final class Elements: NSObject, XMLParserDelegate {
        var all: [(String, [String: String])] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            all.append((name, attributes))
        }
    }
}
