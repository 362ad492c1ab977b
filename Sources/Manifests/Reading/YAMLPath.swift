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
        /// Whether a member of it was looked for before, if it is a mapping.
        fileprivate var isAsked = false
        /// Its members by their names, since it was asked again: each would be searched for among all otherwise.
        fileprivate var members: [String: Member]?

        fileprivate init(_ member: Member) {
            key = member.key
            node = member.value
            isMerged = member.isMerged
        }
    }

    /// A member of a mapping, or an element of a sequence, which has no key.
    fileprivate struct Member {
        let key: YAMLNode?
        let value: YAMLNode
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
        steps = [Step(Member(key: nil, value: root, isMerged: false))]
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

    private mutating func child(named name: String) -> Step? {
        switch node {
        case .sequence(let elements, _):
            guard let index = Int(name), elements.indices.contains(index) else { return nil }
            return Step(Member(key: nil, value: elements[index], isMerged: false))
        case .mapping(let pairs, _):
            return member(name, of: pairs, at: steps.count - 1).map(Step.init)
        case .scalar:
            return nil
        }
    }

    private mutating func member(
        _ name: String, of pairs: [(key: YAMLNode, value: YAMLNode)], at step: Int
    ) -> Member? {
        guard steps[step].isAsked else {
            steps[step].isAsked = true
            if let (key, value) = pairs.first(where: { $0.key.text == name }) {
                return Member(key: key, value: value, isMerged: false)
            }
            return Self.merged(name, in: pairs, depth: 0)
        }
        if let members = steps[step].members { return members[name] }
        var members: [String: Member] = [:]
        Self.collect(pairs, isMerged: false, depth: 0, into: &members)
        steps[step].members = members
        return members[name]
    }

    /// Notes a mapping's own members, and behind them those of the mappings that are merged into it; of several of one
    /// name the first.
    private static func collect(
        _ pairs: [(key: YAMLNode, value: YAMLNode)], isMerged: Bool, depth: Int,
        into members: inout [String: Member]
    ) {
        for (key, value) in pairs {
            guard let name = key.text, members[name] == nil else { continue }
            members[name] = Member(key: key, value: value, isMerged: isMerged)
        }
        guard depth < YAMLConversion.deepestMerge else { return }
        for source in mergedMappings(pairs) {
            collect(source, isMerged: true, depth: depth + 1, into: &members)
        }
    }

    /// A member of the mappings that are merged into one; of several the first wins.
    private static func merged(
        _ name: String, in pairs: [(key: YAMLNode, value: YAMLNode)], depth: Int
    ) -> Member? {
        guard depth < YAMLConversion.deepestMerge else { return nil }
        for source in mergedMappings(pairs) {
            if let (key, value) = source.first(where: { $0.key.text == name }) {
                return Member(key: key, value: value, isMerged: true)
            }
            if let found = merged(name, in: source, depth: depth + 1) { return found }
        }
        return nil
    }

    /// The mappings that are merged into one, in their order.
    private static func mergedMappings(
        _ pairs: [(key: YAMLNode, value: YAMLNode)]
    ) -> [[(key: YAMLNode, value: YAMLNode)]] {
        var mappings: [[(key: YAMLNode, value: YAMLNode)]] = []
        for (key, value) in pairs where key.text == "<<" {
            let sources: [YAMLNode] = if case .sequence(let list, _) = value { list } else { [value] }
            for source in sources {
                if case .mapping(let pairs, _) = source { mappings.append(pairs) }
            }
        }
        return mappings
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
