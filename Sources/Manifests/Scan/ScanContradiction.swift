/// A container whose limit in force is not what its specification says.
public struct ScanContradiction: Sendable {
    public let namespace: String
    public let kind: String
    public let name: String
    public let container: String
    /// How many of its Pods.
    public let pods: Int
    /// The highest limit of them, in file descriptors.
    public let limit: Int
    /// Where the first of them stands.
    public let place: SourcePlace
    /// What the specification says.
    let claim: String

    /// `namespace/kind/name/container`, without the namespace where there is none.
    var qualifiedName: String { (namespace.isEmpty ? "" : namespace + "/") + "\(kind)/\(name)/\(container)" }

    /// What contradicts what, and where to look.
    public var message: String {
        "\(claim), but the limit in force is \(limit) in \(pods) Pod\(pods == 1 ? "" : "s"): uWSGI may be a child of the "
            + "process that was measured, or the Pod may be older than the setting; look at its log for "
            + "\"detected max file descriptor number\""
    }
}
