/// A map whose copies share what they have in common, so that joining two copies costs what was changed in
/// either, not how much they hold.
///
/// A hash trie with sixteen branches at a node; see Bagwell, "Ideal Hash Trees", 2001.
struct PersistentMap<Value> {
    /// One node. Never changed once it is shared: a change makes new nodes on the way to the root.
    private final class Node {
        enum Slot {
            case empty
            case entry(key: String, hash: UInt64, value: Value)
            case node(Node)
        }

        var slots: [Slot]

        init() { slots = Array(repeating: .empty, count: 16) }
        init(_ slots: [Slot]) { self.slots = slots }
    }

    /// Four bits of the hash for each level.
    private static var deepest: Int { 15 }

    private var root: Node?

    var isEmpty: Bool { root == nil }

    /// Whether two maps are the same copy; different copies may still be equal.
    func isSame(as other: PersistentMap) -> Bool { root === other.root }

    /// Swift's hash, which is seeded in each process: nobody can choose names that collide.
    private static func hash(_ key: String) -> UInt64 { UInt64(truncatingIfNeeded: key.hashValue) }

    private static func index(_ hash: UInt64, _ level: Int) -> Int {
        Int((hash >> UInt64(60 - 4 * level)) & 15)
    }

    subscript(key: String) -> Value? {
        get {
            guard var node = root else { return nil }
            let hash = Self.hash(key)
            for level in 0...Self.deepest {
                switch node.slots[Self.index(hash, level)] {
                case .empty: return nil
                case .entry(let found, _, let value): return found == key ? value : nil
                case .node(let next): node = next
                }
            }
            return nil
        }
        set {
            root = Self.setting(key, Self.hash(key), newValue, in: root, level: 0)
        }
    }

    private static func setting(
        _ key: String, _ hash: UInt64, _ value: Value?, in node: Node?, level: Int
    ) -> Node? {
        guard level <= deepest else { return node }
        if node == nil, value == nil { return nil }
        let copy = node.map { Node($0.slots) } ?? Node()
        let index = index(hash, level)
        switch copy.slots[index] {
        case .empty:
            if let value { copy.slots[index] = .entry(key: key, hash: hash, value: value) }
        case .entry(let found, let foundHash, let foundValue):
            if found == key {
                copy.slots[index] = value.map { .entry(key: key, hash: hash, value: $0) } ?? .empty
            } else if let value {
                let inner = setting(found, foundHash, foundValue, in: nil, level: level + 1)
                if let inner = setting(key, hash, value, in: inner, level: level + 1) {
                    copy.slots[index] = .node(inner)
                }
            }
        case .node(let inner):
            copy.slots[index] =
                setting(key, hash, value, in: inner, level: level + 1).map { .node($0) } ?? .empty
        }
        return copy
    }

    /// Joins two maps name by name. Where both hold the very same part, nothing is done.
    /// - Parameter merge: makes one value of two, either of which may be missing.
    func joined(
        with other: PersistentMap, merge: (_ key: String, Value?, Value?) -> Value?
    ) -> PersistentMap {
        if root === other.root { return self }
        var result = self
        var differing: [(key: String, mine: Value?, theirs: Value?)] = []
        Self.collect(root, other.root, into: &differing)
        for difference in differing {
            result[difference.key] = merge(difference.key, difference.mine, difference.theirs)
        }
        return result
    }

    func isEqual(to other: PersistentMap, by areEqual: (Value, Value) -> Bool) -> Bool {
        if root === other.root { return true }
        var differing: [(key: String, mine: Value?, theirs: Value?)] = []
        Self.collect(root, other.root, into: &differing)
        return differing.allSatisfy { difference in
            guard let mine = difference.mine, let theirs = difference.theirs else { return false }
            return areEqual(mine, theirs)
        }
    }

    private static func collect(
        _ a: Node?, _ b: Node?, into found: inout [(key: String, mine: Value?, theirs: Value?)]
    ) {
        if a === b { return }
        for index in 0..<16 {
            let left = a?.slots[index] ?? .empty
            let right = b?.slots[index] ?? .empty
            switch (left, right) {
            case (.empty, .empty): break
            case (.node(let left), .node(let right)): collect(left, right, into: &found)
            default: pair(entries(of: left), entries(of: right), into: &found)
            }
        }
    }

    private static func pair(
        _ left: [(key: String, value: Value)], _ right: [(key: String, value: Value)],
        into found: inout [(key: String, mine: Value?, theirs: Value?)]
    ) {
        for entry in left {
            found.append((entry.key, entry.value, right.first { $0.key == entry.key }?.value))
        }
        for entry in right where !left.contains(where: { $0.key == entry.key }) {
            found.append((entry.key, nil, entry.value))
        }
    }

    private static func entries(of slot: Node.Slot) -> [(key: String, value: Value)] {
        switch slot {
        case .empty: []
        case .entry(let key, _, let value): [(key, value)]
        case .node(let node): node.slots.flatMap(entries(of:))
        }
    }

    /// All names that hold a value. For the few places that have to see them all.
    var keys: [String] { root.map { Self.entries(of: .node($0)).map(\.key) } ?? [] }
}
