import Synchronization

/// Where reviews find the current catalogue while another thread replaces it.
public final class CatalogueStore: Sendable {
    private let catalogue: Mutex<ImageCatalogue>

    public init(_ catalogue: ImageCatalogue) { self.catalogue = Mutex(catalogue) }

    public var current: ImageCatalogue { catalogue.withLock { $0 } }

    public func replace(with catalogue: ImageCatalogue) { self.catalogue.withLock { $0 = catalogue } }
}
