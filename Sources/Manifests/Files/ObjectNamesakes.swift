/// The ConfigMaps or Secrets of one name and namespace, which differ: several clusters' or overlays', mostly in a file
/// for each.
struct ObjectNamesakes: Sendable {
    /// In the order of the input.
    private(set) var all: [ConfigurationObject] = []
    /// What they hold, and where they stand among all, by their file. Most names have one object: it is noted here only
    /// when there is a second one.
    private var contents: Set<[String: ConfigurationObject.Content]> = []
    private var positions: [String: [Int]] = [:]

    /// The one that bears the name alone.
    private var only: ConfigurationObject? { all.count == 1 ? all.first : nil }

    /// Whether one of them holds the same.
    func contains(_ object: ConfigurationObject) -> Bool {
        only.map { $0.keys == object.keys } ?? contents.contains(object.keys)
    }

    mutating func add(_ object: ConfigurationObject) {
        if let only { note(only, at: 0) }
        if !all.isEmpty { note(object, at: all.count) }
        all.append(object)
    }

    private mutating func note(_ object: ConfigurationObject, at position: Int) {
        contents.insert(object.keys)
        positions[object.place.file, default: []].append(position)
    }

    /// The only one, or else the only one of a file.
    func object(for file: String) -> ConfigurationObject? {
        if let only { return only }
        guard let near = positions[file], near.count == 1 else { return nil }
        return near.first.map { all[$0] }
    }

    /// Where one stands among all whose manifest has a place.
    private func position(of place: SourcePlace) -> Int? {
        (only == nil ? positions[place.file] ?? [] : [0]).first { all[$0].place == place }
    }

    subscript(place: SourcePlace) -> ConfigurationObject? {
        position(of: place).map { all[$0] }
    }

    /// Puts something else in the place of what a key of one of them holds.
    /// - Returns: what it has held; `nil` where there is no such object or key.
    mutating func replace(
        _ key: String, at place: SourcePlace, with content: ConfigurationObject.Content
    ) -> ConfigurationObject.Content? {
        position(of: place).flatMap { all[$0].replace(key, with: content) }
    }
}
