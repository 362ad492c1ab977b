import Catalogue
import Compression
import UWSGI

/// Makes a catalogue's entry of an image: reads of its files what detection asks for, and asks again, until nothing is
/// left to ask.
public struct ImageReader {
    private let detector: Detector
    /// What progress is shown of: how many bytes of layers were read.
    private let step: (Int) -> Void

    /// How often an image's layers are read at most: a script names the next, which names a configuration, which
    /// includes another.
    static let mostRounds = 12
    /// The most containers whose questions are asked of one image.
    static let mostContainers = 256

    /// How much memory Zstandard may take for one layer where nobody says less, in bytes.
    public static let largestWindow = ZstdReader.largestWindow

    private let largestWindow: Int

    /// - Parameters:
    ///   - largestWindow: how much memory Zstandard may take for one layer, a power of two in bytes.
    ///   - step: told how many bytes of layers were read.
    public init(
        detector: Detector = Detector(), largestWindow: Int = Self.largestWindow,
        step: @escaping (Int) -> Void = { _ in }
    ) {
        self.detector = detector
        self.largestWindow = largestWindow
        self.step = step
    }

    /// Reads an image.
    /// - Parameters:
    ///   - containers: containers that run from the image, whose command and arguments lead to files of their own; a
    ///     container without any is asked for in any case.
    ///   - time: now, RFC 3339.
    /// - Throws: ``ImageError`` when the image cannot be read; what its source throws.
    public func read(
        _ image: StoredImage, containers: [ContainerSpecification] = [], time: String
    ) throws -> CatalogueEntry {
        let configuration = image.configuration
        var entry = CatalogueEntry(
            digest: image.digest, digests: image.digests, references: image.references,
            platform: configuration.platform.description, entrypoint: configuration.entrypoint,
            cmd: configuration.cmd, environment: configuration.environment,
            workingDirectory: configuration.workingDirectory, user: configuration.user, read: time)
        entry.digests.remove(entry.digest)
        var search = FileSearch(image, largestWindow: largestWindow)
        let asking = [ContainerSpecification(image: "")] + containers.prefix(Self.mostContainers)
        for _ in 0..<Self.mostRounds {
            let known = search.known
            let paths = asking.flatMap { unreadPaths(of: $0, entry, known) }
            guard try search.ask(for: paths, step: step) else { break }
        }
        let searchPath = Self.searchPath(of: entry)
        for (path, file) in search.answers.sorted(by: { $0.key < $1.key }) {
            switch file {
            case .text(let text): entry.files.append(.init(path: path, text: text))
            // A search along PATH asks for what is not there.
            case .omitted(FileSearch.absent) where searchPath.contains(ImagePath.parent(path)): break
            case .omitted(let reason): entry.omitted.append(.init(path: path, reason: reason))
            }
        }
        entry.dropNeedlessValues()
        return entry
    }

    private func unreadPaths(
        of container: ContainerSpecification, _ entry: CatalogueEntry, _ files: KnownFiles
    ) -> [String] {
        var container = container
        container.imageConfiguration = ImageConfiguration(
            entrypoint: entry.entrypoint, command: entry.cmd, environment: entry.environment,
            workingDirectory: entry.workingDirectory, files: files)
        return detector.detect(container).unreadPaths
    }

    private static func searchPath(of entry: CatalogueEntry) -> Set<String> {
        let usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        var path = usual
        for variable in entry.environment where variable.name == "PATH" {
            if case .literal(let value) = variable.value { path = value }
        }
        return Set(path.split(separator: ":").map { ImagePath.normalized(String($0)) })
    }
}
