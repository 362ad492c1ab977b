/// What a shell remembers of a variable beside its value, as `declare` and `readonly` say it: by each way one.
struct VariableAttributes: Hashable {
    /// What is made of whatever is assigned to it.
    var conversions: [ValueConversion] = [.none]
    /// The variables for which it stands (`declare -n`); `nil` for itself.
    var targets: [String?] = [nil]
    /// Whether it may not be changed any more (`readonly`).
    var isReadOnly: [Bool] = [false]

    static func join(_ a: VariableAttributes?, _ b: VariableAttributes?) -> VariableAttributes {
        var joined = a ?? VariableAttributes()
        let other = b ?? VariableAttributes()
        joined.conversions += other.conversions.filter { !joined.conversions.contains($0) }
        joined.targets += other.targets.filter { !joined.targets.contains($0) }
        joined.isReadOnly += other.isReadOnly.filter { !joined.isReadOnly.contains($0) }
        return joined
    }
}

extension Scope {
    /// Changes what is remembered of a variable.
    mutating func setAttributes(of name: String, _ change: (inout VariableAttributes) -> Void) {
        var changed = attributes[name] ?? VariableAttributes()
        change(&changed)
        attributes[name] = changed
    }

    /// Whether a variable may not be changed any more: by each way one answer.
    func readOnlyStates(of name: String) -> [Bool] {
        attributes.isEmpty ? [false] : attributes[name]?.isReadOnly ?? [false]
    }

    /// Whether, by some way, what is assigned to a variable is an expression.
    func convertsToNumbers(_ name: String) -> Bool {
        !attributes.isEmpty
            && targets(of: name).contains { attributes[$0]?.conversions.contains(.integer) ?? false }
    }

    /// The variables that are meant where a name is used.
    func targets(of name: String) -> [String] {
        guard !attributes.isEmpty, let found = attributes[name]?.targets else { return [name] }
        return found.map { $0 ?? name }
    }

    /// Assigns to a variable of which something is remembered.
    mutating func assign(_ name: String, _ attributes: VariableAttributes, members: [Variable.Member]) {
        for target in attributes.targets {
            let name = target ?? name
            let conversions = (target == nil ? attributes : self.attributes[name])?.conversions ?? [.none]
            let before = variable(name)
            replace(
                name,
                members: conversions.flatMap { conversion in
                    members.map { member in
                        var member = member
                        member.content = conversion.convert(member.content)
                        return member
                    }
                })
            if attributes.targets.count > 1 { bind(name, variable(name).joined(with: before)) }
        }
    }
}
