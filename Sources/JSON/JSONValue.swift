import CSimdJSON

/// A read-only view of one value in a parsed document.
///
/// Asking a value for what it is not gives `nil`, or an empty sequence: a reader of foreign documents needs no
/// check of its own at every step.
public struct JSONValue {
    /// What a value is.
    public enum Kind: Sendable, Hashable {
        case null, bool, number, string, array, object
    }

    /// Keeps the memory alive that `value` points into.
    private let document: JSONDocument
    private let value: csimdjson_value

    init(document: JSONDocument, value: csimdjson_value) {
        self.document = document
        self.value = value
    }

    public var kind: Kind {
        switch csimdjson_value_kind(value) {
        case csimdjson_bool: .bool
        case csimdjson_number: .number
        case csimdjson_text: .string
        case csimdjson_array: .array
        case csimdjson_object: .object
        default: .null
        }
    }

    public var isNull: Bool { kind == .null }

    /// The text of a string.
    public var string: String? {
        withText { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether this is a string of exactly these bytes; it makes no copy.
    public func equals(_ text: StaticString) -> Bool {
        withText { bytes in
            bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        } ?? false
    }

    public var bool: Bool? {
        var result = false
        return csimdjson_value_bool(value, &result) ? result : nil
    }

    /// The value of a number that is an integer of 64 bits.
    public var integer: Int? {
        var result: Int64 = 0
        return csimdjson_value_int64(value, &result) ? Int(result) : nil
    }

    /// The member of an object; of several with one name the last, as the API server takes it.
    public subscript(_ name: StaticString) -> JSONValue? {
        member(named: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// The member of an object whose name is known only at run time.
    public func member(named name: String) -> JSONValue? {
        var name = name
        return name.withUTF8 { member(named: $0) }
    }

    private func member(named name: UnsafeBufferPointer<UInt8>) -> JSONValue? {
        var result = csimdjson_value()
        guard csimdjson_object_member(value, name.baseAddress, name.count, &result) else { return nil }
        return JSONValue(document: document, value: result)
    }

    /// How many elements an array has, at most 16,777,215; 0 for anything else.
    public var count: Int { csimdjson_array_count(value) }

    /// The elements of an array, in order; none of anything else.
    public var elements: Elements {
        Elements(
            document: document, cursor: csimdjson_array_cursor(value),
            underestimatedCount: min(csimdjson_array_count(value), 64))
    }

    /// The members of an object, in the document's order and duplicates included; none of anything else.
    public var members: Members { Members(document: document, cursor: csimdjson_object_cursor(value)) }

    /// The bytes of a string, which are good only while `body` runs.
    private func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        var text = csimdjson_string()
        guard csimdjson_value_text(value, &text) else { return nil }
        return body(UnsafeBufferPointer(start: text.bytes, count: text.count))
    }

    /// Walks an array once.
    public struct Elements: Sequence, IteratorProtocol {
        fileprivate let document: JSONDocument
        fileprivate var cursor: csimdjson_cursor
        /// How many elements the array has, as far as it is worth to make room for them beforehand: a huge array may
        /// be refused at its first element.
        public let underestimatedCount: Int

        public mutating func next() -> JSONValue? {
            var element = csimdjson_value()
            guard csimdjson_array_next(&cursor, &element) else { return nil }
            return JSONValue(document: document, value: element)
        }
    }

    /// Walks an object once.
    public struct Members: Sequence, IteratorProtocol {
        fileprivate let document: JSONDocument
        fileprivate var cursor: csimdjson_cursor

        public mutating func next() -> (name: String, value: JSONValue)? {
            var name = csimdjson_string()
            var member = csimdjson_value()
            guard csimdjson_object_next(&cursor, &name, &member) else { return nil }
            let text = UnsafeBufferPointer(start: name.bytes, count: name.count)
            return (String(decoding: text, as: UTF8.self), JSONValue(document: document, value: member))
        }
    }
}
