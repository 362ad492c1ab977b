/// A pattern for image references, as `--uwsgi-image` takes it.
///
/// `*` matches any run of characters. The pattern is matched against the repository, with or without its
/// registry host, tag and digest.
public struct ImagePattern: Sendable, Hashable {
    public let pattern: String

    /// The longest image reference that is matched, in bytes; the distribution specification allows 255 for the
    /// repository, and a tag and a digest come on top.
    static let longest = 1024

    public init(_ pattern: String) {
        self.pattern = pattern
    }

    /// Whether the pattern matches an image reference, whole or without its registry host, tag or digest.
    /// Source: github.com/distribution/reference, which tells a host by its dot, its colon or `localhost`.
    public func matches(_ image: String) -> Bool {
        guard image.utf8.count <= Self.longest, !pattern.isEmpty, pattern.utf8.count <= Self.longest else {
            return false
        }
        let wanted = Array(pattern.utf8)
        return Self.spellings(of: image).contains { Wildcard.matches(wanted, Array($0.utf8)) }
    }

    private static func spellings(of image: String) -> [Substring] {
        let undigested = image[..<(image.firstIndex(of: "@") ?? image.endIndex)]
        var untagged = undigested
        if let colon = undigested.lastIndex(of: ":"), !undigested[colon...].contains("/") {
            untagged = undigested[..<colon]
        }
        let whole = [image[...], undigested, untagged]
        return whole + whole.compactMap(withoutHost)
    }

    private static func withoutHost(_ image: Substring) -> Substring? {
        guard let slash = image.firstIndex(of: "/") else { return nil }
        let host = image[..<slash]
        guard host.contains(".") || host.contains(":") || host == "localhost" else { return nil }
        return image[image.index(after: slash)...]
    }
}
