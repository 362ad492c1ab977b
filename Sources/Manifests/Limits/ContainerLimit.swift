import JSON

/// The limit of file descriptors that is in force in one container.
struct ContainerLimit: Hashable {
    /// Which container of a cluster.
    struct Key: Hashable {
        /// Namespace, Pod and container with zeros between them, so that a name costs one piece of memory.
        private let text: String

        /// `nil` where one of them is missing, or longer than any name is (RFC 1123, 253).
        init?(namespace: String, pod: String, container: String) {
            guard [namespace, pod, container].allSatisfy({ !$0.isEmpty && $0.utf8.count <= 253 }) else {
                return nil
            }
            text = "\(namespace)\0\(pod)\0\(container)"
        }
    }

    let key: Key
    /// The soft limit, in file descriptors.
    let limit: Int

    /// The metric by which the kubelet reports limits, and the label that says which limit.
    /// Source: cAdvisor `lib/metrics/prometheus.go`, `container_ulimits_soft`.
    static let metric = "container_ulimits_soft"
    private static let resource = "max_open_files"

    /// No process can have more: the kernel's highest `fs.nr_open`. cAdvisor reports "unlimited" as -1.
    /// Source: Linux `fs/file.c`, `sysctl_nr_open_max`; cAdvisor `lib/container/libcontainer/handler.go`, `parseUlimit`.
    private static let highest = 2_147_483_584

    /// - Parameters:
    ///   - labels: of the series.
    ///   - isNamed: whether they have to say which resource is limited; what a query has put together need not.
    /// - Returns: `nil` for another resource, and for what belongs to no container.
    init?(labels: [String: String], value: Double, isNamed: Bool) {
        let resource = labels["ulimit"]
        guard resource == Self.resource || resource == nil && !isNamed,
            let key = Key(
                namespace: labels["namespace"] ?? "", pod: labels["pod"] ?? "",
                container: labels["container"] ?? "")
        else { return nil }
        // A series that has ended is reported as NaN (Prometheus, `model/value`, `StaleNaN`).
        guard value.isFinite, value >= -1 else { return nil }
        self.key = key
        limit = value < 0 ? Self.highest : Int(min(value, Double(Self.highest)))
    }
}
