import Admission

/// The ConfigMaps and Secrets of an input, by their names.
struct ObjectIndex: Sendable {
    private struct Key: Hashable {
        let name: ObjectName
        let namespace: String
    }

    /// Which object a name means.
    enum Answer {
        case object(ConfigurationObject)
        /// There is none in the input.
        case missing
        /// There are several, which differ.
        case ambiguous([SourcePlace])
    }

    private var objects: [Key: [ConfigurationObject]] = [:]
    /// The namespaces in which a name occurs, for manifests that leave out their own.
    private var namespaces: [ObjectName: Set<String>] = [:]
    private var bytesLeft: Int
    /// How many objects there was no room for.
    private(set) var omitted = 0

    /// - Parameter limit: the most bytes of their texts that are kept.
    init(limit: Int) {
        bytesLeft = limit
    }

    var isEmpty: Bool { objects.isEmpty }

    mutating func add(_ object: ConfigurationObject) {
        let key = Key(name: object.name, namespace: object.namespace)
        // kubectl prints an object twice when asked for it in two ways.
        guard objects[key]?.contains(where: { $0.keys == object.keys }) != true else { return }
        var object = object
        if object.bytes > bytesLeft {
            object = object.withoutContent
            omitted += 1
            // Names alone would fill the memory as well.
            guard omitted <= 10_000 else { return }
        } else {
            bytesLeft -= object.bytes
        }
        objects[key, default: []].append(object)
        namespaces[object.name, default: []].insert(object.namespace)
    }

    /// The object that a container refers to.
    /// - Parameters:
    ///   - namespace: the container's own; empty where its manifest does not say.
    ///   - file: the file that the container's manifest stands in: another file may hold another overlay.
    func find(_ name: ObjectName, namespace: String, file: String) -> Answer {
        guard let found = candidates(name, namespace: namespace), let first = found.first else {
            return .missing
        }
        if found.count == 1 { return .object(first) }
        let near = found.filter { $0.place.file == file }
        if near.count == 1, let one = near.first { return .object(one) }
        return .ambiguous(found.map(\.place))
    }

    /// What has no namespace goes where the rest of its manifests goes.
    private func candidates(_ name: ObjectName, namespace: String) -> [ConfigurationObject]? {
        if let exact = objects[Key(name: name, namespace: namespace)] { return exact }
        if !namespace.isEmpty { return objects[Key(name: name, namespace: "")] }
        guard let others = namespaces[name], others.count == 1, let only = others.first else { return nil }
        return objects[Key(name: name, namespace: only)]
    }

    func contains(_ name: ObjectName, namespace: String) -> Bool {
        candidates(name, namespace: namespace) != nil
    }

    /// The text that an origin leads to.
    func text(of origin: MountedFiles.Origin) -> String? {
        let found = objects[Key(name: origin.object, namespace: origin.namespace)]
        guard let object = found?.first(where: { $0.place == origin.place }),
            case .success(let text)? = object.text(of: origin.key)
        else { return nil }
        return text
    }

    /// Puts something else in the place of what a key holds.
    /// - Returns: what it has held; `nil` where there is no such object or key.
    @discardableResult
    mutating func replace(
        _ origin: MountedFiles.Origin, with content: ConfigurationObject.Content
    ) -> ConfigurationObject.Content? {
        let position = Key(name: origin.object, namespace: origin.namespace)
        guard let index = objects[position]?.firstIndex(where: { $0.place == origin.place }) else { return nil }
        return objects[position]?[index].replace(origin.key, with: content)
    }
}
