/// The files of an image as its layers make them, one layer over the other: of the files only those that are wanted,
/// and of the links all, for one may stand in the way to a file.
///
/// Source: OCI image specification, `layer.md`, "Applying Changesets" and "Whiteouts".
struct LayeredFiles {
    /// What is known of a file that is wanted.
    enum File: Hashable {
        case text(String)
        /// Not kept, with the reason.
        case omitted(String)
    }

    /// The most links of an image; an operating system with all its languages has some ten thousand.
    static let mostLinks = 500_000

    private let wanted: Set<String>
    private let largestFile: Int
    private(set) var files: [String: File] = [:]
    private(set) var links: [String: String] = [:]
    /// What is in the folders that are wanted; see ``FolderContent``.
    private var content = FolderContent()
    /// The folders that hold any of these.
    private var folders: Set<String> = []

    /// - Parameters:
    ///   - wanted: the paths of the files to keep.
    ///   - largestFile: the largest that is kept, in bytes.
    init(wanted: Set<String>, largestFile: Int) {
        self.wanted = wanted
        self.largestFile = largestFile
    }

    /// Puts a layer over those before it.
    /// - Throws: ``TarError``, ``ImageError``; what the archive's source throws.
    mutating func apply(_ archive: inout TarReader) throws {
        var layer = Layer()
        while let entry = try archive.next() {
            try take(entry, from: &archive, into: &layer)
        }
        remove(layer)
        for (path, file) in layer.files {
            files[path] = file
            links[path] = nil
        }
        for (path, target) in layer.links {
            links[path] = target
            files[path] = nil
        }
        guard links.count <= Self.mostLinks else {
            throw ImageError("more than \(Self.mostLinks) symbolic links")
        }
        content.formUnion(layer.content)
        for path in Array(layer.files.keys) + Array(layer.links.keys) + Array(layer.content.paths) {
            note(foldersOf: path)
        }
    }

    /// What is in a folder that is wanted, relative to it; `nil` where there is no such folder.
    func names(in folder: String) -> [String]? { content.names(in: folder) }

    /// What one layer changes. Whatever the order of its entries, it takes away only what lower layers hold.
    private struct Layer {
        var files: [String: File] = [:]
        var links: [String: String] = [:]
        var content = FolderContent()
        var removed: Set<String> = []
        var emptied: Set<String> = []
    }

    private static let whiteout = ".wh."
    private static let opaque = ".wh..wh..opq"

    private func take(
        _ entry: TarReader.Entry, from archive: inout TarReader, into layer: inout Layer
    ) throws {
        guard entry.path.utf8.count <= ImagePath.longest else { return }
        let path = ImagePath.normalized(entry.path)
        let name = path.dropFirst(ImagePath.parent(path) == "/" ? 1 : ImagePath.parent(path).count + 1)
        if name == Self.opaque {
            let folder = ImagePath.parent(path)
            if folder == "/" || folders.contains(folder) { layer.emptied.insert(folder) }
            return
        }
        if name.hasPrefix(Self.whiteout) {
            let parent = ImagePath.parent(path)
            let hidden = name.dropFirst(Self.whiteout.count)
            let target = parent == "/" ? "/\(hidden)" : "\(parent)/\(hidden)"
            if holds(target) { layer.removed.insert(target) }
            return
        }
        // Of two entries with one name in a layer the last counts.
        layer.files[path] = nil
        layer.links[path] = nil
        layer.content.remove(path)
        layer.content.note(path, entry.kind, wanted)
        switch entry.kind {
        case .folder:
            // It leaves a folder's content, and replaces anything else.
            if files[path] != nil || links[path] != nil { layer.removed.insert(path) }
            return
        case .symbolicLink:
            layer.links[path] = entry.target
            guard layer.links.count <= Self.mostLinks else {
                throw ImageError("a layer with more than \(Self.mostLinks) symbolic links")
            }
        case .hardLink:
            // Another name of a file, which is then wanted under that.
            if wanted.contains(path) { layer.links[path] = ImagePath.normalized(entry.target) }
        case .file: if wanted.contains(path) { layer.files[path] = try file(entry, from: &archive) }
        case .sparseFile: if wanted.contains(path) { layer.files[path] = .omitted("a sparse file") }
        case .other: if wanted.contains(path) { layer.files[path] = .omitted("not a regular file") }
        }
        if holds(path) { layer.removed.insert(path) }
    }

    /// Whether a path is, or holds, anything of the lower layers that is known.
    private func holds(_ path: String) -> Bool {
        files[path] != nil || links[path] != nil || folders.contains(path) || content.paths.contains(path)
    }

    private func file(_ entry: TarReader.Entry, from archive: inout TarReader) throws -> File {
        guard entry.size <= largestFile else { return .omitted("larger than \(largestFile >> 10) KiB") }
        let bytes = try archive.content()
        // No text holds a NUL, and every program does.
        guard !bytes.contains(0) else { return .omitted("a program, not a text") }
        let text = String(decoding: bytes, as: UTF8.self)
        // Bytes that are no UTF-8 become longer as they are replaced.
        guard text.utf8.count <= largestFile else { return .omitted("larger than \(largestFile >> 10) KiB") }
        return .text(text)
    }

    private mutating func note(foldersOf path: String) {
        var folder = ImagePath.parent(path)
        while folder != "/", folders.insert(folder).inserted { folder = ImagePath.parent(folder) }
    }

    /// Takes away what a layer removes of those below it, in one go: a layer may remove as much as another made.
    private mutating func remove(_ layer: Layer) {
        guard !layer.removed.isEmpty || !layer.emptied.isEmpty else { return }
        func remains(_ path: String) -> Bool {
            if layer.removed.contains(path) { return false }
            var folder = path
            while folder != "/" {
                folder = ImagePath.parent(folder)
                if layer.removed.contains(folder) || layer.emptied.contains(folder) { return false }
            }
            return true
        }
        files = files.filter { remains($0.key) }
        links = links.filter { remains($0.key) }
        content.filter(remains)
        folders = []
        for path in Array(files.keys) + Array(links.keys) + Array(content.paths) { note(foldersOf: path) }
    }
}
