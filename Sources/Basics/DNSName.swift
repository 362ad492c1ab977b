/// The names of RFC 1123, as Kubernetes reads them: lower-case letters, digits and hyphens.
/// Source: Kubernetes `staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go`, `IsDNS1123Label`,
/// `IsDNS1123Subdomain`.
public enum DNSName {
    /// The most bytes of a label.
    public static let longestLabel = 63
    /// The most bytes of a name.
    public static let longest = 253

    /// Whether a text can be a namespace or a container's name: one label.
    public static func isLabel(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= longestLabel && isPart(text)
    }

    /// Whether a text can be an object's name: a subdomain. Kubernetes limits the length of the whole only.
    public static func isSubdomain(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= longest
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isPart($0) }
    }

    /// Whether a label may hold this character.
    public static func isLabelByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: "-")
    }

    /// Whether it begins and ends with a letter or a digit, and holds nothing but what a label may hold.
    private static func isPart(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first) else { return false }
        var last = first
        for byte in text.utf8 {
            guard isLabelByte(byte) else { return false }
            last = byte
        }
        return isLetterOrDigit(last)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        byte.isLowercaseLetter || byte.isDecimalDigit
    }
}
