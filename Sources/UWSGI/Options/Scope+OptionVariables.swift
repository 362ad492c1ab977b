extension Scope {
    /// A variable that uWSGI takes for an option, as a process finds it.
    struct OptionVariable {
        var name: String
        var option: UWSGIOption
        /// By each way one.
        var contents: [Variable.Content]
    }

    /// The variables that uWSGI takes for options: the container's in their order, then those that a shell or a
    /// wrapper has set.
    func optionVariables() -> [OptionVariable] {
        (container.optionNames + ownOptionNames()).compactMap { name in
            guard case .option(let option)? = EnvironmentNames.meaning(of: name) else { return nil }
            let contents = exportedContents(of: name).filter { $0 != .text(TextMark.absent) }
            return contents.allSatisfy { $0 == .unset }
                ? nil : OptionVariable(name: name, option: option, contents: contents)
        }
    }

    private func ownOptionNames() -> [String] {
        guard !variables.isEmpty else { return [] }
        return variables.keys.filter {
            guard container.index(of: $0) == nil, case .option? = EnvironmentNames.meaning(of: $0) else {
                return false
            }
            return true
        }.sorted()
    }

    /// Whether a variable may name a file of options. Allocates nothing.
    private var mayNameConfiguration: Bool {
        container.namesConfiguration
            || !variables.isEmpty && EnvironmentNames.configuration.contains(where: hasVariable)
    }

    /// The files of options that variables such as `UWSGI_INI` name; a mark where a name is not known.
    func configurationNames() -> [String] {
        guard mayNameConfiguration else { return [] }
        return optionVariables().filter { $0.option.role == .configuration }.flatMap { variable in
            variable.contents.compactMap { content in
                if case .text(let text) = content { return text }
                return nil
            }
        }
    }
}
