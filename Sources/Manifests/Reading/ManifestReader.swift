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
        let origin: Origin

        /// The line, from 1, of what a JSON Pointer (RFC 6901) leads to, or of the last step of it that is there.
        func line(of pointer: String) -> Int {
            switch origin {
            case .yaml(let root, let offset): YAMLPath(pointer, from: root).line + offset
            case .json(let bytes): line + JSONLocator.lineOffset(of: pointer, in: bytes)
            }
        }
    }

    /// What a document was read from.
    enum Origin {
        /// - offset: how many lines stand before the text that the node's own marks count from.
        case yaml(YAMLNode, offset: Int)
        case json([UInt8])
    }

    /// Reads every document of a text.
    ///
    /// A text that begins with a brace or a bracket is read as JSON, and as YAML if that fails: JSON's own
    /// error is the better one only for a text that is JSON.
    /// - Throws: ``ManifestError`` with the line and the cause.
    public static func documents(in bytes: [UInt8]) throws(ManifestError) -> [Document] {
        try documents(in: bytes, line: 1, parser: JSONParser(maximumDepth: maximumDepth))
    }

    /// Reads every document of a text that is part of a larger one.
    /// - Parameters:
    ///   - line: the line of the larger text that this one begins on, from 1.
    ///   - parser: its memory is used again from one text to the next.
    static func documents(
        in bytes: [UInt8], line: Int, parser: JSONParser
    ) throws(ManifestError) -> [Document] {
        let first = bytes.first { !$0.isBlank }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            return try yamlDocuments(in: bytes, offset: line - 1, orElse: nil)
        }
        do {
            return [Document(value: try parser.parse(bytes), line: line, origin: .json(bytes))]
        } catch {
            let error = ManifestError(line: line == 1 ? nil : line, reason: "no JSON: \(error)")
            return try yamlDocuments(in: bytes, offset: line - 1, orElse: error)
        }
    }

    /// - Parameter preferred: the error to throw, instead of YAML's own, when the text is no YAML either.
    private static func yamlDocuments(
        in bytes: [UInt8], offset: Int, orElse preferred: ManifestError?
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
                result.append(
                    Document(
                        value: value, line: root.mark.line + offset, origin: .yaml(root, offset: offset)))
            }
        } catch let error as ManifestError {
            throw error.moved(by: offset)
        } catch let error as YAMLError {
            throw preferred ?? ManifestError(error).moved(by: offset)
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

    /// The same error, its line counted from so many lines earlier.
    func moved(by offset: Int) -> ManifestError {
        ManifestError(line: line.map { $0 + offset }, reason: reason)
    }

    public var description: String {
        if let line { "line \(line): \(reason)" } else { reason }
    }
}
