import Basics

/// The variables of a container as its processes will find them, worked out only as far as somebody asks.
///
/// Values are text with marks for what is unknown; see ``TextMark``.
final class ContainerVariables {
    /// The variables as their author wrote them.
    let list: [EnvironmentVariable]
    /// Whether there are variables whose names cannot be seen (`envFrom`).
    let hasSources: Bool
    /// Whether such a source can hold a variable that uWSGI reads.
    let sourcesMayConcernUWSGI: Bool

    /// As its author wrote it.
    let specification: ContainerSpecification
    /// What the image says, under what the list says.
    private var image: ImageConfiguration? { specification.imageConfiguration }
    /// Bytes that expansion may still write.
    private(set) var expansionBudget: Int
    private var expandedValues: [String]?
    private var indicesByName: [String: Int]?

    init(_ container: consuming ContainerSpecification, expansionBudget: Int) {
        self.expansionBudget = expansionBudget
        list = container.environment
        hasSources = !container.environmentSources.isEmpty
        sourcesMayConcernUWSGI = container.environmentSources.contains { source in
            source.prefix.utf8.starts(with: EnvironmentNames.prefix.utf8)
                || EnvironmentNames.prefix.utf8.starts(with: source.prefix.utf8)
        }
        specification = container
    }

    /// The entry of the specification that an argument came out of.
    func entry(at location: ArgumentLocation) -> String? {
        specification.entry(at: location)
    }

    /// What may be shown of a value that a shell or a wrapper gave to a variable.
    func shown(_ text: String) -> String {
        ShownValue.of(
            text,
            entries: ArgumentLocation.List.allCases.map { specification.entries(of: $0) })
    }

    /// What stands for a variable that is not in the list: unknown when a source may hold it.
    var textOfInvisible: String { hasSources ? TextMark.unknown : TextMark.absent }

    /// The index of the variable that counts among those of this name: the last.
    func index(of name: String) -> Int? {
        if list.count <= 16 { return list.lastIndex { $0.name == name } }
        if let indicesByName { return indicesByName[name] }
        var indices: [String: Int] = [:]
        indices.reserveCapacity(list.count)
        for (index, variable) in list.enumerated() { indices[variable.name] = index }
        indicesByName = indices
        return indices[name]
    }

    /// Whether the list has a variable; a reference may be to something that is not there.
    func exportStates(of name: String) -> [Bool] {
        guard let index = index(of: name), list.indices.contains(index) else {
            return [image?.variable(name) != nil]
        }
        return list[index].value == .reference ? [true, false] : [true]
    }

    /// The value of a variable, or `nil` when neither the list nor the image has it.
    func value(of name: String) -> String? { listedValue(of: name) ?? imageValue(of: name) }

    /// The value of a variable, or `nil` when the list does not have it: the kubelet, which expands `$(NAME)`, does not
    /// know what the image says.
    private func listedValue(of name: String) -> String? { index(of: name).map(value(at:)) }

    /// The value of a variable of the image's; unknown where a source may replace it.
    private func imageValue(of name: String) -> String? {
        guard let value = image?.variable(name) else { return nil }
        guard case .literal(let text) = value, !hasSources else { return TextMark.unknown }
        return TextMark.removing(from: text)
    }

    /// The names of the image's variables that can carry a max-fd, and that the list does not have.
    lazy var imageCarriers: [String] = {
        guard let image else { return [] }
        let names = Set(image.environment.map(\.name))
        return names.filter { EnvironmentNames.carrier($0) != nil && index(of: $0) == nil }.sorted()
    }()

    /// The value of the variable at an index of the list.
    func value(at index: Int) -> String {
        guard list.indices.contains(index) else { return TextMark.unknown }
        switch list[index].value {
        case .reference: return TextMark.unknown
        case .literal(let text):
            if !text.hasByte(where: { $0 == UInt8(ascii: "$") }) { return TextMark.removing(from: text) }
            return expanded()[index]
        }
    }

    /// Expands the references to variables in a word of the command or the arguments.
    func expand(_ text: String) -> String {
        let text = TextMark.removing(from: text)
        guard text.hasByte(where: { $0 == UInt8(ascii: "$") }) else { return text }
        // Worked out first, because the budget cannot be spent here and there at once.
        _ = expanded()
        return VariableExpansion.expand(text, budget: &expansionBudget) { name in
            if let value = listedValue(of: String(name)) { return .value(value) }
            return resolution(ofInvisible: name)
        }
    }

    /// What a reference to a variable that the list does not have resolves to. A source may have it; but `$(nproc)`
    /// and `$(cat x)` in a script are commands, which the kubelet leaves alone.
    private func resolution(ofInvisible name: Substring) -> VariableExpansion.Resolution {
        let isCommand = name.utf8.contains { byte in
            byte.isLowercaseLetter || !byte.isIdentifierByte
        }
        return hasSources && !isCommand ? .value(TextMark.unknown) : .unresolved
    }

    /// All values, each expanded with those before it.
    private func expanded() -> [String] {
        if let expandedValues { return expandedValues }
        var values: [String] = []
        values.reserveCapacity(list.count)
        var known: [String: Int] = [:]
        for (index, variable) in list.enumerated() {
            switch variable.value {
            case .reference: values.append(TextMark.unknown)
            case .literal(let text):
                values.append(
                    VariableExpansion.expand(TextMark.removing(from: text), budget: &expansionBudget) {
                        name in
                        if let earlier = known[String(name)] { return .value(values[earlier]) }
                        return resolution(ofInvisible: name)
                    })
            }
            known[variable.name] = index
        }
        expandedValues = values
        return values
    }

    /// A variable of the list that uWSGI looks at.
    struct Concern {
        var index: Int
        var meaning: EnvironmentNames.Meaning

        /// The option that it stands for, where uWSGI knows one.
        var option: UWSGIOption? {
            if case .option(let option) = meaning { return option }
            return nil
        }
    }

    /// The variables that uWSGI looks at, in their order: worked out once, since everything asks for them.
    private(set) lazy var concerns: [Concern] = {
        var found: [Concern] = []
        for (index, variable) in list.enumerated() {
            guard let meaning = EnvironmentNames.meaning(of: variable.name) else { continue }
            found.append(Concern(index: index, meaning: meaning))
        }
        return found
    }()

    /// The names of the list's variables that uWSGI takes for options, in their order, once each.
    var optionNames: [String] {
        var seen: Set<String> = []
        return concerns.compactMap { concern in
            let name = list[concern.index].name
            return concern.option != nil && seen.insert(name).inserted ? name : nil
        }
    }

    /// Whether one of them names a file of options, such as `UWSGI_INI`.
    var namesConfiguration: Bool { concerns.contains { $0.option?.role == .configuration } }

    /// The indices of the variables that can carry a max-fd: of each name the last one, at most 72 in all, since
    /// that is how many spellings there are.
    private(set) lazy var carriers: [Int] = {
        var found: [Int] = []
        for concern in concerns where concern.option.map(Self.carriesMaxFD) ?? false {
            found.removeAll { list[$0].name == list[concern.index].name }
            found.append(concern.index)
        }
        return found
    }()

    private static func carriesMaxFD(_ option: UWSGIOption) -> Bool {
        option.role == .maxFD || option.role == .set
    }
}
