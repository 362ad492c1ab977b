import Admission
import Basics
import JSON

/// Which of the webhook's paths a Pod takes in which namespace of a cluster, and why.
public struct ClusterPaths {
    /// The most namespaces of a group that are named to people.
    private static let mostNames = 8

    private let entries: [WebhookEntry]
    private let groups: [ClusterView.Group]
    private let own: String

    /// - Parameters:
    ///   - namespace: the one that the Pod names; empty for none.
    ///   - pod: what selectors go by.
    public init(of pod: SelectedPod, namespace: String, in cluster: ClusterView) {
        entries = cluster.entries
        own = namespace
        groups = cluster.groups(for: pod, own: namespace)
    }

    /// For a person: a block for the namespaces that have the same answer, with a line feed at its end.
    public func rendered(style: TextStyle) -> String {
        guard !entries.isEmpty else {
            return "\nThe cluster has no webhook of uwsgi-max-fd that sees Pods.\n"
        }
        var lines: [String] = []
        if !own.isEmpty, groups.first?.namespaces.first != own {
            lines += ["", "The cluster has no namespace \(PrintableText.of(own))."]
        }
        for group in groups {
            lines += ["", style.bold(title(of: group))]
            lines += zip(entries, group.matches).map { line(of: $0, $1, style) }
        }
        return style.plain(lines.joined(separator: "\n") + "\n")
    }

    private func title(of group: ClusterView.Group) -> String {
        let names = group.namespaces.prefix(Self.mostNames).map { name in
            PrintableText.of(name, limit: PrintableText.longestName)
                + (name == own ? " (its own)" : "")
        }
        let left = group.namespaces.count - names.count
        let rest = left > 0 ? " and \(left) more" : ""
        let noun = group.namespaces.count == 1 ? "namespace" : "namespaces"
        return "\(noun) \(names.joined(separator: ", "))\(rest)"
    }

    private func line(of entry: WebhookEntry, _ match: Match, _ style: TextStyle) -> String {
        let path = "/\(entry.policy.rawValue)"
        let padding = String(repeating: " ", count: max(0, 9 - path.utf8.count))
        let name = PrintableText.of(entry.name, limit: 2 * PrintableText.longestName)
        let word: String
        let why: String
        switch match {
        case .yes:
            word = style.green("taken    ")
            why =
                "failurePolicy \(entry.failurePolicy)"
                + (entry.reinvocationPolicy.map { ", reinvocationPolicy \($0)" } ?? "")
        case .no(let reason): (word, why) = ("not taken", reason)
        case .unknown(let reason): (word, why) = (style.yellow("unknown  "), reason)
        }
        let kind = entry.isMutating ? "mutating" : "validating"
        return
            "  \(path)\(padding)\(word)  \(name) (\(kind)): \(PrintableText.of(why, limit: PrintableText.longestField))"
    }

    /// For a program: the value of `cluster`.
    func write(to json: inout JSONWriter) {
        json.array { json in
            for group in groups {
                json.object { json in
                    json.name("namespaces")
                    json.array { json in
                        for name in group.namespaces { json.string(name) }
                    }
                    json.name("webhooks")
                    json.array { json in
                        for (entry, match) in zip(entries, group.matches) {
                            json.object { write(entry, match, to: &$0) }
                        }
                    }
                }
            }
        }
    }

    private func write(_ entry: WebhookEntry, _ match: Match, to json: inout JSONWriter) {
        json.member("name", entry.name)
        json.member("configuration", entry.configuration)
        json.member("path", "/\(entry.policy.rawValue)")
        switch match {
        case .yes: json.member("taken", "yes")
        case .no(let reason):
            json.member("taken", "no")
            json.member("reason", reason)
        case .unknown(let reason):
            json.member("taken", "unknown")
            json.member("reason", reason)
        }
        json.member("failurePolicy", entry.failurePolicy)
        json.memberIfPresent("reinvocationPolicy", entry.reinvocationPolicy)
    }
}
