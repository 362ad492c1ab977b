import JSON

/// What a volume of a Pod holds, as far as other objects in the input show.
/// Source: Kubernetes `staging/src/k8s.io/api/core/v1/types.go`, `VolumeSource`.
enum VolumeSource: Hashable, Sendable {
    /// Keys of ConfigMaps and Secrets, of which a later one wins. `hidden` is whether there are other files, too: a
    /// token, or what the downward API provides.
    case objects([Projection], hidden: Bool)
    /// Something that cannot be seen, as reports name it: `emptyDir`, `persistentVolumeClaim`.
    case other(String)

    /// Keys of one object as files.
    struct Projection: Hashable, Sendable {
        var object: ObjectName
        /// Which keys appear, and where below the volume; `nil` for every key under its own name.
        var items: [Item]?
    }

    struct Item: Hashable, Sendable {
        var key: String
        var path: String
    }

    /// More files than these are not looked through.
    private static let mostItems = 1024

    init(_ volume: JSONValue) {
        if let source = volume["configMap"], source.kind == .object {
            self = Self.files(of: .configMap, source, name: source["name"])
        } else if let source = volume["secret"], source.kind == .object {
            self = Self.files(of: .secret, source, name: source["secretName"])
        } else if let sources = volume["projected"]?["sources"], sources.kind == .array {
            self = Self.projected(sources)
        } else {
            self = .other(volume.members.first { $0.name != "name" }?.name ?? "emptyDir")
        }
    }

    private static func files(of kind: ObjectName.Kind, _ source: JSONValue, name: JSONValue?) -> VolumeSource
    {
        projection(of: kind, source, name: name).map { .objects([$0], hidden: false) }
            ?? .other(kind.rawValue)
    }

    private static func projected(_ sources: JSONValue) -> VolumeSource {
        var projections: [Projection] = []
        var isHidden = false
        for source in sources.elements {
            let projection =
                source["configMap"].flatMap { self.projection(of: .configMap, $0, name: $0["name"]) }
                ?? source["secret"].flatMap { self.projection(of: .secret, $0, name: $0["name"]) }
            guard projections.count < mostItems, let projection else {
                isHidden = true
                continue
            }
            projections.append(projection)
        }
        return projections.isEmpty ? .other("projected") : .objects(projections, hidden: isHidden)
    }

    /// `nil` where it cannot be read.
    private static func projection(
        of kind: ObjectName.Kind, _ source: JSONValue, name: JSONValue?
    ) -> Projection? {
        guard let name = name?.string, !name.isEmpty else { return nil }
        let object = ObjectName(kind: kind, name: name)
        guard let list = source["items"], list.kind == .array else { return Projection(object: object) }
        guard list.count <= mostItems else { return nil }
        let items = list.elements.compactMap { item -> Item? in
            guard let key = item["key"]?.string, let path = item["path"]?.string else { return nil }
            return Item(key: key, path: VolumePath.normalized(path))
        }
        return Projection(object: object, items: items)
    }
}

/// Paths in volumes and containers.
enum VolumePath {
    /// A path without `.`, doubled slashes and slashes at its ends. The API server refuses `..` in those it takes.
    static func normalized(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// What of a path stands below a folder; empty for the folder itself, `nil` elsewhere.
    static func rest(of path: String, below folder: String) -> String? {
        guard path.utf8.starts(with: folder.utf8) else { return nil }
        let rest = path.utf8.dropFirst(folder.utf8.count)
        guard let slash = rest.first else { return "" }
        return slash == UInt8(ascii: "/") ? String(rest.dropFirst()) : nil
    }
}
