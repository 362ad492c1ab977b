import YAML

/// Nodes that are to stand at some places of a document instead of what is there, or beside it where a member is
/// missing.
struct YAMLReplacement {
    private var node: YAMLNode?
    private var children: [String: YAMLReplacement] = [:]

    /// - Parameter changes: each the steps of a JSON Pointer, and what is to stand there.
    init(_ changes: [(steps: ArraySlice<String>, node: YAMLNode)]) {
        for (steps, node) in changes { add(steps, node) }
    }

    private mutating func add(_ steps: ArraySlice<String>, _ node: YAMLNode) {
        guard let step = steps.first else {
            self.node = node
            return
        }
        children[step, default: YAMLReplacement([])].add(steps.dropFirst(), node)
    }

    /// The document with all that done. It goes as deep as the places are, and not as the document is.
    func applied(to old: YAMLNode) -> YAMLNode {
        if let node { return node }
        guard !children.isEmpty else { return old }
        switch old {
        case .sequence(var elements, let mark):
            for (step, child) in children {
                guard let index = Int(step), elements.indices.contains(index) else { continue }
                elements[index] = child.applied(to: elements[index])
            }
            return .sequence(elements, mark)
        case .mapping(var pairs, let mark):
            var missing = children
            for index in pairs.indices {
                guard let name = pairs[index].key.text, let child = missing.removeValue(forKey: name)
                else { continue }
                pairs[index].value = child.applied(to: pairs[index].value)
            }
            for (name, child) in missing.sorted(by: { $0.key < $1.key }) {
                if let node = child.node { pairs.append((YAMLEditText.key(name), node)) }
            }
            return .mapping(pairs, mark)
        case .scalar:
            return old
        }
    }
}
