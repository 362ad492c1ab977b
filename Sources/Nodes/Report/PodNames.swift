import JSON

/// What Pods are called, by what a node knows of them: `kubectl get pods -A -o json`.
public struct PodNames: Sendable {
    /// A container by its names.
    public struct Name: Sendable, Hashable {
        public let namespace: String
        public let pod: String
        /// Empty where only the Pod is known.
        public let container: String
    }

    private var pods: [String: Name] = [:]
    private var containers: [String: Name] = [:]

    /// The most Pods that are kept.
    private static let most = 1 << 17

    public init() {}

    /// Reads a List of Pods, or one Pod; whatever else is in it is passed over.
    public init(_ document: JSONValue) {
        if document["kind"]?.equals("Pod") == true {
            note(document)
        } else if let items = document["items"] {
            for item in items.elements { note(item) }
        }
    }

    public var isEmpty: Bool { pods.isEmpty }

    private mutating func note(_ pod: JSONValue) {
        guard pods.count < Self.most, let metadata = pod["metadata"], let uid = metadata["uid"]?.string,
            let name = metadata["name"]?.string
        else { return }
        let namespace = metadata["namespace"]?.string ?? ""
        let own = Name(namespace: namespace, pod: name, container: "")
        pods[uid] = own
        // A static Pod's cgroup has the hash of its file in place of the UID that the API server gave its mirror.
        if let hash = metadata["annotations"]?["kubernetes.io/config.hash"]?.string { pods[hash] = own }
        for list in ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"] {
            guard let statuses = pod["status"]?.member(named: list) else { continue }
            for status in statuses.elements {
                guard let identifier = status["containerID"]?.string?.split(separator: "/").last else {
                    continue
                }
                containers[String(identifier)] = Name(
                    namespace: namespace, pod: name, container: status["name"]?.string ?? "")
            }
        }
    }

    public func name(of container: ContainerIdentity) -> Name? {
        container.containerID.flatMap { containers[$0] } ?? container.podUID.flatMap { pods[$0] }
    }
}
