/// What a registry asks for before it answers: `WWW-Authenticate` (RFC 9110, 11.6.1).
package enum AuthenticationChallenge: Hashable {
    case basic
    /// A token from another server (distribution, `docs/spec/auth/token.md`).
    case bearer(realm: String, service: String?)

    /// The longest header that is read, in bytes.
    private static let longest = 8 << 10

    /// The challenges of a header, the ones of other schemes left out.
    package static func all(in header: String) -> [AuthenticationChallenge] {
        guard header.utf8.count <= longest else { return [] }
        var found: [AuthenticationChallenge] = []
        var scanner = ChallengeScanner(header)
        while let challenge = scanner.next() {
            switch challenge.scheme {
            case "basic": found.append(.basic)
            case "bearer":
                guard let realm = challenge.parameters["realm"] else { continue }
                found.append(.bearer(realm: realm, service: challenge.parameters["service"]))
            default: continue
            }
        }
        return found
    }
}

/// Takes a header apart: `scheme name=value, name="value", scheme …`.
private struct ChallengeScanner {
    private var rest: ArraySlice<UInt8>

    init(_ header: String) { rest = Array(header.utf8)[...] }

    mutating func next() -> (scheme: String, parameters: [String: String])? {
        skipSeparators()
        guard let scheme = token() else { return nil }
        var parameters: [String: String] = [:]
        while true {
            let before = rest
            skipSeparators()
            guard let name = token() else { break }
            skipSpaces()
            guard rest.first == UInt8(ascii: "=") else {
                // The next scheme.
                rest = before
                break
            }
            rest = rest.dropFirst()
            skipSpaces()
            parameters[name] = value()
        }
        return (scheme, parameters)
    }

    private mutating func skipSpaces() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

    private mutating func skipSeparators() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
    }

    /// In lower case; `nil` where there is none.
    private mutating func token() -> String? {
        let word = rest.prefix { (0x21...0x7E).contains($0) && !Array(#"=,"()"#.utf8).contains($0) }
        rest = rest.dropFirst(word.count)
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self).lowercased()
    }

    private mutating func value() -> String {
        guard rest.first == UInt8(ascii: "\"") else {
            let word = rest.prefix { $0 != UInt8(ascii: ",") && $0 != 0x20 }
            rest = rest.dropFirst(word.count)
            return String(decoding: word, as: UTF8.self)
        }
        rest = rest.dropFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                text.append(escaped)
            } else {
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
