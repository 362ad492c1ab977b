import JSON
import YAML

/// Reads manifests, JSON or YAML, into the documents that the webhook itself reads.
public enum ManifestReader {
    /// The deepest nesting that is read.
    static let maximumDepth = 256
    /// The most bytes that one YAML document may come to as JSON, for a text of so many bytes: aliases can make a
    /// small text enormous.
    static func maximumSize(forTextOf count: Int) -> Int { (1 << 20) + 16 * count }

    /// One document of a manifest.
    public struct Document {
        public let value: JSONValue
        /// The line that it begins on, from 1.
        public let line: Int
    }

    /// Reads every document of a text.
    ///
    /// A text that begins with a brace or a bracket is read as JSON, and as YAML if that fails: JSON's own
    /// error is the better one only for a text that is JSON.
    /// - Throws: ``ManifestError`` with the line and the cause.
    public static func documents(in bytes: [UInt8]) throws(ManifestError) -> [Document] {
        let first = bytes.first { !isBlank($0) }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            do {
                return [Document(value: try JSONParser(maximumDepth: maximumDepth).parse(bytes), line: 1)]
            } catch {
                return try yamlDocuments(
                    in: bytes, orElse: ManifestError(line: nil, reason: "no JSON: \(error)"))
            }
        }
        return try yamlDocuments(in: bytes, orElse: nil)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): true
        default: false
        }
    }

    /// - Parameter preferred: the error to throw, instead of YAML's own, when the text is no YAML either.
    private static func yamlDocuments(
        in bytes: [UInt8], orElse preferred: ManifestError?
    ) throws(ManifestError) -> [Document] {
        var result: [Document] = []
        do {
            let parser = try YAMLParser(bytes)
            while let root = try parser.nextDocument() {
                // What stands between two `---` without anything in it is no document to look at.
                if case .scalar(let scalar) = root, YAMLScalar(scalar) == .null { continue }
                var json = JSONWriter()
                try YAMLConversion(maximumSize: maximumSize(forTextOf: bytes.count)).write(
                    root, to: &json, depth: 0)
                let value = try JSONParser(maximumDepth: maximumDepth + 1).parse(json.bytes)
                result.append(Document(value: value, line: root.mark.line))
            }
        } catch let error as ManifestError {
            throw error
        } catch let error as YAMLError {
            throw preferred ?? ManifestError(error)
        } catch {
            throw preferred ?? ManifestError(line: nil, reason: "\(error)")
        }
        return result
    }
}

/// Why a manifest could not be read.
public struct ManifestError: Error, Sendable, CustomStringConvertible {
    /// The line it is about, from 1, where one is known.
    public let line: Int?
    public let reason: String

    public init(line: Int?, reason: String) {
        self.line = line
        self.reason = reason
    }

    init(_ error: YAMLError) {
        self.init(line: error.mark?.line, reason: error.reason)
    }

    public var description: String {
        if let line { "line \(line): \(reason)" } else { reason }
    }
}
