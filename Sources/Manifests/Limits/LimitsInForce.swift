/// The limits that are in force in a cluster's containers.
struct LimitsInForce {
    /// The most containers whose limits are kept: more than a cluster of Kubernetes' largest size has.
    /// Source: Kubernetes, "Considerations for large clusters": 300,000 containers.
    static let most = 1 << 19

    private var limits: [ContainerLimit.Key: Int] = [:]
    /// How many containers were left out since there were too many.
    private(set) var leftOut = 0

    var isEmpty: Bool { limits.isEmpty }

    /// Of several series of one container, as there are after a restart, the highest counts.
    mutating func add(_ limit: ContainerLimit, most: Int = most) {
        if let known = limits[limit.key] {
            limits[limit.key] = max(known, limit.limit)
        } else if limits.count < most {
            limits[limit.key] = limit.limit
        } else {
            leftOut += 1
        }
    }

    /// The limit of one container, in file descriptors; `nil` where none is known.
    func limit(namespace: String, pod: String, container: String) -> Int? {
        guard !limits.isEmpty,
            let key = ContainerLimit.Key(namespace: namespace, pod: pod, container: container)
        else { return nil }
        return limits[key]
    }
}
