import System
import Glibc

/// Finds the manifests below what the user named.
struct ManifestFiles {
    /// What the user named, in the order of the arguments.
    private(set) var inputs: [Input] = []
    /// What could not be looked into, and why.
    private(set) var failures: [(path: String, reason: String)] = []

    /// A file, or a folder with those below it.
    struct Input {
        let path: String
        let isFolder: Bool
        /// The files, each once whatever names it has, below a folder by name.
        var files: [String] = []
        /// How many files were left to an earlier argument, or to a message of their own.
        var filesElsewhere = 0
    }

    /// A folder or file, whatever path leads to it: what keeps links from leading in circles.
    fileprivate struct Identity: Hashable {
        let device: dev_t
        let node: ino_t
    }

    static let endings = [".yaml", ".yml", ".json"]
    /// Folders deeper than this are taken for a circle.
    private static let deepest = 64

    private var folders: Set<Identity> = []
    private var files: Set<Identity> = []

    /// - Parameter path: a file, which is read whatever its name, or a folder; `-` is standard input.
    mutating func add(_ path: String) {
        guard path != "-" else {
            inputs.append(Input(path: path, isFolder: false, files: [path]))
            return
        }
        guard let status = Self.status(of: path) else {
            failures.append((path, SystemError.last.description))
            return
        }
        var input = Input(path: path, isFolder: status.isFolder)
        if status.isFolder {
            addFolder(path, status, depth: 0, to: &input)
        } else {
            addFile(path, status, to: &input)
        }
        inputs.append(input)
    }

    private mutating func addFile(_ path: String, _ status: stat, to input: inout Input) {
        // A pipe, as a shell makes it of <(…), has no other names.
        if !status.isRegular || files.insert(status.identity).inserted {
            input.files.append(path)
        } else {
            input.filesElsewhere += 1
        }
    }

    private mutating func addFolder(_ path: String, _ status: stat, depth: Int, to input: inout Input) {
        guard depth < Self.deepest, folders.insert(status.identity).inserted else {
            input.filesElsewhere += 1
            return
        }
        guard let names = Self.names(in: path) else {
            fail(path, SystemError.last.description, &input)
            return
        }
        guard !isChart(path, names) else {
            fail(path, "a Helm chart: render it first (helm template \(path) | uwsgi-max-fd scan -)", &input)
            return
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            let child = Self.child(name, of: path)
            let isManifest = Self.endings.contains { name.lowercased().hasSuffix($0) }
            guard let status = Self.status(of: child) else {
                if isManifest { fail(child, SystemError.last.description, &input) }
                continue
            }
            if status.isFolder {
                addFolder(child, status, depth: depth + 1, to: &input)
            } else if isManifest, status.isRegular {
                addFile(child, status, to: &input)
            }
        }
    }

    private mutating func fail(_ path: String, _ reason: String, _ input: inout Input) {
        failures.append((path, reason))
        input.filesElsewhere += 1
    }

    /// Whether a folder is a Helm chart, whose templates are not manifests yet.
    private func isChart(_ path: String, _ names: [String]) -> Bool {
        names.contains("Chart.yaml") && names.contains("templates")
            && Self.status(of: Self.child("templates", of: path))?.isFolder == true
    }

    private static func child(_ name: String, of path: String) -> String {
        path.hasSuffix("/") ? path + name : "\(path)/\(name)"
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
