import JSON

/// What a webhook asks of labels: `namespaceSelector` or `objectSelector`.
/// Source: Kubernetes `apimachinery/pkg/labels/selector.go`, `Requirement.Matches`.
struct LabelSelector {
    /// More than these are not evaluated; the chart has fewer than ten.
    private static let mostRequirements = 64

    private var requirements: [Requirement] = []
    /// Why the selector as a whole cannot be evaluated.
    private var fault: String?

    /// One condition, written as `kubectl --selector` has it.
    private struct Requirement {
        var key: String
        var form: Form
        var text: String

        enum Form {
            case among(Set<String>)
            case notAmong(Set<String>)
            case exists
            case doesNotExist
            case unknown
        }
    }

    /// - Parameter selector: as it stands in the webhook; one that is missing or empty selects everything.
    init(_ selector: JSONValue?) {
        guard let selector, !selector.isNull else { return }
        guard selector.kind == .object else {
            fault = "is not an object"
            return
        }
        if let labels = selector["matchLabels"], !labels.isNull { read(labels: labels) }
        if let expressions = selector["matchExpressions"], !expressions.isNull {
            read(expressions: expressions)
        }
        if requirements.count > Self.mostRequirements {
            requirements = []
            fault = "has more than \(Self.mostRequirements) requirements"
        }
    }

    /// Whether it selects what has these labels.
    func match(_ labels: [String: String]) -> Match {
        if let fault { return .unknown(fault) }
        return Match.all(
            requirements.lazy.map { requirement in
                let value = labels[requirement.key]
                let holds: Bool
                switch requirement.form {
                case .among(let values): holds = value.map(values.contains) ?? false
                case .notAmong(let values): holds = value.map { !values.contains($0) } ?? true
                case .exists: holds = value != nil
                case .doesNotExist: holds = value == nil
                case .unknown: return .unknown(requirement.text)
                }
                return holds ? .yes : .no(requirement.text)
            })
    }

    private mutating func read(labels: JSONValue) {
        guard labels.kind == .object else {
            fault = "has matchLabels that are not an object"
            return
        }
        for (key, value) in labels.members {
            guard let value = value.string else {
                fault = "has a label in matchLabels whose value is not a string"
                return
            }
            requirements.append(Requirement(key: key, form: .among([value]), text: "\(key)=\(value)"))
        }
    }

    private mutating func read(expressions: JSONValue) {
        guard expressions.kind == .array else {
            fault = "has matchExpressions that are not a list"
            return
        }
        for expression in expressions.elements {
            guard let key = expression["key"]?.string, let word = expression["operator"]?.string,
                let values = values(of: expression)
            else {
                fault = "has an expression without key, operator or strings as values"
                return
            }
            requirements.append(requirement(key, word, values))
        }
    }

    private func values(of expression: JSONValue) -> [String]? {
        guard let values = expression["values"], !values.isNull else { return [] }
        guard values.kind == .array else { return nil }
        var result: [String] = []
        for value in values.elements {
            guard let text = value.string else { return nil }
            result.append(text)
        }
        return result
    }

    private func requirement(_ key: String, _ word: String, _ values: [String]) -> Requirement {
        let list = "(\(values.joined(separator: ",")))"
        return switch word {
        case "In": Requirement(key: key, form: .among(Set(values)), text: "\(key) in \(list)")
        case "NotIn": Requirement(key: key, form: .notAmong(Set(values)), text: "\(key) notin \(list)")
        case "Exists": Requirement(key: key, form: .exists, text: key)
        case "DoesNotExist": Requirement(key: key, form: .doesNotExist, text: "!\(key)")
        default: Requirement(key: key, form: .unknown, text: "has the unknown operator \(word)")
        }
    }
}
