import JSON

/// What a Kubernetes Node says of itself.
/// Source: Kubernetes `staging/src/k8s.io/api/core/v1/types.go`, `NodeSystemInfo`.
public struct NodeDescription: Sendable, Hashable {
    public var name: String
    /// As `Garden Linux 1592.2`.
    public var osImage: String
    /// As `containerd://1.7.19`.
    public var containerRuntime: String
    public var kubelet: String
    public var providerID: String
    public var labels: [String: String]

    public init(
        name: String, osImage: String, containerRuntime: String, kubelet: String = "",
        providerID: String = "",
        labels: [String: String] = [:]
    ) {
        self.name = name
        self.osImage = osImage
        self.containerRuntime = containerRuntime
        self.kubelet = kubelet
        self.providerID = providerID
        self.labels = labels
    }

    /// The most labels that are kept of one node.
    private static let mostLabels = 256

    /// Reads a Node; what is missing or of another type is empty.
    public init(_ node: JSONValue) {
        func text(_ value: JSONValue?) -> String { String((value?.string ?? "").prefix(256)) }
        let information = node["status"]?["nodeInfo"]
        var labels: [String: String] = [:]
        if let members = node["metadata"]?["labels"]?.members {
            for (name, value) in members.prefix(Self.mostLabels) { labels[name] = text(value) }
        }
        self.init(
            name: text(node["metadata"]?["name"]), osImage: text(information?["osImage"]),
            containerRuntime: text(information?["containerRuntimeVersion"]),
            kubelet: text(information?["kubeletVersion"]), providerID: text(node["spec"]?["providerID"]),
            labels: labels)
    }

    /// Labels by which platforms name a node's pool, the more specific ones first.
    private static let poolLabels = [
        "worker.gardener.cloud/pool", "worker.garden.sapcloud.io/group", "eks.amazonaws.com/nodegroup",
        "karpenter.sh/nodepool", "cloud.google.com/gke-nodepool", "kubernetes.azure.com/agentpool",
        "agentpool",
        "kops.k8s.io/instancegroup", "magnum.openstack.org/nodegroup", "doks.digitalocean.com/node-pool",
        "node.cluster.x-k8s.io/pool", "machine.openshift.io/machine-config-pool", "pool",
    ]

    /// The pool that the node belongs to, where a label names it.
    public var pool: String? {
        Self.poolLabels.lazy.compactMap { self.labels[$0] }.first { !$0.isEmpty }
    }
}
