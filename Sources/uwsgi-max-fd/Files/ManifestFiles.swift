#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Finds the manifests below what the user named.
struct ManifestFiles {
    /// The files, each once, in the order of the arguments and below a folder by name.
    private(set) var paths: [String] = []
    /// What could not be looked into, and why.
    private(set) var failures: [(path: String, reason: String)] = []

    /// A folder or file, whatever path leads to it: what keeps links from leading in circles.
    fileprivate struct Identity: Hashable {
        let device: dev_t
        let node: ino_t
    }

    private static let endings = [".yaml", ".yml", ".json"]
    /// Folders deeper than this are taken for a circle.
    private static let deepest = 64

    private var folders: Set<Identity> = []
    private var files: Set<Identity> = []

    /// - Parameter path: a file, which is read whatever its name, or a folder; `-` is standard input.
    mutating func add(_ path: String) {
        guard path != "-" else {
            paths.append(path)
            return
        }
        guard let status = Self.status(of: path) else {
            failures.append((path, String(cString: strerror(errno))))
            return
        }
        if status.isFolder {
            addFolder(path, status, depth: 0)
        } else {
            addFile(path, status)
        }
    }

    private mutating func addFile(_ path: String, _ status: stat) {
        // A pipe, as a shell makes it of <(…), has no other names.
        if !status.isRegular || files.insert(status.identity).inserted { paths.append(path) }
    }

    private mutating func addFolder(_ path: String, _ status: stat, depth: Int) {
        guard depth < Self.deepest, folders.insert(status.identity).inserted else { return }
        guard let names = Self.names(in: path) else {
            failures.append((path, String(cString: strerror(errno))))
            return
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            let child = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            let isManifest = Self.endings.contains { name.lowercased().hasSuffix($0) }
            guard let status = Self.status(of: child) else {
                if isManifest { failures.append((child, String(cString: strerror(errno)))) }
                continue
            }
            if status.isFolder {
                addFolder(child, status, depth: depth + 1)
            } else if isManifest, status.isRegular {
                addFile(child, status)
            }
        }
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    /// The names in a folder, without `.` and `..`; `nil`, and errno, when it cannot be read.
    private static func names(in path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

extension stat {
    fileprivate var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    fileprivate var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
    fileprivate var identity: ManifestFiles.Identity { .init(device: st_dev, node: st_ino) }
}
