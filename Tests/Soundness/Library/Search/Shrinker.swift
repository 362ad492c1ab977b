/// Makes a finding smaller for as long as detection stays wrong about it in the same way.
struct Shrinker {
    /// How many candidates are tried in all.
    private var left = 1200

    mutating func shrink(
        _ finding: Examiner.Finding, with examiner: inout Examiner, seed: UInt64
    ) throws -> Examiner.Finding {
        var smallest = finding
        while let smaller = try step(from: smallest, &examiner, seed) { smallest = smaller }
        return smallest
    }

    private mutating func step(
        from finding: Examiner.Finding, _ examiner: inout Examiner, _ seed: UInt64
    ) throws -> Examiner.Finding? {
        let cost = Self.cost(finding.example)
        for candidate in Self.candidates(finding.example) where Self.cost(candidate) < cost {
            guard left > 0 else { return nil }
            left -= 1
            if let smaller = try examiner.isWrong(candidate, as: finding, seed: seed) { return smaller }
        }
        for world in finding.worlds.flatMap(Self.simplerWorlds) {
            guard left > 0 else { return nil }
            left -= 1
            var candidate = finding
            candidate.worlds = [world]
            if let simpler = try examiner.isWrong(finding.example, as: candidate, seed: seed) {
                return simpler
            }
        }
        return nil
    }

    private static func cost(_ example: Example) -> Int {
        example.scriptText.utf8.count + 10 * (example.arguments.count + example.variables.count)
            + (example.hasSource ? 10 : 0) + 10 * example.invocation.options.count
    }

    private static func candidates(_ example: Example) -> [Example] {
        var candidates: [Example] = []
        func add(_ change: (inout Example) -> Void) {
            var candidate = example
            change(&candidate)
            candidates.append(candidate)
        }
        if !example.arguments.isEmpty { add { $0.arguments = [] } }
        for count in 1..<max(1, example.arguments.count) { add { $0.arguments.removeLast(count) } }
        for index in example.variables.indices { add { $0.variables.remove(at: index) } }
        add { $0.hasSource = false }
        add { $0.invocation.options = ["-c"] }
        for script in example.script.shrinks { add { $0.script = script } }
        return candidates
    }

    private static func simplerWorlds(_ world: World) -> [World] {
        var worlds: [World] = []
        func add(_ change: (inout World) -> Void) {
            var simpler = world
            change(&simpler)
            if simpler != world { worlds.append(simpler) }
        }
        add { $0.statuses = [:] }
        add { $0.hasOptionalPrograms = true }
        add { $0.files = [] }
        add { $0.variables = [:] }
        for name in world.statuses.keys.sorted() { add { $0.statuses[name] = nil } }
        // A folder goes with what is in it.
        for file in world.files { add { $0.files.removeAll { $0.path.hasPrefix(file.path) } } }
        for name in world.variables.keys.sorted() { add { $0.variables[name] = nil } }
        return worlds
    }
}
