import Nodes

/// The nodes of the input, and those that its Pods name: a Node may come after its Pods, so that a Pod keeps the number
/// of its node's name, and what is known of the node is looked up at the end.
struct NodeInventory {
    private let facts = NodeFacts.shipped
    /// The numbers of all names.
    private var numbers: [String: Int] = [:]
    /// Of each name that a Node of the input has, its group.
    private var groupOfNumber: [Int: Int] = [:]
    private var groups: [NodeGroup] = []
    private var groupOfIdentity: [NodeGroup.Identity: Int] = [:]

    /// The number of a node's name.
    mutating func number(of name: String) -> Int {
        if let number = numbers[name] { return number }
        numbers[name] = numbers.count
        return numbers.count - 1
    }

    /// Counts a Node; one that is there twice, by its name, counts once.
    mutating func note(_ node: NodeDescription, at place: SourcePlace) {
        let number = number(of: node.name)
        guard node.name.isEmpty || groupOfNumber[number] == nil else { return }
        let assessment = facts.assess(node)
        let identity = NodeGroup.Identity(node, assessment)
        let group = groupOfIdentity[identity] ?? groups.count
        if group == groups.count {
            groupOfIdentity[identity] = group
            groups.append(NodeGroup(node, assessment, at: place))
        }
        groups[group].names.append(node.name)
        if let pool = node.pool { groups[group].pools[pool, default: 0] += 1 }
        if !node.name.isEmpty { groupOfNumber[number] = group }
    }

    /// What the node with this number hands out, in file descriptors; `nil` where that is not known.
    func limit(ofNode number: Int) -> Int? {
        groupOfNumber[number].flatMap { groups[$0].assessment.limit }
    }

    /// The most that a Pod without a node can meet; `nil` where a node's limit is not known, or there are no nodes.
    var highestLimit: Int? {
        let limits = groups.map(\.assessment.limit)
        return limits.contains(nil) ? nil : limits.compactMap(\.self).max()
    }

    /// `nil` when there was no Node in the input.
    var overview: NodeOverview? { groups.isEmpty ? nil : NodeOverview(groups) }
}
