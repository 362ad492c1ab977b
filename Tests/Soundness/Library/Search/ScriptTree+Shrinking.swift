extension ScriptTree {
    /// Smaller trees that are scripts, too: the largest pieces are taken away first.
    var shrinks: [ScriptTree] {
        var shrinks = ownShrinks
        for (index, part) in parts.enumerated() {
            for smaller in part.tree?.shrinks ?? [] {
                var tree = self
                tree.parts[index] = part.replacing(smaller)
                shrinks.append(tree)
            }
        }
        return shrinks
    }

    /// What stands for the whole of it.
    private var ownShrinks: [ScriptTree] {
        switch kind {
        case .list: withoutElements + withElementsUnwrapped
        case .statement: descendants { $0.kind == .statement || $0.kind == .condition } + [plain(":")]
        case .condition: descendants { $0.kind == .condition || $0.kind == .statement } + [plain("true")]
        case .word: ["uwsgi", "x"].map(plain)
        case .optional: [plain("")]
        }
    }

    private func plain(_ text: String) -> ScriptTree { ScriptTree(kind: kind, parts: [.text(text)]) }

    private var withoutElements: [ScriptTree] {
        guard parts.count > 1 else { return [] }
        var lists: [ScriptTree] = []
        let half = parts.count / 2
        for kept in [parts[half...], parts[..<half]] where parts.count > 3 {
            lists.append(withParts(Array(kept)))
        }
        for index in parts.indices {
            var kept = parts
            kept.remove(at: index)
            lists.append(withParts(kept))
        }
        return lists
    }

    /// In place of an element, the elements of a list that stands within it.
    private var withElementsUnwrapped: [ScriptTree] {
        parts.enumerated().flatMap { index, part in
            (part.tree?.descendants { $0.kind == .list } ?? []).map { list in
                withParts(Array(parts[..<index]) + list.parts + parts[(index + 1)...])
            }
        }
    }

    private func withParts(_ parts: [Part]) -> ScriptTree {
        var tree = self
        tree.parts = parts
        return tree
    }

    /// What stands within it, and is of its own kind where it takes its place.
    private func descendants(_ isWanted: (ScriptTree) -> Bool) -> [ScriptTree] {
        parts.flatMap { part -> [ScriptTree] in
            guard let tree = part.tree else { return [] }
            return (isWanted(tree) ? [tree] : []) + tree.descendants(isWanted)
        }
    }
}
