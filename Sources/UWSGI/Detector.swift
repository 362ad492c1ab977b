/// Tells whether a container runs a uWSGI server, and with which max-fd.
///
/// A pure function of its input and the settings below.
public struct Detector: Sendable {
    /// An explicit max-fd above this is called excessive. In file descriptors.
    public var ceiling: Int
    /// Images that run uWSGI when the container has no command of its own.
    public var images: [ImagePattern]

    public init(ceiling: Int = 1_048_576, images: [ImagePattern] = []) {
        self.ceiling = ceiling
        self.images = images
    }

    /// Examines one container.
    /// - Parameters:
    ///   - container: the container as its author wrote it.
    ///   - declaration: what its author says of it besides.
    public func detect(
        _ container: ContainerSpecification, declaration: Declaration = .none
    ) -> Detection {
        .none
    }
}
