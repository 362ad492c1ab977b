import Catalogue
import UWSGI

/// Looks up the images of one review, or of one object, and counts what came of it.
package struct ImageLookups {
    private let catalogue: ImageCatalogue?
    /// What registries have said; `nil` where they are not asked.
    private let registries: ImageCatalogue?
    /// Images for which the budget was raised: once for each, however many containers run from it.
    private var budgeted: Set<String> = []
    /// How many containers' images were found, and how.
    package private(set) var counts: [ImageCatalogue.Match: Int] = [:]

    /// Images that registries are to be asked for.
    package private(set) var unread: [UnreadImage] = []
    /// Images by tag of which registries have spoken before.
    package private(set) var tagsOfRegistries: Set<String> = []

    /// What really runs, by the name of the container.
    private let running: [String: ImageDigest]

    /// - Parameters:
    ///   - catalogue: what was read beforehand.
    ///   - registries: what registries have said; it has no say where the catalogue knows an image.
    ///   - running: the digests of what really runs, where that is known.
    package init(
        _ catalogue: CatalogueStore?, registries: CatalogueStore? = nil, running: [String: ImageDigest] = [:]
    ) {
        self.catalogue = catalogue?.current
        self.registries = registries?.current
        self.running = running
    }

    /// Adds to a container what its image says.
    mutating func complete(_ container: inout PodContainer, _ budget: inout DetectionBudget) {
        guard catalogue != nil || registries != nil, !container.specification.image.isEmpty else { return }
        let found = configuration(of: container)
        counts[found.match, default: 0] += 1
        guard let configuration = found.configuration else { return }
        container.specification.imageConfiguration = configuration
        if budgeted.insert(configuration.evidence).inserted {
            budget.allow(fileBytes: configuration.textBytes)
        }
    }

    private mutating func configuration(of container: PodContainer) -> ImageCatalogue.Lookup {
        let image = container.specification.image
        if let digest = running[container.name],
            let found = catalogue?.configuration(ofImage: "@\(digest)"), found.match != .unknown
        {
            return found
        }
        if let found = catalogue?.configuration(ofImage: image), found.match != .unknown {
            // Of the very same image registries may have been asked for more files.
            guard let more = registries?.configuration(ofImage: image), more.digest == found.digest else {
                return found
            }
            return more
        }
        guard let found = registries?.configuration(ofImage: image) else { return .unknown }
        if found.match == .tag, tagsOfRegistries.count < UnreadImage.most { tagsOfRegistries.insert(image) }
        return found
    }

    /// Notes an image that nobody has read, or not for what this container starts, and that may say more than was found.
    mutating func note(_ finding: ExaminedContainer) {
        guard registries != nil else { return }
        var container = finding.container.specification
        guard !container.image.isEmpty, finding.leavesOpen else { return }
        var known: CatalogueEntry?
        if container.imageConfiguration != nil {
            guard let entry = entry(lackingFilesOf: finding) else { return }
            known = entry
            container.imageConfiguration = nil
        }
        if let index = unread.firstIndex(where: { $0.name == container.image }) {
            unread[index].add(container)
        } else if unread.count < UnreadImage.most {
            unread.append(UnreadImage(container, known: known))
        }
    }

    /// What is known of a container's image, if the container leads to files of it that nobody has looked for.
    private func entry(lackingFilesOf finding: ExaminedContainer) -> CatalogueEntry? {
        let container = finding.container.specification
        guard UnreadImage.keeps(container),
            !container.unreadImageFiles(among: finding.detection.unreadPaths).isEmpty
        else { return nil }
        let inCatalogue = catalogue?.configuration(ofImage: container.image).digest
        guard let digest = inCatalogue ?? registries?.configuration(ofImage: container.image).digest else {
            return nil
        }
        return registries?.entry(digest) ?? catalogue?.entry(digest)
    }
}
