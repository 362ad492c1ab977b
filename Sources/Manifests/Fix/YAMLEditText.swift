import Admission
import YAML

/// What ``YAMLEdit`` writes, as text and as the nodes that it has to be read as.
enum YAMLEditText {
    /// One variable as an item of a list.
    static func item(_ change: EnvironmentChange, indentation: Int, width: Int) -> [String] {
        let margin = String(repeating: " ", count: indentation)
        let inner = String(repeating: " ", count: width)
        return [
            "\(margin)-\(inner.dropFirst())name: \(change.name)",
            "\(margin)\(inner)value: \"\(change.value)\"",
        ]
    }

    static func variable(_ change: EnvironmentChange) -> YAMLNode {
        let mark = YAMLMark(line: 1, column: 1)
        let name = YAMLScalarNode(text: change.name, isPlain: true, hasTag: false, mark: mark)
        return .mapping(
            [(key("name"), .scalar(name)), (key("value"), scalar(change.value))], mark)
    }

    static func key(_ name: String) -> YAMLNode {
        .scalar(
            YAMLScalarNode(text: name, isPlain: true, hasTag: false, mark: YAMLMark(line: 1, column: 1)))
    }

    /// A string in quotes.
    static func scalar(_ text: String) -> YAMLNode {
        .scalar(
            YAMLScalarNode(text: text, isPlain: false, hasTag: false, mark: YAMLMark(line: 1, column: 1)))
    }
}
