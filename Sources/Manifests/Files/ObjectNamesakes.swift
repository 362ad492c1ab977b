/// The ConfigMaps or Secrets of one name and namespace, which differ: several clusters' or overlays', mostly in a file
/// for each.
struct ObjectNamesakes: Sendable {
    /// In the order of the input.
    private(set) var all: [ConfigurationObject] = []
    /// Where the same stands once more, by its position among all: kubectl prints an object twice when asked for it in
    /// two ways, and overlays repeat what they share.
    private var copies: [Int: [SourcePlace]] = [:]
    /// Where they stand among all, by what they hold and by their file. Most names have one object: it is noted here
    /// only when there is a second one.
    private var contents: [[String: ConfigurationObject.Content]: Int] = [:]
    private var positions: [String: [Int]] = [:]

    /// The one that bears the name alone.
    private var only: ConfigurationObject? { all.count == 1 ? all.first : nil }

    /// Where one stands among all that holds the same.
    private func position(of object: ConfigurationObject) -> Int? {
        if let only { return only.keys == object.keys ? 0 : nil }
        return contents[object.keys]
    }

    /// Whether one of them holds the same.
    func contains(_ object: ConfigurationObject) -> Bool { position(of: object) != nil }

    /// - Parameter object: holds what none of them does.
    mutating func add(_ object: ConfigurationObject) {
        if let only {
            note(only, at: 0)
            for place in copies[0] ?? [] { note(place, at: 0) }
        }
        if !all.isEmpty { note(object, at: all.count) }
        all.append(object)
    }

    /// - Parameter object: holds what one of them does.
    mutating func addCopy(_ object: ConfigurationObject) {
        guard let position = position(of: object) else { return }
        copies[position, default: []].append(object.place)
        if only == nil { note(object.place, at: position) }
    }

    private mutating func note(_ object: ConfigurationObject, at position: Int) {
        contents[object.keys] = position
        note(object.place, at: position)
    }

    private mutating func note(_ place: SourcePlace, at position: Int) {
        if positions[place.file]?.last != position { positions[place.file, default: []].append(position) }
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

    /// Where the same stands as at a place, that place first.
    func places(ofSameAs place: SourcePlace) -> [SourcePlace] {
        [place] + (position(of: place).flatMap { copies[$0] } ?? [])
    }

    /// Puts something else in the place of what a key of one of them holds.
    /// - Returns: what it has held; `nil` where there is no such object or key.
    mutating func replace(
        _ key: String, at place: SourcePlace, with content: ConfigurationObject.Content
    ) -> ConfigurationObject.Content? {
        position(of: place).flatMap { all[$0].replace(key, with: content) }
    }
}
