/// What is in the folders that a start reads as a whole: supervisord's includes, an emperor's vassals, the services of s6 and
/// runit. Of other files nobody needs to know, whatever they hold.
struct FolderContent {
    /// What is known, by complete paths; a folder that is wanted is among them itself.
    private(set) var paths: Set<String> = []

    /// The most that is known of all folders together, and what is named of one.
    private static let most = 4096
    private static let mostNames = 64
    private static let endings = [".conf", ".ini", ".cfg", ".xml", ".yml", ".yaml", ".json"]
    /// What starts a service; it lies in a folder, or behind a link, of the service's name.
    private static let service = "run"

    mutating func remove(_ path: String) { paths.remove(path) }

    mutating func formUnion(_ other: FolderContent) { paths.formUnion(other.paths) }

    mutating func filter(_ remains: (String) -> Bool) { paths = paths.filter(remains) }

    /// Takes note of an entry if it is one of a folder that is wanted.
    mutating func note(_ path: String, _ kind: TarReader.Entry.Kind, _ wanted: Set<String>) {
        guard paths.count < Self.most else { return }
        let folder = ImagePath.parent(path)
        let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
        let isOne =
            switch kind {
            case .folder: wanted.contains(path)
            case .symbolicLink where wanted.contains(folder):
                Self.isConfiguration(name) || !name.contains(".")
            case _ where wanted.contains(folder): Self.isConfiguration(name)
            default: name == Self.service && wanted.contains(ImagePath.parent(folder))
            }
        if isOne { paths.insert(path) }
    }

    /// The files in a folder, relative to it; `nil` where there is no such folder.
    func names(in folder: String) -> [String]? {
        let start = folder == "/" ? folder : folder + "/"
        let inside = paths.filter { $0.utf8.starts(with: start.utf8) && $0 != start }
            .compactMap { String($0.utf8.dropFirst(start.utf8.count)) }
        let names = inside.map {
            Self.isConfiguration($0[...]) || $0.contains("/") ? $0 : "\($0)/\(Self.service)"
        }
        guard paths.contains(folder) || !names.isEmpty else { return nil }
        return Array(Set(names).sorted().prefix(Self.mostNames))
    }

    private static func isConfiguration(_ name: Substring) -> Bool { endings.contains { name.hasSuffix($0) } }
}
