import UWSGI

/// The files that a container finds in the volumes that are mounted into it.
struct MountedFiles {
    /// Where a file comes from.
    struct Origin: Hashable, Sendable {
        let object: ObjectName
        let namespace: String
        /// Where the object's manifest stands.
        let place: SourcePlace
        let key: String

        init(_ object: ConfigurationObject, key: String) {
            self.object = object.name
            namespace = object.namespace
            place = object.place
            self.key = key
        }

        /// As reports name it: `ConfigMap/uwsgi-config:uwsgi.ini`.
        var description: String { "\(object.description):\(key)" }
    }

    enum Answer {
        case file(String, Origin)
        case absent
        /// A folder, of which all files are known where `isComplete` is true, by their paths in the container.
        case folder([(path: String, text: String, origin: Origin)], isComplete: Bool)
        /// It is in a volume, and cannot be read.
        case unread(UnreadReason)
        /// It is not in any volume.
        case notMounted
    }

    let mounts: [ContainerReferences.Mount]
    let volumes: [VolumeSource]
    let room: JoinRoom
    /// Whether keys of Secrets may be decoded.
    let readsSecrets: Bool
    let find: (ObjectName) -> ObjectIndex.Answer

    /// What is known of an absolute path. A volume hides what the image has at its place.
    func answer(_ path: String) -> Answer {
        guard path.hasPrefix("/") else { return .notMounted }
        let normalized = VolumePath.normalized(path)
        let path = normalized.isEmpty ? "" : "/" + normalized
        var best: (mount: ContainerReferences.Mount, rest: String)?
        for mount in mounts {
            guard let rest = VolumePath.rest(of: path, below: mount.path) else { continue }
            // Of two at one place, the kubelet mounts the later one over the other.
            if best.map({ mount.path.utf8.count >= $0.mount.path.utf8.count }) ?? true {
                best = (mount, rest)
            }
        }
        guard let (mount, rest) = best, volumes.indices.contains(mount.volume) else { return .notMounted }
        guard !mount.isExpression else {
            return .unread(UnreadReason("its subPathExpr depends on variables"))
        }
        let inside = [mount.subPath, rest].filter { !$0.isEmpty }.joined(separator: "/")
        switch volumes[mount.volume] {
        case .other(let kind): return .unread(UnreadReason("it is in \(kind)"))
        case .objects(let projections, let isHidden):
            return look(for: inside, in: projections, isHidden: isHidden, at: path)
        }
    }

    // MARK: - In a volume

    private func look(
        for inside: String, in projections: [VolumeSource.Projection], isHidden: Bool, at path: String
    ) -> Answer {
        var unread: UnreadReason?
        var files: [String: (text: String, origin: Origin)] = [:]
        for projection in projections.reversed() {
            switch look(for: inside, in: projection, at: path) {
            case .file(let text, let origin): return unread.map { .unread($0) } ?? .file(text, origin)
            case .folder(let list, let isComplete):
                for file in list where files[file.path] == nil { files[file.path] = (file.text, file.origin) }
                if !isComplete { unread = unread ?? UnreadReason("some of its files are not text") }
            case .unread(let reason): unread = unread ?? reason
            case .absent, .notMounted: break
            }
        }
        if !files.isEmpty {
            let list = files.sorted { $0.key < $1.key }.map { ($0.key, $0.value.text, $0.value.origin) }
            return .folder(list, isComplete: unread == nil && !isHidden)
        }
        if let unread { return .unread(unread) }
        return isHidden ? .unread(UnreadReason("it may be in a projected volume's other sources")) : .absent
    }

    private func look(
        for inside: String, in projection: VolumeSource.Projection, at path: String
    ) -> Answer {
        let name = projection.object
        let isBelow = { (item: VolumeSource.Item) in
            inside.isEmpty || VolumePath.rest(of: item.path, below: inside) != nil
        }
        guard projection.items?.contains(where: isBelow) ?? true else { return .absent }
        let object: ConfigurationObject
        switch find(name) {
        case .object(let found): object = found
        case .missing: return .unread(UnreadReason("\(name.description) is not in the input"))
        case .ambiguous(let places):
            let list = places.map(\.description).joined(separator: ", ")
            return .unread(UnreadReason("\(name.description) is in the input more than once (\(list))"))
        }
        if object.isOther || name.kind == .secret && !readsSecrets {
            return .unread(UnreadReason("\(name.description) is not read"))
        }
        let items: [VolumeSource.Item]
        if let chosen = projection.items {
            items = chosen
        } else if inside.isEmpty {
            guard object.keys.count <= room.files else {
                return .unread(UnreadReason("\(name.description) has too many keys"))
            }
            items = object.keys.keys.sorted().map { VolumeSource.Item(key: $0, path: $0) }
        } else {
            // Looked up, for one ConfigMap may hold the files of many containers.
            items = object.keys[inside] == nil ? [] : [VolumeSource.Item(key: inside, path: inside)]
        }
        if let item = items.last(where: { $0.path == inside }) {
            guard let text = object.text(of: item.key) else { return .absent }
            switch text {
            case .success(let text):
                return .file(text, Origin(object, key: item.key))
            case .failure(let reason): return .unread(reason)
            }
        }
        return folder(inside, of: items, in: object, at: path)
    }

    private func folder(
        _ inside: String, of items: [VolumeSource.Item], in object: ConfigurationObject, at path: String
    ) -> Answer {
        var files: [(path: String, text: String, origin: Origin)] = []
        var isComplete = true
        for item in items {
            guard let rest = VolumePath.rest(of: "/" + item.path, below: inside.isEmpty ? "" : "/" + inside),
                !rest.isEmpty
            else { continue }
            switch object.text(of: item.key) {
            case .success(let text)?:
                files.append(("\(path)/\(rest)", text, Origin(object, key: item.key)))
            case .failure?: isComplete = false
            case nil: break
            }
        }
        return files.isEmpty && isComplete ? .absent : .folder(files, isComplete: isComplete)
    }
}
