import JSON

/// What one review may hold. These are above what an API server stores: a request to it has at most 3 MiB, and etcd
/// takes 1.5 MiB. A review beyond them is answered with an error, never with an admission, and refused before any value
/// is made of what it holds.
/// Source: Kubernetes `apiserver/pkg/server/config.go`, `MaxRequestBodyBytes`; etcd, `--max-request-bytes`.
package enum ReviewLimits {
    /// JSON values of all kinds, names of members included.
    package static let mostValues = 1_000_000
    /// Containers of all kinds, in the object and in the one before.
    package static let mostContainers = 25_000
    /// Entries of `command` and `args` in all containers.
    package static let mostWords = 200_000
    /// Entries of `env` in all containers.
    package static let mostVariables = 100_000
    /// Entries of `envFrom` in all containers.
    package static let mostSources = 100_000
    /// Entries of `volumeMounts` in all containers.
    package static let mostMounts = 100_000
    /// Entries of `ownerReferences`.
    package static let mostOwners = 25_000
    /// Containers that run uWSGI: this bounds the answer.
    package static let mostServers = 1024

    /// A body that is shorter cannot hold more than any of these allow: an element takes two bytes and a comma.
    static let smallestChecked = 3 * 20_000

    /// Counts what a review holds.
    /// - Throws: ``AdmissionError`` of kind `tooLarge` that names what there is too much of.
    static func check(_ request: AdmissionRequest) throws(AdmissionError) {
        let path = Workload(group: request.group, kind: request.kind)?.templatePath ?? []
        var count = ReviewCount()
        try count.add(podIn: request.object, path: path)
        // Of the object before, only its ephemeral containers are read.
        try count.add(containers: request.oldObject?["spec"]?["ephemeralContainers"], isRead: false)
    }
}

/// How much of each there is so far.
private struct ReviewCount {
    private var containers = 0
    private var words = 0
    private var variables = 0
    private var sources = 0
    private var mounts = 0
    private var owners = 0

    mutating func add(podIn object: JSONValue?, path: [StaticString]) throws(AdmissionError) {
        try add(
            object?["metadata"]?["ownerReferences"], to: \.owners, "owner references", ReviewLimits.mostOwners
        )
        var template = object
        for step in path { template = template?[step] }
        if !path.isEmpty {
            try add(
                template?["metadata"]?["ownerReferences"], to: \.owners, "owner references",
                ReviewLimits.mostOwners)
        }
        let specification = template?["spec"]
        for list in ["initContainers", "containers", "ephemeralContainers"] as [StaticString] {
            try add(containers: specification?[list], isRead: true)
        }
    }

    /// - Parameter isRead: whether more than the containers' names is read.
    mutating func add(containers list: JSONValue?, isRead: Bool) throws(AdmissionError) {
        try add(list, to: \.containers, "containers", ReviewLimits.mostContainers)
        guard isRead, let list else { return }
        for container in list.elements {
            try add(container["command"], to: \.words, "words of commands", ReviewLimits.mostWords)
            try add(container["args"], to: \.words, "words of commands", ReviewLimits.mostWords)
            try add(container["env"], to: \.variables, "variables", ReviewLimits.mostVariables)
            try add(container["envFrom"], to: \.sources, "sources of variables", ReviewLimits.mostSources)
            try add(container["volumeMounts"], to: \.mounts, "mounts", ReviewLimits.mostMounts)
        }
    }

    private mutating func add(
        _ list: JSONValue?, to count: WritableKeyPath<ReviewCount, Int>, _ name: String, _ most: Int
    ) throws(AdmissionError) {
        guard let list else { return }
        self[keyPath: count] += list.count
        guard self[keyPath: count] <= most else { throw .tooMany(name, most: most) }
    }
}

extension AdmissionError {
    /// - Parameter name: what there is too much of, in the plural.
    static func tooMany(_ name: String, most: Int) -> AdmissionError {
        AdmissionError(.tooLarge, "the object has more than \(most) \(name), which is more than is examined")
    }
}
