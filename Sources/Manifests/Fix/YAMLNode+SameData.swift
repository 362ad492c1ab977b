import YAML

extension YAMLNode {
    /// Whether another node says the same: places do not count, nor does the order of a mapping's members.
    ///
    /// It takes a step for each node, however deep and however wide the two are. Keys that are not scalars, which no
    /// manifest has, make them different.
    func isSameData(as other: YAMLNode) -> Bool {
        var pending = [(self, other)]
        while let (one, two) = pending.popLast() {
            switch (one, two) {
            case (.scalar(let one), .scalar(let two)):
                guard one.text == two.text, one.isPlain == two.isPlain, one.hasTag == two.hasTag else {
                    return false
                }
            case (.sequence(let one, _), .sequence(let two, _)):
                guard one.count == two.count else { return false }
                pending += zip(one, two)
            case (.mapping(let one, _), .mapping(let two, _)):
                guard one.count == two.count, let pairs = Self.matched(one, two) else { return false }
                pending += pairs
            default:
                return false
            }
        }
        return true
    }

    /// The values of two mappings that have the same keys, side by side; `nil` for others.
    private static func matched(
        _ one: [(key: YAMLNode, value: YAMLNode)], _ two: [(key: YAMLNode, value: YAMLNode)]
    ) -> [(YAMLNode, YAMLNode)]? {
        var values: [ScalarKey: YAMLNode] = [:]
        for (key, value) in two {
            guard let key = ScalarKey(key), values.updateValue(value, forKey: key) == nil else { return nil }
        }
        var result: [(YAMLNode, YAMLNode)] = []
        result.reserveCapacity(one.count)
        for (key, value) in one {
            guard let key = ScalarKey(key), let other = values.removeValue(forKey: key) else { return nil }
            result.append((value, other))
        }
        return result
    }

    /// A key, without its place.
    private struct ScalarKey: Hashable {
        let text: String
        let isPlain: Bool
        let hasTag: Bool

        init?(_ node: YAMLNode) {
            guard case .scalar(let scalar) = node else { return nil }
            text = scalar.text
            isPlain = scalar.isPlain
            hasTag = scalar.hasTag
        }
    }
}
