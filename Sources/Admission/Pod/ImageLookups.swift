import Catalogue
import UWSGI

/// Looks up the images of one review, or of one object, and counts what came of it.
package struct ImageLookups {
    /// The most bytes of images' texts for which one review's budget is raised: each image counts once, and more are
    /// followed as far as the rest of the budget goes.
    static let mostBytes = 4 << 20

    private let catalogue: ImageCatalogue?
    private var budgeted: Set<String> = []
    private var bytes = 0
    /// How many containers' images were found, and how.
    package private(set) var counts: [ImageCatalogue.Match: Int] = [:]

    /// What really runs, by the name of the container.
    private let running: [String: ImageDigest]

    /// - Parameter running: the digests of what really runs, where that is known.
    package init(_ store: CatalogueStore?, running: [String: ImageDigest] = [:]) {
        catalogue = store?.current
        self.running = running
    }

    /// Adds to a container what its image says.
    mutating func complete(_ container: inout PodContainer, _ budget: inout DetectionBudget) {
        guard let catalogue, !container.specification.image.isEmpty else { return }
        var found: (match: ImageCatalogue.Match, configuration: ImageConfiguration?) = (.unknown, nil)
        if let digest = running[container.name] { found = catalogue.configuration(ofImage: "@\(digest)") }
        if found.match == .unknown {
            found = catalogue.configuration(ofImage: container.specification.image)
        }
        counts[found.match, default: 0] += 1
        guard let configuration = found.configuration else { return }
        container.specification.imageConfiguration = configuration
        guard bytes + configuration.textBytes <= Self.mostBytes,
            budgeted.insert(configuration.evidence).inserted
        else { return }
        bytes += configuration.textBytes
        budget.allow(bytes: configuration.textBytes)
    }
}
