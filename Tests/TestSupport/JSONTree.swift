import Foundation

/// A JSON document as a value, read by Foundation and so by another parser than the product's.
public indirect enum JSONTree: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    public init(_ bytes: some Collection<UInt8>) throws {
        let value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        self.init(foundation: value)
    }

    public init(text: String) throws {
        try self.init(Array(text.utf8))
    }

    private init(foundation value: Any) {
        switch value {
        case let object as [String: Any]: self = .object(object.mapValues { JSONTree(foundation: $0) })
        case let array as [Any]: self = .array(array.map { JSONTree(foundation: $0) })
        case let string as String: self = .string(string)
        case let number as NSNumber:
            self = isTruth(number) ? .bool(number.boolValue) : .number(number.doubleValue)
        default: self = .null
        }
    }

    public subscript(key: String) -> JSONTree? {
        get {
            if case .object(let members) = self { members[key] } else { nil }
        }
        set {
            guard case .object(var members) = self else { return }
            members[key] = newValue
            self = .object(members)
        }
    }

    public subscript(index: Int) -> JSONTree? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var bool: Bool? {
        if case .bool(let truth) = self { truth } else { nil }
    }

    public var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    public var array: [JSONTree]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var object: [String: JSONTree]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The document as JSON, its members sorted by name.
    public var encoded: [UInt8] {
        let data = try? JSONSerialization.data(
            withJSONObject: foundation, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
        return Array(data ?? Data())
    }

    public var text: String { String(decoding: encoded, as: UTF8.self) }

    private var foundation: Any {
        switch self {
        case .null: NSNull()
        case .bool(let truth): NSNumber(value: truth)
        case .number(let number): NSNumber(value: number)
        case .string(let text): text
        case .array(let elements): elements.map(\.foundation)
        case .object(let members): members.mapValues(\.foundation)
        }
    }
}

/// Whether a number came from `true` or `false`: both are NSNumber.
private func isTruth(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c"
}
