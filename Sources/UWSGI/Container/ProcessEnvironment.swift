/// The environment that a process would see: the container's variables, and what shells and wrappers did to them
/// on the way; and with it the limit of file descriptors.
///
/// Changes are journaled, so that a subshell or a wrapper can be left again at a cost that depends on its own
/// changes only, never on how many variables there are.
struct ProcessEnvironment {
    /// What a shell or a wrapper made of a variable.
    enum Binding: Hashable {
        case value(String, isExported: Bool)
        case unset
        /// Let through from the container, although the rest was cleared.
        case inherited
    }

    private enum Change {
        case binding(name: String, previous: Binding?)
        case whole(bindings: [String: Binding], isCleared: Bool, carriers: [String])
        case identifiersOnly(previous: Bool)
        case descriptorLimit(previous: DescriptorLimit?)
    }

    /// The most file descriptors that a process may still ask for.
    struct DescriptorLimit {
        var count: Int
        /// Where it was lowered.
        var place: Place
    }

    let container: ContainerVariables
    private var bindings: [String: Binding] = [:]
    /// Names in `bindings` that can carry a max-fd, some perhaps rolled back since.
    private var boundCarriers: [String] = []
    /// Whether the container's own variables were taken away.
    private(set) var isCleared = false
    /// Whether a shell dropped the names that cannot be shell variables.
    private var identifiersOnly = false
    /// The hard limit that a shell on the way has set: nothing that starts below it can raise it again.
    private(set) var descriptorLimit: DescriptorLimit?
    private var journal: [Change] = []

    init(_ container: ContainerVariables) {
        self.container = container
    }

    // MARK: Changes

    /// A point to return to.
    var mark: Int { journal.count }

    /// The names of the variables that were changed since `mark`, each once.
    func names(changedSince mark: Int) -> [String] {
        var names: Set<String> = []
        for case .binding(let name, _) in journal[min(mark, journal.count)...] { names.insert(name) }
        return names.sorted()
    }

    /// Undoes every change since `mark`.
    mutating func rollBack(to mark: Int) {
        while journal.count > mark, let change = journal.popLast() {
            switch change {
            case .binding(let name, let previous):
                bindings[name] = previous
            case .whole(let previous, let wasCleared, let carriers):
                bindings = previous
                isCleared = wasCleared
                boundCarriers = carriers
            case .identifiersOnly(let previous):
                identifiersOnly = previous
            case .descriptorLimit(let previous):
                descriptorLimit = previous
            }
        }
    }

    private mutating func bind(_ name: String, _ binding: Binding) {
        journal.append(.binding(name: name, previous: bindings.updateValue(binding, forKey: name)))
        if EnvironmentNames.carrier(name) != nil, !boundCarriers.contains(name) { boundCarriers.append(name) }
    }

    /// Assigns as `env NAME=VALUE` and `export NAME=VALUE` do.
    mutating func export(_ name: String, _ value: String) { bind(name, .value(value, isExported: true)) }

    /// Assigns as a shell does: a variable that came with the environment stays part of it.
    mutating func assign(_ name: String, _ value: String, exportsAll: Bool = false) {
        bind(name, .value(value, isExported: exportsAll || isExported(name)))
    }

    /// Marks a variable for export as it is.
    mutating func export(_ name: String) {
        if case .value(let value, false)? = bindings[name] { export(name, value) }
    }

    mutating func unset(_ name: String) { bind(name, .unset) }

    /// Lets a container's variable through after a ``clear()``.
    mutating func inherit(_ name: String) {
        if isCleared, bindings[name] == nil { bind(name, .inherited) }
    }

    /// Takes everything away, as `env -i` does.
    mutating func clear() {
        journal.append(.whole(bindings: bindings, isCleared: isCleared, carriers: boundCarriers))
        bindings = [:]
        boundCarriers = []
        isCleared = true
    }

    /// Drops the names that cannot be shell variables, as shells of the Almquist family do.
    mutating func keepIdentifiers() {
        guard !identifiersOnly else { return }
        journal.append(.identifiersOnly(previous: identifiersOnly))
        identifiersOnly = true
    }

    /// Lowers the hard limit, as `ulimit -n` does; raising it is refused to a process without privileges.
    mutating func limitDescriptors(to count: Int, at place: Place) {
        guard count < descriptorLimit?.count ?? .max else { return }
        journal.append(.descriptorLimit(previous: descriptorLimit))
        descriptorLimit = DescriptorLimit(count: count, place: place)
    }

    // MARK: Reading

    /// Whether the container's own variable of this name is seen by the process.
    func reaches(_ name: String) -> Bool {
        if identifiersOnly, !EnvironmentNames.isIdentifier(name) { return false }
        switch bindings[name] {
        case .inherited: return true
        case .value, .unset: return false
        case nil: return !isCleared
        }
    }

    /// Whether a variable is passed on to programs.
    func isExported(_ name: String) -> Bool {
        switch bindings[name] {
        case .value(_, let isExported): return isExported
        case .unset: return false
        case .inherited: return true
        case nil: return !isCleared && container.index(of: name) != nil
        }
    }

    /// The value that a shell gave to a variable of its own, without passing it on.
    func unexportedValue(of name: String) -> String? {
        if !isCleared, case .value(let value, false)? = bindings[name] { return value }
        return nil
    }

    /// What a variable holds.
    enum Content {
        case value(String)
        case unset
        /// The specification does not say.
        case invisible
    }

    /// What a shell's `$NAME` finds, exported or not.
    func content(of name: String) -> Content {
        switch bindings[name] {
        case .value(let value, _): return .value(value)
        case .unset: return .unset
        case .inherited, nil:
            guard reaches(name) else { return .unset }
            return container.value(of: name).map(Content.value) ?? .invisible
        }
    }

    /// What a process finds in its environment.
    func exportedContent(of name: String) -> Content {
        if case .value(_, false)? = bindings[name] { return .unset }
        return content(of: name)
    }

    /// A variable that can carry a max-fd, as uWSGI finds it.
    struct CarrierVariable {
        var name: String
        var value: String
        /// Where it stands in the container's list; `nil` when a shell or a wrapper set it.
        var index: Int?
    }

    /// The variables that can carry a max-fd.
    func carriers() -> [CarrierVariable] {
        var found: [CarrierVariable] = []
        for index in container.carriers {
            let name = container.list[index].name
            if reaches(name) {
                found.append(CarrierVariable(name: name, value: container.value(at: index), index: index))
            }
        }
        for name in boundCarriers {
            if case .value(let value, true)? = bindings[name] {
                found.append(CarrierVariable(name: name, value: value, index: nil))
            }
        }
        return found
    }
}
