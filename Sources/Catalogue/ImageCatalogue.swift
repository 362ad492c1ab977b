import JSON
import UWSGI

/// What images start, read beforehand: so that nobody has to ask a registry while a Pod waits.
public struct ImageCatalogue: Sendable {
    /// By the digest of the platform's manifest.
    private var entriesByDigest: [ImageDigest: CatalogueEntry] = [:]
    private var lookupsByDigest: [String: Lookup] = [:]
    /// By every way in which a tag can be written, so that finding one is looking up one text.
    private var lookupsByName: [String: Lookup] = [:]
    /// Which image a complete reference means.
    private var digestsByReference: [String: ImageDigest] = [:]
    /// Which entry any digest means.
    private var entryDigests: [ImageDigest: ImageDigest] = [:]

    /// The largest catalogue that is read, in bytes.
    public static let largestFile = 64 << 20
    /// The most images in a catalogue.
    public static let mostEntries = 100_000

    /// Where its entries come from, as evidence says it.
    public enum Origin: String, Sendable, Hashable {
        /// A file that was made beforehand.
        case catalogue
        /// Registries, asked while Pods are reviewed.
        case registry
    }

    private let origin: Origin
    /// Entries that come from elsewhere.
    private var origins: [ImageDigest: Origin] = [:]

    public init(of origin: Origin = .catalogue) { self.origin = origin }

    /// The entries, by digest.
    public var entries: [CatalogueEntry] {
        entriesByDigest.values.sorted { $0.digest < $1.digest }
    }

    public var count: Int { entriesByDigest.count }

    /// How an image was found.
    public enum Match: String, Sendable, Hashable, CaseIterable {
        case digest, tag, unknown
    }

    /// What is known of the image that a container names.
    public struct Lookup: Sendable {
        public var match: Match
        public var configuration: ImageConfiguration?
        /// The entry's.
        public var digest: ImageDigest?

        public static let unknown = Lookup(match: .unknown)
    }

    /// Looks up the image that a container names.
    ///
    /// A digest counts alone, as it does for a container runtime; a tag is only asked for where there is no digest.
    public func configuration(ofImage image: String) -> Lookup {
        guard let at = image.utf8.lastIndex(of: UInt8(ascii: "@")) else {
            return lookupsByName[image] ?? .unknown
        }
        return lookupsByDigest[String(image[image.utf8.index(after: at)...])] ?? .unknown
    }

    /// The entry that a digest means.
    public func entry(_ digest: ImageDigest) -> CatalogueEntry? {
        entryDigests[digest].flatMap { entriesByDigest[$0] }
    }

    /// The entry that a reference means.
    public func entry(_ reference: ImageReference) -> CatalogueEntry? {
        if let digest = reference.digest { return entry(digest) }
        return reference.tagged.flatMap { digestsByReference[$0] }.flatMap { entriesByDigest[$0] }
    }

    /// Adds what was read of an image, in place of what was known of it. Its tags mean no other image any more.
    /// - Parameter origin: where it comes from; the catalogue's own origin when `nil`.
    public mutating func add(_ entry: CatalogueEntry, from origin: Origin? = nil) {
        note(entry, from: origin)
        if let known = entriesByDigest[entry.digest] { makeLookups(of: known) }
    }

    /// Forgets an image.
    public mutating func remove(_ digest: ImageDigest) {
        if let known = entriesByDigest[digest] { remove(known) }
        origins[digest] = nil
    }

    /// Adds an entry for which there are no lookups yet. It takes as long as the entry is large, however many names and
    /// digests of the image are known.
    private mutating func note(_ added: CatalogueEntry, from origin: Origin?) {
        var entry = added
        let digest = entry.digest
        origins[digest] = origin
        for other in entry.digests.union([digest]) { entryDigests[other] = digest }
        for reference in entry.references {
            guard let other = digestsByReference.updateValue(digest, forKey: reference), other != digest
            else { continue }
            entriesByDigest[other]?.references.remove(reference)
        }
        if var known = entriesByDigest.removeValue(forKey: digest) {
            // The few that came go to the many that are known.
            swap(&known.digests, &entry.digests)
            swap(&known.references, &entry.references)
            entry.digests.formUnion(known.digests)
            entry.references.formUnion(known.references)
        }
        entry.digests.remove(digest)
        entriesByDigest[digest] = entry
    }

    private mutating func makeLookups(of entry: CatalogueEntry) {
        let origin = origins[entry.digest] ?? origin
        let exact = entry.exactConfiguration(from: origin)
        let lookup = Lookup(match: .digest, configuration: exact, digest: entry.digest)
        for digest in entry.digests.union([entry.digest]) where entryDigests[digest] == entry.digest {
            lookupsByDigest[digest.description] = lookup
        }
        for text in entry.references where digestsByReference[text] == entry.digest {
            guard let reference = ImageReference(text), let tag = reference.tag else { continue }
            let lookup = Lookup(
                match: .tag, configuration: entry.configuration(tag: tag[...], from: origin, of: exact),
                digest: entry.digest)
            for spelling in reference.spellings { lookupsByName[spelling] = lookup }
        }
    }

    private mutating func remove(_ entry: CatalogueEntry) {
        entriesByDigest[entry.digest] = nil
        for digest in entry.digests.union([entry.digest]) where entryDigests[digest] == entry.digest {
            lookupsByDigest[digest.description] = nil
            entryDigests[digest] = nil
        }
        for text in entry.references where digestsByReference[text] == entry.digest {
            digestsByReference[text] = nil
            for spelling in ImageReference(text)?.spellings ?? [] { lookupsByName[spelling] = nil }
        }
    }
}

// MARK: - As a file

extension ImageCatalogue {
    /// Reads a catalogue: one JSON object a line.
    /// - Throws: ``CatalogueError`` that names the line.
    public init(reading bytes: [UInt8]) throws(CatalogueError) {
        self.init()
        guard bytes.count <= Self.largestFile else {
            throw CatalogueError("larger than \(Self.largestFile >> 20) MiB")
        }
        let parser = JSONParser(maximumDepth: 16, maximumValues: 1_000_000)
        var line = 0
        for text in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            guard text.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
            guard count < Self.mostEntries else {
                throw CatalogueError("line \(line): more than \(Self.mostEntries) images")
            }
            let json: JSONValue
            do {
                json = try parser.parse(Array(text))
            } catch {
                throw CatalogueError("line \(line): not valid JSON: \(error)")
            }
            do {
                note(try CatalogueEntry(json), from: nil)
            } catch {
                throw CatalogueError("line \(line): \(error)")
            }
        }
        // In the end, once for each image, for its lines may be many.
        for entry in entriesByDigest.values { makeLookups(of: entry) }
    }

    /// The catalogue as a file, sorted by digest: the same images give the same bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        // Each into a buffer of its own: one that is handed on whole would be copied for every entry.
        for entry in entries {
            var line: [UInt8] = []
            entry.write(to: &line)
            bytes += line
        }
        return bytes
    }
}
