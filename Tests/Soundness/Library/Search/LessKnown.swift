import UWSGI

/// A property of detection that needs no shell: to know less of a container is never a reason to find less in it.
///
/// Where uWSGI is found, it still is when a variable's value or a test's outcome is not known any more; and where no
/// limit is visible, none becomes visible.
enum LessKnown {
    /// The first way of knowing less by which detection finds less, with what it says then.
    static func broken(
        _ example: Example, _ detection: Detection, _ detect: Detecting
    ) -> (example: Example, detection: Detection)? {
        guard detection.runsUWSGI else { return nil }
        for changed in variants(of: example) {
            let other = detect(changed.container)
            let isLost = !other.runsUWSGI
            let isSet = other.maxFD.state == .set || other.maxFD.state == .excessive
            if isLost || detection.maxFD.state == .unset && isSet { return (changed, other) }
        }
        return nil
    }

    private static func variants(of example: Example) -> [Example] {
        var variants: [Example] = []
        func add(_ change: (inout Example) -> Void) {
            var variant = example
            change(&variant)
            variants.append(variant)
        }
        if !example.hasSource { add { $0.hasSource = true } }
        for (index, variable) in example.variables.enumerated() where isOrdinary(variable) {
            add { $0.variables[index].value = nil }
            // The name of a variable of uWSGI's speaks for it by itself, and would be lost.
            guard !variable.name.hasPrefix("UWSGI_") else { continue }
            add {
                $0.variables.remove(at: index)
                $0.hasSource = true
            }
        }
        let isBroken = example.script.allTraits.contains(.isBroken)
        for script in example.script.withUnknownTests(keepingWord: isBroken) { add { $0.script = script } }
        return variants
    }

    /// Whether a variable's value can be taken away: one that names uWSGI may be all that speaks for it.
    private static func isOrdinary(_ variable: Example.Variable) -> Bool {
        guard let value = variable.value else { return false }
        return !value.contains("uwsgi")
    }
}

extension ScriptTree {
    /// The same script, each time with another test whose outcome cannot be known.
    ///
    /// What a variable is compared with is what it holds where they are equal: where that is uWSGI's name, the test may be
    /// all that names it, and would be lost as a value that names it would.
    /// - Parameter keepsWord: whether no test at all is taken in which uWSGI is named: in a line that cannot be read the
    ///   word itself speaks for it.
    fileprivate func withUnknownTests(keepingWord keepsWord: Bool) -> [ScriptTree] {
        var trees: [ScriptTree] = []
        if kind == .condition, isTest, !(text.contains("uwsgi") && (keepsWord || text.contains("="))) {
            trees.append(ScriptTree(kind: .condition, parts: [.text("[ -e /unknown ]")]))
        }
        for (index, part) in parts.enumerated() {
            for changed in part.tree?.withUnknownTests(keepingWord: keepsWord) ?? [] {
                var tree = self
                tree.parts[index] = part.replacing(changed)
                trees.append(tree)
            }
        }
        return trees
    }

    /// Whether it only asks, and has no effect that would be lost.
    private var isTest: Bool {
        let text = text
        // A command that is substituted may start something.
        if text.contains("$(") { return false }
        return text == "true" || text == "false" || text.hasPrefix("[ ") && text.hasSuffix(" ]")
            || text.hasPrefix("[[ ") && text.hasSuffix(" ]]")
    }
}
