import Catalogue
import UWSGI

/// An image that nobody has read, or not for what its containers start, and that may say more of it.
public struct UnreadImage: Sendable, Hashable {
    /// As the Pod names it.
    public let name: String
    /// What was read of it before, for others.
    public let known: CatalogueEntry?
    /// What runs from it: its command may lead to further files of the image.
    public private(set) var containers: [ContainerSpecification]

    /// The most images of one review that registries are asked for.
    static let most = 16
    /// The most containers of one image, and how long the text of each may be, in bytes: they are kept until the image
    /// has been read.
    private static let mostContainers = 2
    private static let longestContainer = 16 << 10

    init(_ container: ContainerSpecification, known: CatalogueEntry? = nil) {
        name = container.image
        self.known = known
        containers = []
        add(container)
    }

    /// Whether a container is short enough to be kept.
    static func keeps(_ container: ContainerSpecification) -> Bool {
        container.textBytes - (container.imageConfiguration?.textBytes ?? 0) <= longestContainer
    }

    /// Adds a container, if there is room for it.
    mutating func add(_ container: ContainerSpecification) {
        guard containers.count < Self.mostContainers, Self.keeps(container), !containers.contains(container)
        else { return }
        containers.append(container)
    }
}
