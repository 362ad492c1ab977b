import CSimdJSON

/// Parses JSON (RFC 8259) with simdjson, and keeps its working memory from one document to the next.
///
/// Invalid UTF-8, a NUL, a lone surrogate, a number out of range, nesting deeper than the limit and anything
/// after the document are refused. A parser serves one thread at a time.
public final class JSONParser {
    /// How many bytes simdjson reads beyond the end of a document.
    public static let neededPadding = csimdjson_padding()

    private let maximumDepth: Int
    private let maximumValues: Int?
    private let longestKept: Int
    /// Owned by this object alone: created on demand, destroyed in `deinit` and by ``releaseMemory()``.
    private var parser: OpaquePointer?
    /// The last document, whose memory the next one takes over when no value of it is left.
    private var document: JSONDocument?

    /// - Parameters:
    ///   - maximumDepth: how deep arrays and objects may be nested.
    ///   - maximumValues: how many values a document may hold, names of members included, should it be long: parsed, each
    ///     takes up to 16 bytes. `nil` for any number.
    ///   - longestKept: working memory for a longer document, in bytes of its text, is given back after use, so that one
    ///     huge document does not make the process large for good: it is up to fifteen times the document.
    public init(maximumDepth: Int = 256, maximumValues: Int? = nil, longestKept: Int = 128 << 10) {
        self.maximumDepth = maximumDepth
        self.maximumValues = maximumValues
        self.longestKept = longestKept
    }

    deinit {
        csimdjson_parser_destroy(parser)
    }

    /// Parses a whole document.
    /// - Parameters:
    ///   - bytes: UTF-8; it is not needed once the call has returned.
    ///   - padding: how many bytes behind it are the caller's own and may be read, whatever they hold. With
    ///     ``neededPadding`` of them or more, nothing is copied.
    /// - Returns: the document's root; it and all values below it keep the document alive.
    /// - Throws: ``JSONError`` when it is not JSON, is too deep, or holds too many values.
    public func parse(_ bytes: UnsafeRawBufferPointer, padding: Int = 0) throws(JSONError) -> JSONValue {
        // Every value takes two bytes at least, the comma before it or its own second bracket included, so that what is
        // shorter need not be counted. RFC 8259, section 2.
        if let maximumValues, bytes.count / 2 >= maximumValues,
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
            if bytes.count > longestKept { releaseMemory() }
        }
        var root = csimdjson_value()
        let code = csimdjson_parse(
            parser, document.pointer, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count,
            padding >= Self.neededPadding, &root)
        guard code == 0 else { throw JSONError(String(cString: csimdjson_error_text(code))) }
        return JSONValue(document: document, value: root)
    }

    /// Gives back the working memory that is kept for the next document.
    public func releaseMemory() {
        csimdjson_parser_destroy(parser)
        parser = nil
        document = nil
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
