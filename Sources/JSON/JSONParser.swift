import CSimdJSON

/// Parses JSON (RFC 8259) with simdjson, and keeps its working memory from one document to the next.
///
/// Invalid UTF-8, a NUL, a lone surrogate, a number out of range, nesting deeper than the limit and anything
/// after the document are refused. A parser serves one thread at a time.
public final class JSONParser {
    /// Working memory for documents larger than this, in bytes, is given back after use, so that one huge document does
    /// not make the process large for good: it is up to fifteen times the document.
    private static let keptCapacity = 128 << 10
    /// Documents up to this length, in bytes, are not searched for how many values they hold: memory for a million of
    /// them takes more than their text has room for.
    private static let longestUncounted = 256 << 10

    private let maximumDepth: Int
    private let maximumValues: Int?
    /// Owned by this object alone: created on demand, destroyed in `deinit` or when it has grown too large.
    private var parser: OpaquePointer?
    /// The last document, whose memory the next one takes over when no value of it is left.
    private var document: JSONDocument?

    /// - Parameters:
    ///   - maximumDepth: how deep arrays and objects may be nested.
    ///   - maximumValues: how many values a document may hold, names of members included, should it be long: parsed, each
    ///     takes up to 16 bytes. `nil` for any number.
    public init(maximumDepth: Int = 256, maximumValues: Int? = nil) {
        self.maximumDepth = maximumDepth
        self.maximumValues = maximumValues
    }

    deinit {
        csimdjson_parser_destroy(parser)
    }

    /// Parses a whole document.
    /// - Parameter bytes: UTF-8; it is copied, and not needed once the call has returned.
    /// - Returns: the document's root; it and all values below it keep the document alive.
    /// - Throws: ``JSONError`` when it is not JSON, is too deep, or holds too many values.
    public func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        if let maximumValues, bytes.count > Self.longestUncounted,
            csimdjson_count_values(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
                > maximumValues
        {
            throw JSONError("it holds more than \(maximumValues) values", isTooLarge: true)
        }
        if parser == nil {
            parser = csimdjson_parser_create(maximumDepth)
        }
        if !isKnownUniquelyReferenced(&document) {
            document = JSONDocument()
        }
        guard let parser, let document else { throw JSONError("out of memory") }
        defer {
            if bytes.count > Self.keptCapacity {
                csimdjson_parser_destroy(parser)
                self.parser = nil
                self.document = nil
            }
        }
        var root = csimdjson_value()
        let code = csimdjson_parse(
            parser, document.pointer, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count,
            &root)
        guard code == 0 else { throw JSONError(String(cString: csimdjson_error_text(code))) }
        return JSONValue(document: document, value: root)
    }

    /// Parses a document that is at hand as an array.
    public func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { buffer in
            do throws(JSONError) {
                return .success(try parse(buffer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// Why a text is not JSON.
public struct JSONError: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// Whether it may be JSON, but holds more than was allowed.
    public let isTooLarge: Bool

    init(_ description: String, isTooLarge: Bool = false) {
        self.description = description
        self.isTooLarge = isTooLarge
    }
}

/// A parsed document's memory: freed when the last value that points into it is gone.
final class JSONDocument {
    /// Owned by this object alone; never written again once it has been parsed into.
    let pointer: OpaquePointer

    init?() {
        guard let pointer = csimdjson_document_create() else { return nil }
        self.pointer = pointer
    }

    deinit {
        csimdjson_document_destroy(pointer)
    }
}
