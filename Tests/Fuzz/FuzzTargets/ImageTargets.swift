import Catalogue
import Compression
import Images

/// The name of an image: what is completed means the same again.
func fuzzImageReference(_ bytes: [UInt8]) throws {
    guard let reference = ImageReference(String(decoding: bytes, as: UTF8.self)) else { return }
    try require(ImageReference(reference.description) == reference, "completed, it means something else")
    for spelling in reference.spellings {
        try require(
            ImageReference(spelling)?.tagged == reference.tagged,
            "a spelling means something else: \(spelling)")
    }
}

/// A tar archive: entries lie in it one behind the other, whatever the chunks that it comes in.
func fuzzTar(_ bytes: [UInt8]) throws {
    func entries(_ size: Int) -> [TarReader.Entry] {
        var rest = bytes[...]
        var reader = TarReader(mostEntries: 1024) {
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
        var entries: [TarReader.Entry] = []
        while let entry = try? reader.next() { entries.append(entry) }
        return entries
    }
    let whole = entries(1 << 20)
    try require(whole == entries(7), "chunks change what is read")
    var end = 0
    for entry in whole {
        try require(entry.offset >= end && entry.size >= 0, "entries overlap")
        end = entry.offset
    }
}

/// An index, a manifest and a configuration, each of which may be the input; and a catalogue.
func fuzzImageManifest(_ bytes: [UInt8]) throws {
    let platform = ImagePlatform(os: "linux", architecture: "amd64")
    _ = try? OCILayout(OneFile(bytes: bytes)).images(for: platform)
    _ = try? DockerArchive(OneFile(bytes: bytes)).images(for: platform)
    _ = ConfigurationText.mayBe(bytes)
    for image in (try? ConfigurationText(bytes).images(for: platform)) ?? [] {
        var catalogue = ImageCatalogue()
        catalogue.add(try ImageReader().read(image, time: ""))
        let again = try ImageCatalogue(reading: catalogue.bytes)
        try require(again.bytes == catalogue.bytes, "a catalogue is not what it was, read again")
    }
    guard let catalogue = try? ImageCatalogue(reading: bytes) else { return }
    try require(
        try ImageCatalogue(reading: catalogue.bytes).bytes == catalogue.bytes, "the same, written again")
}

/// Compressed bytes, whole or not: no more comes out than is allowed.
func fuzzCompression(_ bytes: [UInt8]) throws {
    let limit = 1 << 20
    func count(_ next: () throws -> [UInt8]) -> Int {
        var count = 0
        while let chunk = try? next(), !chunk.isEmpty { count += chunk.count }
        return count
    }
    func source() -> () -> [UInt8] {
        var rest = bytes[...]
        return {
            defer { rest = rest.dropFirst(97) }
            return Array(rest.prefix(97))
        }
    }
    let gzip = try GzipReader(limit: limit, source: source())
    try require(count { try gzip.nextChunk() } <= limit, "gzip: more than is allowed")
    // With the window that the webhook allows: a command line's takes more memory than fuzzing has.
    let zstd = try ZstdReader(limit: limit, largestWindow: 8 << 20, source: source())
    try require(count { try zstd.nextChunk() } <= limit, "zstd: more than is allowed")
}

/// A folder in which every file is the same.
private struct OneFile: ImageFolder {
    let bytes: [UInt8]

    func open(_ path: String) -> (stream: ByteStream, size: Int) {
        var rest = bytes
        return (
            {
                defer { rest = [] }
                return rest
            }, bytes.count
        )
    }
}
