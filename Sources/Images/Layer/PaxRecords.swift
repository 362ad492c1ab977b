import Basics

/// The records of an extended header that matter here.
///
/// Source: POSIX, pax utility, "pax Extended Header": `LENGTH KEY=VALUE\n`, where the length counts itself.
struct PaxRecords: Hashable {
    var path: String?
    var linkPath: String?
    var size: Int?
    /// Whether the content is GNU's map of a sparse file with its pieces, and not the file's own.
    var isSparse = false

    init() {}

    /// - Throws: ``TarError/badPaxRecord`` when the records do not fit into each other.
    init(_ bytes: [UInt8]) throws(TarError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let blank = rest.firstIndex(of: 0x20),
                let length = Self.decimal(rest[..<blank]), length <= rest.count,
                length > blank - rest.startIndex + 1
            else { throw .badPaxRecord }
            let end = rest.startIndex + length
            guard rest[end - 1] == 0x0A else { throw .badPaxRecord }
            let record = rest[(blank + 1)..<(end - 1)]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { throw .badPaxRecord }
            try take(String(decoding: record[..<equals], as: UTF8.self), record[(equals + 1)...])
            rest = rest[end...]
        }
    }

    private mutating func take(_ key: String, _ value: ArraySlice<UInt8>) throws(TarError) {
        switch key {
        case "path": path = String(decoding: value, as: UTF8.self)
        case "linkpath": linkPath = String(decoding: value, as: UTF8.self)
        case "size":
            guard let number = Self.decimal(value) else { throw .badPaxRecord }
            size = number
        default: if key.hasPrefix("GNU.sparse.") { isSparse = true }
        }
    }

    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value = 0
        for byte in digits {
            guard byte.isDecimalDigit else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
