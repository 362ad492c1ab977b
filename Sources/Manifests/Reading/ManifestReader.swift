import JSON
import YAML

/// Reads manifests, JSON or YAML, into the documents that the webhook itself reads.
public enum ManifestReader {
    /// The deepest nesting that is read.
    static let maximumDepth = 256
    /// The most bytes that one YAML document may come to as JSON, for a text of so many bytes. Quoting makes at most
    /// three bytes of one; the rest is for what aliases repeat.
    static func maximumSize(forTextOf count: Int) -> Int { (1 << 20) + 4 * count }

    /// One document of a manifest.
    public struct Document {
        public let value: JSONValue
        /// The line that it begins on, from 1.
        public let line: Int
        /// Finds the lines of what is in it.
        let lines: LineFinder
    }

    /// Reads every document of a text.
    ///
    /// A text that begins with a brace or a bracket is read as JSON, and as YAML if that fails: JSON's own
    /// error is the better one only for a text that is JSON.
    /// - Throws: ``ManifestError`` with the line and the cause.
    public static func documents(in bytes: [UInt8]) throws(ManifestError) -> [Document] {
        var anchors = YAMLAnchors()
        return try documents(
            in: bytes, line: 1, parser: JSONParser(maximumDepth: maximumDepth + 1), anchors: &anchors)
    }

    /// Reads every document of a text that is part of a larger one.
    /// - Parameters:
    ///   - line: the line of the larger text that this one begins on, from 1.
    ///   - parser: its memory is used again from one text to the next.
    ///   - anchors: those of the document that the text goes on with, if it does; then those of its last document.
    /// - Throws: ``ManifestError`` with the line and the cause.
    static func documents(
        in bytes: [UInt8], line: Int, parser: JSONParser, anchors: inout YAMLAnchors
    ) throws(ManifestError) -> [Document] {
        let first = bytes.first { !$0.isBlank }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            return try yamlDocuments(in: bytes, line: line, parser: parser, anchors: &anchors)
        }
        let jsonError: ManifestError
        do {
            return [
                Document(
                    value: try parser.parse(bytes), line: line, lines: LineFinder(bytes, line: line))
            ]
        } catch {
            jsonError = ManifestError(line: line == 1 ? nil : line, reason: "not valid JSON: \(error)")
        }
        do {
            return try yamlDocuments(in: bytes, line: line, parser: parser, anchors: &anchors)
        } catch {
            // What is valid YAML, and beyond a limit, is better explained by that.
            throw error.isSyntax ? jsonError : error
        }
    }

    private static func yamlDocuments(
        in bytes: [UInt8], line: Int, parser: JSONParser, anchors: inout YAMLAnchors
    ) throws(ManifestError) -> [Document] {
        var result: [Document] = []
        do {
            let yaml = try YAMLParser(bytes, line: line, anchors: anchors)
            while let root = try yaml.nextDocument() {
                anchors = yaml.anchors
                // What stands between two `---` with nothing in it is not a document to look at.
                if case .scalar(let scalar) = root, YAMLScalar(scalar) == .null { continue }
                let json = try YAMLConversion.json(
                    of: root, maximumSize: maximumSize(forTextOf: bytes.count))
                result.append(
                    Document(value: try parser.parse(json), line: root.mark.line, lines: LineFinder(root)))
            }
        } catch let error as ManifestError {
            throw error
        } catch let error as YAMLError {
            throw ManifestError(error)
        } catch {
            throw ManifestError(line: nil, reason: "\(error)")
        }
        return result
    }
}

/// Why a manifest could not be read.
public struct ManifestError: Error, Sendable, CustomStringConvertible {
    /// The line it is about, from 1, where one is known.
    public let line: Int?
    public let reason: String
    /// Whether the text is not YAML at all, and not only beyond a limit or a rule.
    let isSyntax: Bool
    /// Whether that only shows at the end of the text: more text might be what is missing.
    let isAtEnd: Bool

    public init(line: Int?, reason: String) {
        self.line = line
        self.reason = reason
        isSyntax = false
        isAtEnd = false
    }

    init(_ error: YAMLError) {
        line = error.mark?.line
        reason = error.reason
        isSyntax = error.limit == nil
        isAtEnd = error.isAtEnd
    }

    public var description: String {
        if let line { "line \(line): \(reason)" } else { reason }
    }
}
