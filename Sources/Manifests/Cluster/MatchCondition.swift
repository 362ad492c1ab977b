import Basics
import JSON

/// What a webhook leaves to an expression in CEL (`matchConditions`), as far as it can be read without evaluating CEL:
/// `true`, `false`, and the one that the chart writes, which spares Pods of some priority classes.
struct MatchCondition {
    private let name: String
    private let form: Form

    private enum Form {
        case always
        case never
        /// All Pods but those of these priority classes.
        case notOfClasses(Set<String>)
        case unknown
    }

    init(_ condition: JSONValue) {
        name = condition["name"]?.string ?? ""
        form = condition["expression"]?.string.flatMap(Self.form) ?? .unknown
    }

    func match(_ pod: SelectedPod) -> Match {
        switch form {
        case .always: return .yes
        case .never: return .no("\(name) is false")
        case .unknown: return .unknown("\(name) is an expression that is not evaluated here")
        case .notOfClasses(let classes):
            if let own = pod.priorityClass { return classes.contains(own) ? .no("\(name) is false") : .yes }
            // A Pod without a class gets the cluster's default before webhooks see it. That is none of the system's,
            // whose names begin so and which are never the default. Sources: Kubernetes
            // `plugin/pkg/admission/priority/admission.go`, `pkg/apis/scheduling/helpers.go`.
            return classes.allSatisfy { $0.hasPrefix("system-") }
                ? .yes : .unknown("\(name) depends on the cluster's default priority class")
        }
    }

    private static let opening =
        "!has(object.spec.priorityClassName) || !(object.spec.priorityClassName in ["

    private static func form(of expression: String) -> Form {
        if expression == "true" { return .always }
        if expression == "false" { return .never }
        guard expression.hasPrefix(opening), expression.hasSuffix("])") else { return .unknown }
        var classes: Set<String> = []
        for item in expression.dropFirst(opening.count).dropLast(2).split(separator: ",") {
            let literal = item.drop { $0 == " " }
            let name = literal.dropFirst().dropLast()
            // The name of a class is a DNS subdomain, so nothing in it is escaped.
            guard literal.utf8.count > 2, literal.hasPrefix("\""), literal.hasSuffix("\""),
                DNSName.isSubdomain(name)
            else { return .unknown }
            classes.insert(String(name))
        }
        return .notOfClasses(classes)
    }
}
