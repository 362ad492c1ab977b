/// What can be the name of an object in a cluster.
enum KubernetesName {
    /// Whether a text can be a namespace: a DNS label (RFC 1123).
    static func isLabel(_ text: String) -> Bool {
        isSubdomain(text) && text.utf8.count <= 63 && !text.contains(".")
    }

    /// Whether a text can be an object's name: a DNS subdomain (RFC 1123).
    static func isSubdomain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 253 else {
            return false
        }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-.".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
