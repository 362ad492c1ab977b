/// What a file turned out to hold.
public struct ScanContents: Sendable, Hashable {
    /// Objects of whatever kind.
    public var objects = 0
    /// Lists that were read item by item, and Lists of nothing: an empty List is an answer.
    public var lists = 0
    /// The line, from 1, of the first document that is not an object.
    public var firstOther: Int?
    /// Whether a problem was noted.
    public var hasProblem = false

    public init() {}

    /// Whether there was nothing to look at, and nothing that has been reported already.
    public var isNothing: Bool { objects == 0 && lists == 0 && !hasProblem }

    /// Why there was nothing to look at in a file or a stream, and what to do about it.
    public func emptiness(isStream: Bool) -> String {
        let what =
            firstOther == nil
            ? "empty: there is nothing to look at" : "no Kubernetes object: what begins here has no kind"
        let cure =
            isStream ? "did the command before the pipe fail?" : "name files or folders with manifests"
        return "\(what); \(cure) (--allow-empty accepts that)"
    }
}
