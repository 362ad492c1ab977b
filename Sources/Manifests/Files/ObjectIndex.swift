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
        /// There are several, which differ; where the first few stand.
        case ambiguous([SourcePlace])
    }

    private var objects: [Key: ObjectNamesakes] = [:]
    /// The namespaces in which a name occurs, for manifests that leave out their own.
    private var namespaces: [ObjectName: Set<String>] = [:]
    private var bytesLeft: Int
    /// What it takes to know of an object that it is there once more.
    private static let bytesOfCopy = 64
    /// How many objects there was no room for.
    private(set) var omitted = 0

    /// - Parameter limit: the most bytes of their texts that are kept.
    init(limit: Int) {
        bytesLeft = limit
    }

    var isEmpty: Bool { objects.isEmpty }

    mutating func add(_ object: ConfigurationObject) {
        let key = Key(name: object.name, namespace: object.namespace)
        guard objects[key]?.contains(object) != true else {
            bytesLeft -= Self.bytesOfCopy
            if bytesLeft > 0 { objects[key]?.addCopy(object) } else { omitted += 1 }
            return
        }
        var object = object
        if object.bytes > bytesLeft {
            object = object.withoutContent
            omitted += 1
            // Names alone would fill the memory as well.
            guard omitted <= 10_000 else { return }
        } else {
            bytesLeft -= object.bytes
        }
        objects[key, default: ObjectNamesakes()].add(object)
        namespaces[object.name, default: []].insert(object.namespace)
    }

    /// The object that a container refers to.
    /// - Parameters:
    ///   - namespace: the container's own; empty where its manifest does not say.
    ///   - file: the file that the container's manifest stands in: another file may hold another overlay.
    func find(_ name: ObjectName, namespace: String, file: String) -> Answer {
        guard let found = candidates(name, namespace: namespace) else { return .missing }
        return found.object(for: file).map { .object($0) } ?? .ambiguous(found.all.prefix(3).map(\.place))
    }

    /// What has no namespace goes where the rest of its manifests goes.
    private func candidates(_ name: ObjectName, namespace: String) -> ObjectNamesakes? {
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
        let found = objects[Key(name: origin.object, namespace: origin.namespace)]?[origin.place]
        guard case .success(let text)? = found?.text(of: origin.key) else { return nil }
        return text
    }

    /// Where the object of an origin stands: once, and wherever else the same does.
    func places(of origin: MountedFiles.Origin) -> [SourcePlace] {
        objects[Key(name: origin.object, namespace: origin.namespace)]?.places(ofSameAs: origin.place) ?? []
    }

    /// Puts something else in the place of what a key holds.
    /// - Returns: what it has held; `nil` where there is no such object or key.
    @discardableResult
    mutating func replace(
        _ origin: MountedFiles.Origin, with content: ConfigurationObject.Content
    ) -> ConfigurationObject.Content? {
        objects[Key(name: origin.object, namespace: origin.namespace)]?
            .replace(origin.key, at: origin.place, with: content)
    }
}
