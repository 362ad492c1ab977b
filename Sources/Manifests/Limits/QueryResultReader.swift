import JSON

/// Reads what Prometheus answers a query with, series by series: the answer of its API, or the list alone, as
/// `promtool query instant --format json` writes it.
/// Source: Prometheus `docs/querying/api.md`, "Instant queries" and "Range queries".
struct QueryResultReader {
    /// One element of the result.
    struct Element {
        let bytes: [UInt8]
        /// From 1.
        let line: Int
    }

    private var window: ByteWindow
    /// What the answer says beside its data: `status`, `errorType` and `error`.
    private var members: [String: [UInt8]] = [:]

    /// The largest element, or other value, that is read, in bytes.
    private static let largestValue = 1 << 20

    init(_ source: any ByteSource) {
        window = ByteWindow(source, limit: Self.largestValue, noun: "a series, or another value, ")
    }

    /// Reads to the end, and hands out every element.
    /// - Throws: ``ManifestError``, also when the answer is an error; what the source throws.
    mutating func read(_ body: (Element) -> Void) throws {
        while let byte = try firstByte() {
            switch byte {
            case UInt8(ascii: "["): try readElements(body)
            case UInt8(ascii: "{"): try readMembers(ofData: false, body)
            default: throw error("expected an object or an array of Prometheus' here")
            }
        }
    }

    private mutating func readMembers(ofData isData: Bool, _ body: (Element) -> Void) throws {
        window.release(to: window.start + 1)
        while let byte = try firstByte() {
            switch byte {
            case UInt8(ascii: "}"):
                window.release(to: window.start + 1)
                if !isData { try checkStatus() }
                return
            case UInt8(ascii: ","): window.release(to: window.start + 1)
            case UInt8(ascii: "\""): try readMember(ofData: isData, body)
            default: throw error("expected the name of a member here")
            }
        }
        throw error("the answer ends in the middle")
    }

    /// Goes down to `data`, and there to `result`: no deeper.
    private mutating func readMember(ofData isData: Bool, _ body: (Element) -> Void) throws {
        let name = try readValue()
        guard try firstByte() == UInt8(ascii: ":") else { throw error("expected a colon here") }
        window.release(to: window.start + 1)
        let next = try firstByte()
        if !isData, name == Array(#""data""#.utf8), next == UInt8(ascii: "{") {
            try readMembers(ofData: true, body)
        } else if isData, name == Array(#""result""#.utf8), next == UInt8(ascii: "[") {
            try readElements(body)
        } else {
            let value = try readValue()
            for kept in ["status", "errorType", "error"] where !isData && name == Array("\"\(kept)\"".utf8) {
                members[kept] = value
            }
        }
    }

    private mutating func checkStatus() throws {
        defer { members = [:] }
        func text(_ name: String) -> String? {
            members[name].flatMap { try? JSONParser().parse($0).string }
        }
        guard text("status") == "error" else { return }
        let reason = [text("errorType"), text("error")].compactMap(\.self).joined(separator: ": ")
        throw error("Prometheus' answer is an error: \(reason.prefix(200))")
    }

    private mutating func readElements(_ body: (Element) -> Void) throws {
        window.release(to: window.start + 1)
        while let byte = try firstByte() {
            switch byte {
            case UInt8(ascii: "]"):
                window.release(to: window.start + 1)
                return
            case UInt8(ascii: ","): window.release(to: window.start + 1)
            default:
                let line = window.line
                body(Element(bytes: try readValue(), line: line))
            }
        }
        throw error("the answer ends in the middle")
    }

    /// The value that begins at the first byte.
    private mutating func readValue() throws -> [UInt8] {
        window.compact()
        var extent = JSONExtent()
        var position = window.start
        while true {
            if let end = extent.end(in: window.bytes, from: position) {
                guard end > window.start else { throw error("expected a value here") }
                let value = Array(window.bytes[window.start..<end])
                window.release(to: end)
                return value
            }
            position = window.bytes.count
            guard try window.reach(position) else { throw error("the answer ends in the middle") }
        }
    }

    /// The first byte that is not blank; what is before it is let go.
    private mutating func firstByte() throws -> UInt8? {
        guard let position = try window.skipBlankLines() else { return nil }
        window.release(to: position)
        return window.bytes[position]
    }

    private func error(_ reason: String) -> ManifestError { ManifestError(line: window.line, reason: reason) }
}
