/// A pattern for image references, as `--uwsgi-image` takes it.
///
/// `*` matches any run of characters. The pattern is matched against the repository, with or without its
/// registry host, tag and digest.
public struct ImagePattern: Sendable, Hashable {
    public let pattern: String

    public init(_ pattern: String) {
        self.pattern = pattern
    }
}
