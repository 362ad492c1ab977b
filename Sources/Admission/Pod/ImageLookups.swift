import Catalogue
import UWSGI

/// Looks up the images of one review, or of one object, and counts what came of it.
package struct ImageLookups {
    private let catalogue: ImageCatalogue?
    /// Images for which the budget was raised: once for each, however many containers run from it.
    private var budgeted: Set<String> = []
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
        if budgeted.insert(configuration.evidence).inserted {
            budget.allow(fileBytes: configuration.textBytes)
        }
    }
}
