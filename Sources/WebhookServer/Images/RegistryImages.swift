import Catalogue
import NIOCore

/// What registries have said, as far as there is room: what was read longest ago goes first.
struct RegistryImages {
    private(set) var catalogue = ImageCatalogue(of: .registry)
    /// In bytes.
    private(set) var size = 0
    private var entries: [ImageDigest: Entry] = [:]
    /// The order of reading, oldest first.
    private var order: [ImageDigest] = []
    /// When a registry said what a tag means.
    private var tags: [String: NIODeadline] = [:]
    private let mostBytes: Int
    private let mostImages: Int

    private struct Entry {
        var size: Int
        /// In seconds since 1970.
        var read: Int
        /// How often it was read, for containers that lead to ever more of its files.
        var readings: Int
    }

    /// How often an image is read at most while it is known.
    static let mostReadings = 8

    /// For how long a tag is taken to mean the same image.
    static let tagLifetime = TimeAmount.minutes(5)

    init(mostBytes: Int = 16 << 20, mostImages: Int = 2000) {
        self.mostBytes = mostBytes
        self.mostImages = mostImages
    }

    var count: Int { entries.count }

    /// When the one was read that was read longest ago, in seconds since 1970; `nil` where there is none.
    var oldest: Int? { entries.values.lazy.map(\.read).min() }

    /// - Parameters:
    ///   - image: what was asked for.
    ///   - time: now, in seconds since 1970.
    mutating func add(_ entry: CatalogueEntry, for image: ImageReference, time: Int, now: NIODeadline) {
        catalogue.add(entry)
        guard let added = catalogue.entry(entry.digest) else { return }
        let bytes = added.byteCount
        // A tag that is looked at again does not make the image be read again.
        let readings = (entries[entry.digest]?.readings ?? 0) + (image.digest == nil ? 0 : 1)
        forget(entry.digest)
        entries[entry.digest] = Entry(size: bytes, read: time, readings: readings)
        order.append(entry.digest)
        size += bytes
        // A tag of which only a catalogue has said what it means is to be asked for when the catalogue says it no more.
        for tag in added.references where tags[tag] == nil { tags[tag] = now }
        if let tag = image.tagged { tags[tag] = now + Self.tagLifetime }
        while size > mostBytes || count > mostImages, let oldest = order.first {
            for tag in catalogue.entry(oldest)?.references ?? [] { tags[tag] = nil }
            catalogue.remove(oldest)
            forget(oldest)
        }
    }

    private mutating func forget(_ digest: ImageDigest) {
        guard let known = entries.removeValue(forKey: digest) else { return }
        size -= known.size
        order.removeAll { $0 == digest }
    }

    /// Whether an image is worth reading once more.
    func mayBeRead(_ image: ImageReference) -> Bool {
        guard let known = image.digest.flatMap({ entries[$0] }) else { return true }
        return known.readings < Self.mostReadings
    }

    /// Whether a tag may mean another image by now. What is known of it is used until a registry has said so.
    func isStale(_ image: ImageReference, now: NIODeadline) -> Bool {
        guard image.digest == nil, let tag = image.tagged, let end = tags[tag] else { return false }
        return end <= now
    }
}
