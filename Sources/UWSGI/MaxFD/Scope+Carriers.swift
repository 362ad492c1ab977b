/// The variables that can carry a max-fd.
extension Scope {
    /// A variable that can carry a max-fd, as uWSGI finds it by one way.
    struct CarrierVariable {
        var name: String
        var value: String
        /// Where it stands in the container's list; `nil` when a shell, a wrapper or the image set it.
        var index: Int?
        /// Whether it is the image's.
        var isImages = false
    }

    /// The variables that can carry a max-fd: for each of them what uWSGI finds by each way, `nil` for nothing.
    func carriers() -> [[CarrierVariable?]] {
        var found: [[CarrierVariable?]] = []
        var names: Set<String> = []
        for index in container.carriers {
            let name = container.list[index].name
            guard variables.isEmpty || variables[name] == nil else { continue }
            guard reaches(name) else { continue }
            found.append([CarrierVariable(name: name, value: container.value(at: index), index: index)])
        }
        for name in container.imageCarriers where variables.isEmpty || variables[name] == nil {
            guard reaches(name), let value = container.value(of: name) else { continue }
            found.append([CarrierVariable(name: name, value: value, isImages: true)])
        }
        if variables.isEmpty { return found }
        for name in variables.keys.sorted() where EnvironmentNames.carrier(name) != nil {
            guard names.insert(name).inserted, let variable = variables[name] else { continue }
            found.append(variable.members.filter(Self.counts).map { carrier(name, $0) })
        }
        return found
    }

    /// On a way that nobody means, a value that is set unseen is no worse than what is seen on the others.
    private static func counts(_ member: Variable.Member) -> Bool {
        if case .text(let text) = member.content { return member.isExpected || text.isKnown }
        return true
    }

    private func carrier(_ name: String, _ member: Variable.Member) -> CarrierVariable? {
        guard member.isExported else { return nil }
        switch member.content {
        case .unset, .array: return nil
        case .text(let text): return CarrierVariable(name: name, value: text, index: nil)
        case .container:
            if keepsIdentifiersOnly, !EnvironmentNames.isIdentifier(name) { return nil }
            guard let index = container.index(of: name) else {
                return container.value(of: name).map {
                    CarrierVariable(name: name, value: $0, isImages: true)
                }
            }
            return CarrierVariable(name: name, value: container.value(at: index), index: index)
        }
    }
}
