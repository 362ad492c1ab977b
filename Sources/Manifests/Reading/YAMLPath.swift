import Admission
import YAML

/// The way that a JSON Pointer takes through a YAML document.
struct YAMLPath {
    /// One node on the way, and what led to it.
    struct Step {
        /// The key in a mapping.
        let key: YAMLNode?
        let node: YAMLNode
        /// Whether it came out of a merge (`<<`), so that it stands elsewhere too.
        let isMerged: Bool
    }

    /// From the root as far as the pointer leads.
    private(set) var steps: [Step]
    /// The pointer's own steps as far as they were found.
    private var names: [String] = []
    /// Whether all of the pointer's steps were found.
    private(set) var isWhole = true

    /// - Parameter pointer: a JSON Pointer (RFC 6901).
    init(_ pointer: String, from root: YAMLNode) {
        steps = [Step(key: nil, node: root, isMerged: false)]
        move(to: pointer)
    }

    /// Goes to another place; what the two have in common is not looked for again.
    mutating func move(to pointer: String) {
        let wanted = JSONPointer.steps(of: pointer)
        let common = zip(names, wanted).prefix { $0 == $1 }.count
        names.removeLast(names.count - common)
        steps.removeLast(steps.count - 1 - common)
        for name in wanted[common...] {
            guard let next = child(named: name) else {
                isWhole = false
                return
            }
            names.append(name)
            steps.append(next)
        }
        isWhole = true
    }

    /// The node that the pointer leads to, or the last one before it leads nowhere.
    var node: YAMLNode { steps[steps.count - 1].node }

    /// Whether something on the way came out of a merge.
    var isMerged: Bool { steps.contains(where: \.isMerged) }

    /// The line of the last step, from 1: of its key where it has one.
    var line: Int {
        let last = steps[steps.count - 1]
        return (last.key ?? last.node).mark.line
    }

    private func child(named name: String) -> Step? {
        switch node {
        case .sequence(let elements, _):
            guard let index = Int(name), elements.indices.contains(index) else { return nil }
            return Step(key: nil, node: elements[index], isMerged: false)
        case .mapping(let pairs, _):
            if let own = node.member(name) { return Step(key: own.key, node: own.value, isMerged: false) }
            guard let (key, value) = Self.merged(name, in: pairs, depth: 0) else { return nil }
            return Step(key: key, node: value, isMerged: true)
        case .scalar:
            return nil
        }
    }

    /// A member of the mappings that are merged into one; of several the first wins.
    private static func merged(
        _ name: String, in pairs: [(key: YAMLNode, value: YAMLNode)], depth: Int
    ) -> (key: YAMLNode, value: YAMLNode)? {
        guard depth < YAMLConversion.deepestMerge else { return nil }
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
