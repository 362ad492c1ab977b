/// What something that cannot be seen, such as a sourced file, does to what is known.
extension Scope {
    /// From here on every variable may be anything, beside what it is where nothing was changed, as its author expects.
    ///
    /// The positional parameters stay: what could set those could as well start uWSGI itself, and is opaque for that.
    /// - Returns: how much work that was.
    mutating func noteUnseenChanges() -> Int {
        hasUnseenChanges = true
        guard !variables.isEmpty else { return 0 }
        let names = variables.keys
        for name in names {
            guard let variable = variables[name],
                !variable.members.contains(where: { $0.content == .text(TextMark.unknown) })
            else { continue }
            bind(
                name,
                variable.joined(
                    with: Variable(members: variable.exportStates.map { .unseenChange(isExported: $0) })))
        }
        // As much as a command takes for each.
        return names.count * 16
    }
}

extension ShellRunner {
    func noteUnseenChanges(in state: inout State) {
        tracer.budget.spend(state.scope.noteUnseenChanges())
    }
}

extension Variable.Member {
    /// What a variable may hold where something unseen has changed it, which its author hardly expects.
    static func unseenChange(isExported: Bool) -> Variable.Member {
        Variable.Member(
            content: .text(TextMark.unknown), isExported: isExported, isMarked: isExported, isExpected: false)
    }
}
