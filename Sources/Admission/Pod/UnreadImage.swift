import UWSGI

/// An image that nobody has read and that may say more of what its containers start.
public struct UnreadImage: Sendable, Hashable {
    /// As the Pod names it.
    public let name: String
    /// What runs from it: its command may lead to further files of the image.
    public private(set) var containers: [ContainerSpecification]

    /// The most images of one review that registries are asked for.
    static let most = 16
    /// The most containers of one image, and how long the text of each may be, in bytes: they are kept until the image
    /// has been read.
    private static let mostContainers = 2
    private static let longestContainer = 16 << 10

    init(_ container: ContainerSpecification) {
        name = container.image
        containers = []
        add(container)
    }

    /// Adds a container, if there is room for it.
    mutating func add(_ container: ContainerSpecification) {
        guard containers.count < Self.mostContainers, container.textBytes <= Self.longestContainer,
            !containers.contains(container)
        else { return }
        containers.append(container)
    }
}
