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
    ///   - known: what was read of the same image before, of which nothing is lost.
    ///   - time: now, RFC 3339.
    /// - Throws: ``ImageError`` when the image cannot be read; what its source throws.
    public func read(
        _ image: StoredImage, containers: [ContainerSpecification] = [], adding known: CatalogueEntry? = nil,
        time: String
    ) throws -> CatalogueEntry {
        let configuration = image.configuration
        var entry = CatalogueEntry(
            digest: image.digest, digests: image.digests, references: image.references,
            platform: configuration.platform.description, entrypoint: configuration.entrypoint,
            cmd: configuration.cmd, environment: configuration.environment,
            workingDirectory: configuration.workingDirectory, user: configuration.user, read: time)
        var search = FileSearch(image, largestWindow: largestWindow)
        if let known, known.digest == entry.digest {
            entry.digests.formUnion(known.digests)
            entry.references.formUnion(known.references)
            search.take(known)
        }
        entry.digests.remove(entry.digest)
        let asking = [ContainerSpecification(image: "")] + containers.prefix(Self.mostContainers)
        for _ in 0..<Self.mostRounds {
            let known = search.known
            let paths = asking.flatMap { unreadPaths(of: $0, entry, known) }
            guard try search.ask(for: paths, step: step) else { break }
        }
        let named = pathsNamed(by: asking, entry, known, among: Array(search.answers.keys))
        for (path, file) in search.answers.sorted(by: { $0.key < $1.key }) {
            switch file {
            case .text(let text): entry.files.append(.init(path: path, text: text))
            // A search along PATH asks for what is not there.
            case .omitted(FileSearch.absent) where !named.contains(path): break
            case .omitted(let reason): entry.omitted.append(.init(path: path, reason: reason))
            }
        }
        entry.omitted = Array(entry.omitted.prefix(CatalogueEntry.mostOmitted))
        entry.dropNeedlessValues()
        return entry
    }

    private func unreadPaths(
        of container: ContainerSpecification, _ entry: CatalogueEntry, _ files: KnownFiles
    ) -> [String] {
        detector.detect(complete(container, entry, files)).unreadPaths
    }

    private func complete(
        _ container: ContainerSpecification, _ entry: CatalogueEntry, _ files: KnownFiles
    ) -> ContainerSpecification {
        var container = container
        container.imageConfiguration = ImageConfiguration(
            entrypoint: entry.entrypoint, command: entry.cmd, environment: entry.environment,
            workingDirectory: entry.workingDirectory, files: files)
        return container
    }

    /// Of the paths that were looked for those that are not only places where a program might be.
    private func pathsNamed(
        by containers: [ContainerSpecification], _ entry: CatalogueEntry, _ known: CatalogueEntry?,
        among paths: [String]
    ) -> Set<String> {
        var named = Set(known?.omitted.map(\.path) ?? [])
        for container in containers {
            named.formUnion(complete(container, entry, KnownFiles()).unreadImageFiles(among: paths))
        }
        return named
    }
}
