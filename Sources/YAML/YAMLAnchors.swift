/// What a document's anchors stand for so far.
///
/// A document that is read in pieces hands them on from one piece to the next.
public struct YAMLAnchors: Sendable {
    /// What an anchor stands for.
    struct Target {
        let node: YAMLNode
        /// How many levels there are below the node: 0 for a scalar.
        let height: Int
        /// How many nodes it takes to hold it.
        let size: Int
    }

    private var settled: [String: Target] = [:]
    /// What was defined since ``settle()``: copies share what is settled, and are as cheap as this is small.
    private var recent: [String: Target] = [:]
    /// How many nodes are held.
    private var size = 0

    public init() {}

    subscript(name: String) -> Target? { recent[name] ?? settled[name] }

    /// - Returns: false when more is held than a document may have.
    mutating func define(_ name: String, _ target: Target) -> Bool {
        let earlier = self[name]
        recent[name] = target
        size += target.size - (earlier?.size ?? -1)
        return size <= YAMLParser.mostNodes
    }

    /// Makes ready for the next piece of a document. It costs as much as the last piece has defined, where nobody else
    /// holds a copy.
    public mutating func settle() {
        settled.merge(recent) { _, new in new }
        recent = [:]
    }
}
