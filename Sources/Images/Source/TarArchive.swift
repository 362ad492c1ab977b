/// A tar archive in a file as a folder: where each of its files begins is looked for once.
public struct TarArchive: ImageFolder {
    private let file: any RandomAccessFile
    private var places: [String: (offset: Int, size: Int)] = [:]
    private var links: [String: String] = [:]

    /// The most files in an archive of images; each layer has one to three.
    static let mostFiles = 100_000

    /// - Throws: ``TarError``, ``ImageError``; what the file's reading throws.
    public init(_ file: any RandomAccessFile) throws {
        self.file = file
        let stream = try file.stream(from: 0, count: file.size)
        var isFirst = true
        var reader = TarReader(mostEntries: Self.mostFiles) {
            let chunk = try stream()
            if isFirst, CompressedFormat(chunk) != .none {
                throw ImageError("a compressed archive: decompress it first (gunzip, unzstd)")
            }
            isFirst = false
            return chunk
        }
        while let entry = try reader.next() {
            let path = ImagePath.normalized(entry.path)
            switch entry.kind {
            case .file: places[path] = (entry.offset, entry.size)
            case .hardLink: links[path] = ImagePath.normalized(entry.target)
            // docker save makes one of a layer that it has written before.
            case .symbolicLink: links[path] = entry.target
            case .sparseFile, .folder, .other: break
            }
        }
    }

    public func open(_ path: String) throws -> (stream: ByteStream, size: Int) {
        guard let resolved = ImagePath.resolved(ImagePath.normalized(path), links: links),
            let place = places[resolved]
        else { throw ImageError("\(path) is not in the archive") }
        return (try file.stream(from: place.offset, count: place.size), place.size)
    }
}
