import Catalogue
import UWSGI

/// The numbers and patterns that an operator chose.
public struct AdmissionSettings: Sendable {
    /// The max-fd to add, in file descriptors.
    public var maxFD: Int
    /// What detection is told: the ceiling, and the images that run uWSGI.
    public var detector: Detector
    /// What an annotation may exempt from strict.
    public var strictExemptions: StrictExemptions
    /// What to make of `envFrom`.
    public var envFrom: EnvFromHandling
    /// What is known of images; `nil` when there is no catalogue.
    public var catalogue: CatalogueStore?
    /// What registries have said of images that the catalogue does not know; `nil` where they are not asked.
    public var registryImages: CatalogueStore?

    public init(
        maxFD: Int = 1_048_576, detector: Detector = Detector(),
        strictExemptions: StrictExemptions = .likely, envFrom: EnvFromHandling = .add,
        catalogue: CatalogueStore? = nil
    ) {
        self.maxFD = maxFD
        self.detector = detector
        self.strictExemptions = strictExemptions
        self.envFrom = envFrom
        self.catalogue = catalogue
    }

    /// The smallest max-fd with which uWSGI can be expected to serve.
    public static let smallestMaxFD = 64
}
