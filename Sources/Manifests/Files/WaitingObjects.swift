import Admission

/// Objects whose containers take something from ConfigMaps and Secrets, until all of these have been read.
///
/// Pods of one owner that are the same to detection wait together: of ten thousand Pods of a Deployment one is kept.
struct WaitingObjects {
    /// Objects that wait together.
    struct Entry {
        let object: ScannedObject
        let request: JoinRequest
        /// Where the containers stand, by their place in the object.
        let places: [String: SourcePlace]
        let file: String
        /// How many of them run in which place, by the container's place in the object.
        var placements: [String: [Placement: Int]]
        var count = 1
    }

    /// All that what is kept of a Pod depends on.
    private struct Key: Hashable {
        let object: ObjectReference
        /// Of two ConfigMaps of one name, the one in the same file is meant.
        let file: String
        let findings: [[ExaminedContainer]]
        let references: ObjectReferences
    }

    private(set) var entries: [Entry] = []
    private var positions: [Key: Int] = [:]
    private var bytesLeft: Int

    /// - Parameter limit: about how many bytes they may take.
    init(limit: Int) {
        bytesLeft = limit
    }

    /// - Returns: whether there was room for it.
    mutating func add(
        _ request: JoinRequest, of object: ScannedObject, file: String,
        placements: [String: [Placement: Int]] = [:], places: () -> [String: SourcePlace]
    ) -> Bool {
        var key: Key?
        if object.isPod, let owner = object.owner {
            let new = Key(
                object: owner, file: file, findings: request.previews.map(\.findings),
                references: request.references)
            if let position = positions[new] {
                entries[position].count += 1
                for (pointer, counts) in placements {
                    entries[position].placements[pointer, default: [:]].merge(counts, uniquingKeysWith: +)
                }
                return true
            }
            key = new
        }
        let bytes = request.bytes
        guard bytes <= bytesLeft else { return false }
        bytesLeft -= bytes
        if let key { positions[key] = entries.count }
        entries.append(
            Entry(
                object: object.detached, request: request, places: places(), file: file,
                placements: placements))
        return true
    }
}
