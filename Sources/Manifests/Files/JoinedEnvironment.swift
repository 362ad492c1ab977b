import UWSGI

/// A container's variables, with what ConfigMaps and Secrets in the input say of them.
struct JoinedEnvironment {
    /// `envFrom`'s variables, then those of `env`, index for index as in the object.
    private(set) var variables: [EnvironmentVariable] = []
    /// How many of them come from `envFrom`.
    private(set) var countOfSources = 0
    /// The sources of which the variables are not known.
    private(set) var sources: [EnvironmentSource] = []
    /// Where variables come from, by their name.
    private(set) var origins: [String: MountedFiles.Origin] = [:]
    /// Whether a Secret has contributed anything.
    private(set) var usesSecrets = false
    /// The objects that are not in the input.
    private(set) var missing: Set<ObjectName> = []

    /// How much the sources hold that were read.
    private(set) var bytes = 0
    private let room: JoinRoom
    private let readsSecrets: Bool
    private let find: (ObjectName) -> ObjectIndex.Answer

    /// - Parameter readsSecrets: whether the numbers of max-fd are read in Secrets; nothing else ever is.
    init(
        _ container: ContainerSpecification, _ references: ContainerReferences, room: JoinRoom,
        readsSecrets: Bool, find: @escaping (ObjectName) -> ObjectIndex.Answer
    ) {
        self.room = room
        self.readsSecrets = readsSecrets
        self.find = find
        for source in references.sources { add(source) }
        countOfSources = variables.count
        for (index, variable) in container.environment.enumerated() {
            guard variable.value == .reference, let key = references.variables[index],
                let (value, origin) = value(of: key, for: variable.name)
            else {
                origins[variable.name] = nil
                variables.append(variable)
                continue
            }
            origins[variable.name] = origin
            variables.append(EnvironmentVariable(name: variable.name, value: value))
        }
    }

    private mutating func object(_ name: ObjectName) -> ConfigurationObject? {
        guard case .object(let object) = find(name) else {
            missing.insert(name)
            return nil
        }
        return object.isOther || name.kind == .secret && !readsSecrets ? nil : object
    }

    private mutating func hasRoom(for object: ConfigurationObject) -> Bool {
        guard variables.count + object.keys.count <= room.variables else { return false }
        bytes += object.bytes
        return bytes <= room.variableBytes
    }

    // MARK: - One key

    private mutating func value(
        of key: ContainerReferences.Key, for name: String
    ) -> (EnvironmentVariable.Value, MountedFiles.Origin)? {
        guard let object = object(key.object), let value = value(of: key.key, in: object, for: name) else {
            return nil
        }
        return (value, MountedFiles.Origin(object, key: key.key))
    }

    /// What a variable has as its value. Of a Secret it is only max-fd's number.
    private mutating func value(
        of key: String, in object: ConfigurationObject, for name: String
    ) -> EnvironmentVariable.Value? {
        let isSecret = object.name.kind == .secret
        guard !isSecret || EnvironmentNames.carrier(name) == .maxFD,
            case .success(let text)? = object.text(of: key)
        else { return nil }
        if isSecret {
            usesSecrets = true
            return .literal(String(MaxFDValue(reading: text).number))
        }
        // The kubelet expands `$(NAME)` only in what stands in `env` itself.
        // Source: Kubernetes `pkg/kubelet/kubelet_pods.go`, `makeEnvironmentVariables`.
        return .literal(text.contains("$") ? text.replacing("$", with: "$$") : text)
    }

    // MARK: - All keys

    private mutating func add(_ source: ContainerReferences.Source) {
        guard let name = source.object, let object = object(name), hasRoom(for: object) else {
            sources.append(EnvironmentSource(prefix: source.prefix))
            // It may have what others before it have, and then it wins.
            for index in variables.indices where variables[index].name.hasPrefix(source.prefix) {
                origins[variables[index].name] = nil
                variables[index].value = .reference
            }
            return
        }
        if name.kind == .secret { usesSecrets = true }
        for key in object.keys.keys.sorted() {
            let variable = source.prefix + key
            let value = value(of: key, in: object, for: variable)
            origins[variable] = MountedFiles.Origin(object, key: key)
            variables.append(EnvironmentVariable(name: variable, value: value ?? .reference))
        }
    }
}
