/// The files of a container that somebody has read beforehand: from an image, or from a ConfigMap.
public struct KnownFiles: Sendable, Hashable {
    /// What is known of a path.
    public enum Answer: Sendable, Hashable {
        case text(String)
        /// There is no such file.
        case absent
        case unknown
    }

    /// What is known of a folder.
    public struct Listing: Sendable, Hashable {
        /// The names of what is in it, sorted: files, and folders with known files in them.
        public var names: [String]
        /// Whether there is nothing else in it.
        public var isComplete: Bool

        public init(names: [String] = [], isComplete: Bool = false) {
            self.names = names
            self.isComplete = isComplete
        }
    }

    private var answers: [String: Answer]
    /// Folders below which nothing is unknown, without a slash at the end.
    private var completeFolders: Set<String>
    /// Paths at which somebody has looked for a text and found none.
    private var pathsWithoutText: Set<String> = []
    private var isSearchOver = false

    /// - Parameters:
    ///   - answers: by absolute path without `.`, `..` and doubled slashes; every other one is unknown.
    ///   - completeFolders: folders below which every file is among the answers, as with a ConfigMap that is mounted as
    ///     a whole: what is not among them is absent.
    public init(_ answers: [String: Answer] = [:], completeFolders: Set<String> = []) {
        self.answers = answers
        self.completeFolders = Set(completeFolders.map(Self.withoutSlash))
    }

    public subscript(path: String) -> Answer {
        get {
            if isEmpty { return .unknown }
            if let answer = answers[path] { return answer }
            return completeFolders.contains { Self.contains($0, path) } ? .absent : .unknown
        }
        set { answers[path] = newValue }
    }

    /// How long the texts and their paths are, in bytes.
    var textBytes: Int {
        answers.reduce(0) { bytes, file in
            if case .text(let text) = file.value { return bytes + file.key.utf8.count + text.utf8.count }
            return bytes + file.key.utf8.count
        }
    }

    /// Says that nobody needs to look for a file's text again. What the container finds there stays unknown: a file may
    /// be made while it runs.
    public mutating func noteWithoutText(_ path: String) { pathsWithoutText.insert(path) }

    /// Says the same of every file: no more are kept.
    public mutating func endSearch() { isSearchOver = true }

    /// Whether somebody has looked for a file, and there is no text of it.
    func isWithoutText(_ path: String) -> Bool { isSearchOver || pathsWithoutText.contains(path) }

    /// Says that every file below a folder is among the answers.
    public mutating func complete(folder: String) { completeFolders.insert(Self.withoutSlash(folder)) }

    /// What is known to be in a folder. Takes time in proportion to how many files are known.
    /// - Parameter folder: its absolute path.
    public func listing(of folder: String) -> Listing {
        if isEmpty { return Listing() }
        let folder = Self.withoutSlash(folder)
        var names: Set<String> = []
        for (path, answer) in answers where Self.contains(folder, path) {
            guard case .text = answer else { continue }
            let rest = path.utf8.dropFirst(folder.utf8.count + 1)
            if let name = String(rest.prefix { $0 != UInt8(ascii: "/") }), !name.isEmpty {
                names.insert(name)
            }
        }
        let isComplete = completeFolders.contains { $0 == folder || Self.contains($0, folder) }
        return Listing(names: names.sorted(), isComplete: isComplete)
    }

    /// Whether nothing is known of any file.
    public var isEmpty: Bool { answers.isEmpty && completeFolders.isEmpty }

    /// How many files are known, to be there or not.
    public var count: Int { answers.count }

    private static func withoutSlash(_ folder: String) -> String {
        var folder = folder[...]
        while folder.utf8.last == UInt8(ascii: "/") { folder.removeLast() }
        return String(folder)
    }

    /// Whether a path leads below a folder.
    private static func contains(_ folder: String, _ path: String) -> Bool {
        path.utf8.count > folder.utf8.count && path.utf8.starts(with: folder.utf8)
            && path.utf8.dropFirst(folder.utf8.count).first == UInt8(ascii: "/")
    }
}
