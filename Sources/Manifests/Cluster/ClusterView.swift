import JSON

/// The namespaces of a cluster and our webhooks in it, by which a Pod takes one path or another.
public struct ClusterView {
    /// More of our own webhooks than these are not expected in a cluster; the chart makes at most ten.
    private static let mostEntries = 64
    private static let command =
        "kubectl get namespaces,mutatingwebhookconfigurations,validatingwebhookconfigurations -o json"

    /// In the order in which the API server calls them: mutating before validating, each by their configuration's name.
    let entries: [WebhookEntry]
    private let namespaces: [(name: String, labels: [String: String]?)]

    /// Namespaces in which a Pod meets the same webhooks for the same reasons.
    struct Group {
        var namespaces: [String]
        /// One for each of ``entries``.
        let matches: [Match]
    }

    /// Reads what kubectl prints of namespaces and webhook configurations.
    /// - Throws: ``ManifestError`` when it cannot be read, or has no namespaces.
    public init(reading bytes: [UInt8]) throws(ManifestError) {
        var namespaces: [(name: String, labels: [String: String]?)] = []
        var found: [(owner: String, entry: WebhookEntry)] = []
        for document in try ManifestReader.documents(in: bytes) {
            var objects: [ManifestObject] = []
            try ManifestObject.all(in: document) { objects.append($0) }
            for object in objects {
                let name = object.value["metadata"]?["name"]?.string ?? ""
                switch object.kind {
                case "Namespace":
                    var labels = [String: String](labelsOf: object.value)
                    // The API server sets this one itself.
                    labels?["kubernetes.io/metadata.name"] = name
                    namespaces.append((name, labels))
                case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
                    let webhooks = object.value["webhooks"].map { Array($0.elements) } ?? []
                    found += webhooks.compactMap { webhook in
                        WebhookEntry(webhook, of: object.value, kind: object.kind).map { (name, $0) }
                    }
                default: continue
                }
            }
        }
        guard !namespaces.isEmpty else {
            throw ManifestError(line: nil, reason: "no namespaces in it: write it with `\(Self.command)`")
        }
        guard found.count <= Self.mostEntries else {
            throw ManifestError(
                line: nil, reason: "more than \(Self.mostEntries) webhooks of uwsgi-max-fd in it")
        }
        self.namespaces = namespaces
        entries =
            found.enumerated().sorted { one, other in
                let (left, right) = (one.element, other.element)
                if left.entry.isMutating != right.entry.isMutating { return left.entry.isMutating }
                return (left.owner, one.offset) < (right.owner, other.offset)
            }.map(\.element.entry)
    }

    /// What a Pod meets in each namespace; its own namespace's group comes first, and in it that namespace.
    func groups(for pod: SelectedPod, own: String) -> [Group] {
        var groups: [Group] = []
        var positions: [[Match]: Int] = [:]
        for namespace in namespaces.filter({ $0.name == own }) + namespaces.filter({ $0.name != own }) {
            let matches = entries.map { $0.match(pod, inNamespaceWith: namespace.labels) }
            if let position = positions[matches], groups.indices.contains(position) {
                groups[position].namespaces.append(namespace.name)
            } else {
                positions[matches] = groups.count
                groups.append(Group(namespaces: [namespace.name], matches: matches))
            }
        }
        return groups
    }
}
