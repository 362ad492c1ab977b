import Admission
import JSON

/// One webhook of a configuration, as far as it is ours: where it is called, and for what.
/// Source: Kubernetes `admissionregistration.k8s.io/v1`, `MutatingWebhook` and `ValidatingWebhook`.
struct WebhookEntry {
    let name: String
    /// The configuration that it stands in, as `kind/name`.
    let configuration: String
    let isMutating: Bool
    let policy: Policy
    let failurePolicy: String
    /// `nil` for validating ones.
    let reinvocationPolicy: String?

    /// Whether its rules have Pods in them that are created.
    private let rules: Match
    private let namespaceSelector: LabelSelector
    private let objectSelector: LabelSelector
    private let conditions: [MatchCondition]
    private let hasOddConditions: Bool

    /// `nil` for another program's webhook, and for one that never sees a Pod that is created.
    init?(_ webhook: JSONValue, of configuration: JSONValue, kind: String) {
        let name = webhook["name"]?.string ?? ""
        let owner = configuration["metadata"]?["name"]?.string ?? ""
        let service = webhook["clientConfig"]?["service"]
        let url = webhook["clientConfig"]?["url"]?.string
        // Others have such paths too, and name themselves otherwise.
        let names = [name, owner, service?["name"]?.string ?? "", url ?? ""]
        guard names.contains(where: { $0.contains("uwsgi-max-fd") }),
            let path = service?["path"]?.string ?? url.map(Self.path),
            let policy = Policy.allCases.first(where: { path == "/\($0.rawValue)" })
        else { return nil }
        rules = Self.coversPods(webhook["rules"])
        if case .no = rules { return nil }
        self.name = name
        self.policy = policy
        self.configuration = "\(kind)/\(owner)"
        isMutating = kind == "MutatingWebhookConfiguration"
        failurePolicy = webhook["failurePolicy"]?.string ?? "Fail"
        reinvocationPolicy = isMutating ? webhook["reinvocationPolicy"]?.string ?? "Never" : nil
        namespaceSelector = LabelSelector(webhook["namespaceSelector"])
        objectSelector = LabelSelector(webhook["objectSelector"])
        let conditions = webhook["matchConditions"]
        self.conditions = conditions.map { $0.elements.map(MatchCondition.init) } ?? []
        hasOddConditions = conditions.map { !$0.isNull && $0.kind != .array } ?? false
    }

    /// Whether the API server calls it for a Pod that is created in a namespace with these labels.
    func match(_ pod: SelectedPod, inNamespaceWith labels: [String: String]?) -> Match {
        var parts = [rules.named("rules")]
        parts.append(
            labels.map(namespaceSelector.match)?.named("namespaceSelector")
                ?? .unknown("the labels of the namespace are not strings by name"))
        parts.append(
            pod.labels.map(objectSelector.match)?.named("objectSelector")
                ?? .unknown("the labels of the Pod are not strings by name"))
        parts += conditions.map { $0.match(pod).named("matchCondition") }
        if hasOddConditions { parts.append(.unknown("matchConditions are not a list")) }
        return Match.all(parts)
    }

    /// The path of a URL, without query and fragment.
    private static func path(of url: String) -> String {
        guard let authority = url.firstRange(of: "://")?.upperBound else { return "" }
        let rest = url[authority...]
        guard let slash = rest.firstIndex(of: "/") else { return "" }
        return String(rest[slash...].prefix { $0 != "?" && $0 != "#" })
    }

    private static func coversPods(_ rules: JSONValue?) -> Match {
        guard let rules, !rules.isNull else { return .no("are missing") }
        guard rules.kind == .array else { return .unknown("are not a list") }
        var result = Match.no("do not cover Pods")
        for rule in rules.elements {
            let parts: [(name: StaticString, asked: Set<String>)] = [
                ("apiGroups", ["", "*"]), ("apiVersions", ["v1", "*"]), ("operations", ["CREATE", "*"]),
                ("resources", ["pods", "*", "*/*"]),
            ]
            let scope = rule["scope"]?.string ?? "*"
            let covers = Match.all(
                parts.map { match(rule[$0.name], $0.asked) } + [scope == "Cluster" ? .no("") : .yes])
            if covers == .yes { return .yes }
            if case .unknown = covers { result = covers }
        }
        return result
    }

    /// Whether a list has one of these texts.
    private static func match(_ list: JSONValue?, _ asked: Set<String>) -> Match {
        guard let list, list.kind == .array else { return .unknown("have a member that is not a list") }
        return list.elements.contains { $0.string.map(asked.contains) ?? false } ? .yes : .no("")
    }
}
