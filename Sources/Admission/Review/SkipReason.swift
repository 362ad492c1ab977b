import Basics

/// Why no policy looks at an object or a request. The descriptions are those of the audit log.
public enum SkipReason: Sendable, Hashable, CustomStringConvertible {
    /// Neither a Pod nor a workload that is reviewed.
    case kindNotReviewed
    /// The kubelet made the object to show a static Pod, which no change reaches.
    case mirrorPod
    case runningPod
    /// An operation at which nothing can be done, by its name.
    case operation(String)

    public var description: String {
        switch self {
        case .kindNotReviewed: "this kind is not reviewed"
        case .mirrorPod: "mirror of a static Pod"
        case .runningPod: "containers of a running Pod cannot be changed"
        case .operation(let name): "nothing to do on \(PrintableText.of(name, limit: 16))"
        }
    }
}
