import Basics
import JSON
import YAML

extension ReportValue {
    /// As YAML, in block style, which reads back as the same data by kubectl's rules.
    var yaml: String {
        var result = ""
        writeYAML(to: &result, indentation: 0, isBehindDash: true)
        return result
    }

    /// - Parameter isBehindDash: whether the first line has its indentation already.
    private func writeYAML(to text: inout String, indentation: Int, isBehindDash: Bool) {
        let margin = String(repeating: " ", count: indentation)
        switch self {
        case .string(let string): text += Self.scalar(string) + "\n"
        case .integer(let number): text += "\(number)\n"
        case .bool(let truth): text += "\(truth)\n"
        case .array(let elements):
            if elements.isEmpty { text += "[]\n" }
            for (index, element) in elements.enumerated() {
                text += (index == 0 && isBehindDash ? "" : margin) + "- "
                element.writeYAML(to: &text, indentation: indentation + 2, isBehindDash: true)
            }
        case .object(let members):
            if members.isEmpty { text += "{}\n" }
            for (index, member) in members.enumerated() {
                text += (index == 0 && isBehindDash ? "" : margin) + Self.scalar(member.name) + ":"
                text += member.value.isEmptyOrScalar ? " " : "\n"
                let deeper = indentation + (member.value.isArray ? 0 : 2)
                member.value.writeYAML(to: &text, indentation: deeper, isBehindDash: false)
            }
        }
    }

    private var isArray: Bool {
        if case .array = self { true } else { false }
    }

    private var isEmptyOrScalar: Bool {
        switch self {
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        default: true
        }
    }

    /// A string, with quotes where it would be read as something else without them. JSON's quoting is YAML's
    /// (YAML 1.2.2, section 7.3.1).
    private static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0.isIdentifierByte || "-./".utf8.contains($0) }
        let node = YAMLScalarNode(
            text: text, isPlain: true, hasTag: false, mark: YAMLMark(line: 1, column: 1))
        if isPlain, text.utf8.first.map({ $0 >= UInt8(ascii: "A") }) == true,
            YAMLScalar(node) == .string(text)
        {
            return text
        }
        var json = JSONWriter()
        json.string(text)
        let quoted = String(decoding: json.bytes, as: UTF8.self)
        // JSON may hold them as they are, YAML may not (YAML 1.2.2, section 5.1).
        return quoted.replacing("\u{FFFE}", with: "\\uFFFE").replacing("\u{FFFF}", with: "\\uFFFF")
    }
}
