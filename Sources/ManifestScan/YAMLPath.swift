import Yams

/// The way that a JSON Pointer takes through a YAML document.
struct YAMLPath {
    /// One node on the way, and the key that led to it in a mapping.
    struct Step {
        let key: Node?
        let node: Node
    }

    /// From the root as far as the pointer leads.
    private(set) var steps: [Step]
    /// Whether all of the pointer's steps were found.
    private(set) var isWhole = true
    /// Whether something on the way came out of a merge (`<<`), so that it stands elsewhere too.
    private(set) var isMerged = false

    /// - Parameter pointer: a JSON Pointer (RFC 6901).
    init(_ pointer: String, from root: Node) {
        steps = [Step(key: nil, node: root)]
        for name in JSONPointer.steps(of: pointer) {
            guard let next = child(named: name) else {
                isWhole = false
                return
            }
            steps.append(next)
        }
    }

    /// The node that the pointer leads to, or the last one before it leads nowhere.
    var node: Node { steps[steps.count - 1].node }

    /// The line of the last step, from 1: of its key where it has one.
    var line: Int {
        let last = steps[steps.count - 1]
        return (last.key?.mark ?? last.node.mark)?.line ?? 1
    }

    private mutating func child(named name: String) -> Step? {
        switch node {
        case .sequence(let sequence):
            guard let index = Int(name), sequence.indices.contains(index) else { return nil }
            return Step(key: nil, node: sequence[index])
        case .mapping(let mapping):
            if let (key, value) = mapping.first(where: { $0.key.scalar?.string == name }) {
                return Step(key: key, node: value)
            }
            guard let (key, value) = Self.merged(name, in: mapping, depth: 0) else { return nil }
            isMerged = true
            return Step(key: key, node: value)
        default:
            return nil
        }
    }

    /// A member of the mappings that are merged into one; of several the first wins.
    private static func merged(_ name: String, in mapping: Node.Mapping, depth: Int) -> (Node, Node)? {
        guard depth < ManifestReader.maximumDepth else { return nil }
        for (key, value) in mapping where key.scalar?.string == "<<" {
            let sources: [Node] = value.sequence.map { Array($0) } ?? [value]
            for case .mapping(let source) in sources {
                if let own = source.first(where: { $0.key.scalar?.string == name }) {
                    return (own.key, own.value)
                }
                if let found = merged(name, in: source, depth: depth + 1) { return found }
            }
        }
        return nil
    }
}
