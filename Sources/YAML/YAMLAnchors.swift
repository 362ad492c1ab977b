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

    private var targets: [String: Target] = [:]
    /// How many nodes are held.
    private var size = 0

    public init() {}

    subscript(name: String) -> Target? { targets[name] }

    /// - Returns: false when more is held than a document may have.
    mutating func define(_ name: String, _ target: Target) -> Bool {
        size += target.size + 1
        if let earlier = targets.updateValue(target, forKey: name) { size -= earlier.size + 1 }
        return size <= YAMLParser.mostNodes
    }
}
