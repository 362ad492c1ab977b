import Basics

/// What a manifest, a configuration or a layer is named by: the SHA-256 of its bytes.
///
/// Source: OCI image specification, `descriptor.md`, "Digests". SHA-512 is allowed there, and no registry uses it.
public struct ImageDigest: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 64 hexadecimal digits, in lower case.
    public let hexadecimal: String

    /// `nil` for what is not `sha256:` and 64 digits.
    public init?(_ text: String) {
        let prefix = "sha256:"
        guard text.hasPrefix(prefix) else { return nil }
        self.init(hexadecimal: String(text.dropFirst(prefix.count)))
    }

    /// `nil` for what is not 64 digits.
    public init?(hexadecimal: String) {
        guard hexadecimal.utf8.count == 64, hexadecimal.utf8.allSatisfy(\.isLowercaseHexadecimalDigit) else {
            return nil
        }
        self.hexadecimal = hexadecimal
    }

    public var description: String { "sha256:" + hexadecimal }

    /// Short enough for a report, long enough to find it by.
    var short: String { "sha256:" + hexadecimal.prefix(12) }

    public static func < (one: ImageDigest, other: ImageDigest) -> Bool {
        one.hexadecimal < other.hexadecimal
    }
}
