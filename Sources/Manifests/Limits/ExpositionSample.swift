import Basics

/// One sample of Prometheus' text format.
/// Source: Prometheus `docs/instrumenting/exposition_formats.md`; OpenMetrics 1.0, "Text format".
struct ExpositionSample: Hashable {
    let name: String
    let labels: [String: String]
    let value: Double

    /// Reads one line, without its line feed.
    /// - Throws: ``ExpositionError`` when it is not a sample.
    init(_ line: ArraySlice<UInt8>) throws(ExpositionError) {
        var reader = ExpositionReader(line)
        name = try reader.name(allowsColon: true)
        labels = try reader.labels()
        value = try reader.value()
        try reader.timestamp()
    }
}

/// Why a line is not a sample.
enum ExpositionError: Error, Hashable, CustomStringConvertible {
    case name
    case labels
    case label(String)
    case escape
    case value(String)
    case timestamp(String)
    case tooManyLabels
    case repeated(String)

    var description: String {
        switch self {
        case .name: "a sample begins with the name of its metric"
        case .labels: "expected a label, a comma or a closing brace"
        case .label(let name): "the label \(name) has no value in quotation marks"
        case .escape: "a label's value has an escape other than \\\\, \\\" and \\n"
        case .value(let text): "\"\(text)\" is not a sample's value"
        case .timestamp(let text): "\"\(text)\" is not a timestamp"
        case .tooManyLabels: "more than \(ExpositionReader.mostLabels) labels"
        case .repeated(let name): "the label \(name) appears twice"
        }
    }
}

/// Reads the parts of a sample from left to right.
struct ExpositionReader {
    /// The most labels that one sample has.
    static let mostLabels = 64

    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
        rest = line
    }

    /// The name of a metric or a label.
    mutating func name(allowsColon: Bool) throws(ExpositionError) -> String {
        skipBlanks()
        let name = rest.prefix { $0.isIdentifierByte || allowsColon && $0 == UInt8(ascii: ":") }
        guard let first = name.first, !first.isDecimalDigit else { throw .name }
        rest = rest[name.endIndex...]
        return String(decoding: name, as: UTF8.self)
    }

    /// All labels, with their braces; there may be none.
    mutating func labels() throws(ExpositionError) -> [String: String] {
        guard take("{") else { return [:] }
        var labels: [String: String] = [:]
        while !take("}") {
            guard labels.count < Self.mostLabels else { throw .tooManyLabels }
            let name: String
            do { name = try self.name(allowsColon: false) } catch { throw .labels }
            guard take("="), take("\"") else { throw .label(name) }
            let value = try quotedText(of: name)
            guard labels.updateValue(value, forKey: name) == nil else { throw .repeated(name) }
            // A comma behind the last label is allowed.
            guard take(",") || rest.first == UInt8(ascii: "}") else { throw .labels }
        }
        return labels
    }

    /// What stands before the closing quotation mark.
    private mutating func quotedText(of label: String) throws(ExpositionError) -> String {
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                switch rest.popFirst() {
                case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
                case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
                case UInt8(ascii: "n"): text.append(0x0A)
                default: throw .escape
                }
            default: text.append(byte)
            }
        }
        throw .label(label)
    }

    /// A number as Go writes it: `1.073741816e+09`, `NaN`, `+Inf`.
    mutating func value() throws(ExpositionError) -> Double {
        let text = word()
        guard let value = Double(text) else { throw .value(text) }
        return value
    }

    /// Passes over a timestamp and an exemplar, either of which may be missing.
    mutating func timestamp() throws(ExpositionError) {
        skipBlanks()
        guard let first = rest.first, first != UInt8(ascii: "#") else { return }
        let text = word()
        guard let time = Double(text), time.isFinite else { throw .timestamp(text) }
        skipBlanks()
        guard rest.isEmpty || rest.first == UInt8(ascii: "#") else { throw .timestamp(text) }
    }

    /// The longest number that is read.
    private static let longestWord = 64

    private mutating func word() -> String {
        skipBlanks()
        let word = rest.prefix(Self.longestWord).prefix { !$0.isBlankInLine }
        rest = rest[word.endIndex...]
        return String(decoding: word, as: UTF8.self)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard rest.first == UInt8(ascii: scalar) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipBlanks() {
        rest = rest.drop(while: \.isBlankInLine)
    }
}

extension UInt8 {
    fileprivate var isBlankInLine: Bool { self == 0x20 || self == 0x09 }
}
