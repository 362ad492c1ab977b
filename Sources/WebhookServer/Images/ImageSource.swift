import Catalogue
import UWSGI

/// Where images are read that no catalogue knows.
public struct ImageSource: Sendable {
    /// Reads one image. It may block for minutes; up to ``ImageQueue/Limits/mostRunning`` threads call it.
    /// - Parameters:
    ///   - image: what is to be read.
    ///   - containers: what runs from it.
    ///   - known: what was read before: an image that has not changed since is taken from there.
    public var read:
        @Sendable (_ image: ImageReference, _ containers: [ContainerSpecification], _ known: ImageCatalogue)
            -> Result<CatalogueEntry, ImageReadFailure>
    /// Ends what is being read: each call of `read` is to return soon.
    public var stop: @Sendable () -> Void
    /// Whether a host is asked at all: this machine itself is not a registry of the cluster.
    public var isAllowed: @Sendable (ImageReference) -> Bool

    public init(
        read:
            @escaping @Sendable (ImageReference, [ContainerSpecification], ImageCatalogue) -> Result<
                CatalogueEntry, ImageReadFailure
            >,
        stop: @escaping @Sendable () -> Void = {},
        isAllowed: @escaping @Sendable (ImageReference) -> Bool = { _ in true }
    ) {
        self.read = read
        self.stop = stop
        self.isAllowed = isAllowed
    }
}

/// Why an image could not be read.
public struct ImageReadFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public typealias Reason = ImageFailureReason

    public let reason: Reason
    /// For the log. It holds nothing secret.
    public let description: String

    public init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}

extension ImageFailureReason {
    /// Whether the registry as a whole is to be left alone for a while: another image would fare no better, and the same
    /// may be read later.
    var isOfHost: Bool {
        switch self {
        case .unreachable, .certificate, .tls, .timeout, .rateLimited, .status: true
        case .unauthorized, .notFound, .malformed, .image: false
        }
    }
}
