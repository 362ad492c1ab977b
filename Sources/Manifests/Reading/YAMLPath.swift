import YAML

/// The way that a JSON Pointer takes through a YAML document.
struct YAMLPath {
    /// One node on the way, and the key that led to it in a mapping.
    struct Step {
        let key: YAMLNode?
        let node: YAMLNode
    }

    /// From the root as far as the pointer leads.
    private(set) var steps: [Step]
    /// Whether all of the pointer's steps were found.
    private(set) var isWhole = true
    /// Whether something on the way came out of a merge (`<<`), so that it stands elsewhere too.
    private(set) var isMerged = false

    /// - Parameter pointer: a JSON Pointer (RFC 6901).
    init(_ pointer: String, from root: YAMLNode) {
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
    var node: YAMLNode { steps[steps.count - 1].node }

    /// The line of the last step, from 1: of its key where it has one.
    var line: Int {
        let last = steps[steps.count - 1]
        return (last.key ?? last.node).mark.line
    }

    private mutating func child(named name: String) -> Step? {
        switch node {
        case .sequence(let elements, _):
            guard let index = Int(name), elements.indices.contains(index) else { return nil }
            return Step(key: nil, node: elements[index])
        case .mapping(let pairs, _):
            if let own = node.member(name) { return Step(key: own.key, node: own.value) }
            guard let (key, value) = Self.merged(name, in: pairs, depth: 0) else { return nil }
            isMerged = true
            return Step(key: key, node: value)
        case .scalar:
            return nil
        }
    }

    /// A member of the mappings that are merged into one; of several the first wins.
    private static func merged(
        _ name: String, in pairs: [(key: YAMLNode, value: YAMLNode)], depth: Int
    ) -> (key: YAMLNode, value: YAMLNode)? {
        guard depth < ManifestReader.maximumDepth else { return nil }
        for (key, value) in pairs where key.text == "<<" {
            let sources: [YAMLNode] = if case .sequence(let list, _) = value { list } else { [value] }
            for source in sources {
                guard case .mapping(let pairs, _) = source else { continue }
                if let found = source.member(name) ?? merged(name, in: pairs, depth: depth + 1) {
                    return found
                }
            }
        }
        return nil
    }
}

extension YAMLNode {
    /// The text of a scalar.
    var text: String? {
        if case .scalar(let scalar) = self { scalar.text } else { nil }
    }

    /// A mapping's own member, without what it merges in.
    func member(_ name: String) -> (key: YAMLNode, value: YAMLNode)? {
        guard case .mapping(let pairs, _) = self else { return nil }
        return pairs.first { $0.key.text == name }
    }
}
