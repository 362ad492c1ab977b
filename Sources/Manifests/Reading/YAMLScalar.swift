import Basics
import YAML

/// What a YAML scalar is in JSON, by the rules that kubectl follows (YAML 1.1, go-yaml).
/// Source: sigs.k8s.io/yaml, `goyaml.v2/resolve.go`.
enum YAMLScalar: Hashable {
    case null
    case bool(Bool)
    /// In JSON's own spelling.
    case number(String)
    case string(String)

    init(_ scalar: YAMLScalarNode) {
        let text = scalar.text
        // Only what stands there without quotes and without a tag is anything but a string.
        guard scalar.isPlain, !scalar.hasTag else {
            self = .string(text)
            return
        }
        self = Self.keyword(text) ?? Self.integer(text) ?? Self.float(text) ?? .string(text)
    }

    private static func keyword(_ text: String) -> YAMLScalar? {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
        default: nil
        }
    }

    private static func integer(_ text: String) -> YAMLScalar? {
        var digits = text.replacing("_", with: "")
        guard let first = text.utf8.first, first != UInt8(ascii: "_") else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        if isNegative || first == UInt8(ascii: "+") { digits.removeFirst() }
        guard let lead = digits.utf8.first, lead.isDecimalDigit else {
            return nil
        }
        let radixes = [("0x", 16), ("0b", 2), ("0o", 8)]
        let radix = radixes.first { digits.hasPrefix($0.0) }?.1 ?? (digits.hasPrefix("0") ? 8 : 10)
        let body = radixes.contains { digits.hasPrefix($0.0) } ? String(digits.dropFirst(2)) : digits
        guard let magnitude = Int(body, radix: radix) else { return nil }
        return .number(String(isNegative ? -magnitude : magnitude))
    }

    private static func float(_ text: String) -> YAMLScalar? {
        let isNumber = text.utf8.allSatisfy {
            $0.isDecimalDigit || "+-.eE_".utf8.contains($0)
        }
        guard isNumber, text.utf8.first != UInt8(ascii: "_"),
            let value = Double(text.replacing("_", with: "")),
            value.isFinite
        else { return nil }
        return .number("\(value)")
    }
}
