import Basics

/// What a shell makes of each text that is assigned to a variable: `declare -l` and its like.
///
/// Source: the manual of bash, declare.
enum ValueConversion: Hashable {
    case none
    case lowercase
    case uppercase
    case capitalise
    /// Arithmetic: a number.
    case integer

    /// - Parameter letter: of an option of `declare`.
    init?(letter: Character) {
        switch letter {
        case "l": self = .lowercase
        case "u": self = .uppercase
        case "c": self = .capitalise
        case "i": self = .integer
        default: return nil
        }
    }

    func convert(_ content: Variable.Content) -> Variable.Content {
        switch content {
        case .container, .unset: content
        case .text(let text): .text(convert(text))
        case .array(let elements):
            .array(elements.map { Variable.Element(key: $0.key, text: convert($0.text)) })
        }
    }

    private func convert(_ text: String) -> String {
        switch self {
        case .none: return text
        // What is not known may hold the name in letters of any case.
        case .lowercase:
            let lower = text.lowercased()
            return text.hasUnknown ? TextMark.unknown(madeOf: lower.utf8) : lower
        case .uppercase: return text.uppercased()
        case .capitalise: return text.prefix(1).uppercased() + text.dropFirst().lowercased()
        case .integer: return text.isDecimalNumber ? text : TextMark.unknownNumber
        }
    }
}
