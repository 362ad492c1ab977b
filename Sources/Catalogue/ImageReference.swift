import Basics

/// The name of an image, as people write it: `nginx`, `ghcr.io/team/app:1.2`, `localhost:5000/app@sha256:…`.
///
/// Source: github.com/distribution/reference, `reference.go` (the grammar) and `normalize.go` (what is left out).
public struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// The registry's host, with its port where one is written: `docker.io` where none is.
    public let host: String
    /// The repository in it: `library/nginx`.
    public let repository: String
    /// `nil` where there is only a digest.
    public let tag: String?
    public let digest: ImageDigest?

    /// The longest reference that is read, in bytes: a host, 255 for the repository, a tag and a digest.
    static let longest = 1024
    static let defaultHost = "docker.io"
    static let defaultNamespace = "library/"
    static let defaultTag = "latest"

    /// `nil` for what is not a reference.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        var name = text[...]
        var digest: ImageDigest?
        if let at = name.firstIndex(of: "@") {
            guard let read = ImageDigest(String(name[name.index(after: at)...])) else { return nil }
            digest = read
            name = name[..<at]
        }
        var tag: String?
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            let text = name[name.index(after: colon)...]
            guard Self.isTag(text) else { return nil }
            tag = String(text)
            name = name[..<colon]
        }
        guard let (host, repository) = Self.split(name) else { return nil }
        self.host = host
        self.repository = repository
        self.digest = digest
        self.tag = tag ?? (digest == nil ? Self.defaultTag : nil)
    }

    /// Complete: with host, namespace, and tag or digest.
    public var description: String {
        var text = "\(host)/\(repository)"
        if let tag { text += ":\(tag)" }
        if let digest { text += "@\(digest)" }
        return text
    }

    /// The same repository, and the image in it that has a digest, whatever a tag means.
    public func pinned(to digest: ImageDigest) -> ImageReference {
        ImageReference(host: host, repository: repository, tag: nil, digest: digest)
    }

    private init(host: String, repository: String, tag: String?, digest: ImageDigest?) {
        self.host = host
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// Without its digest; `nil` where there is no tag.
    public var tagged: String? { tag.map { "\(host)/\(repository):\($0)" } }

    /// The ways in which a reference by tag can be written: the complete one first.
    public var spellings: [String] {
        guard let tag else { return [] }
        var names = ["\(host)/\(repository)"]
        if host == Self.defaultHost {
            names += ["index.docker.io/\(repository)", repository]
            let short = repository.dropFirst(Self.defaultNamespace.count)
            if repository.hasPrefix(Self.defaultNamespace), !short.contains("/") {
                names += [String(short), "\(host)/\(short)", "index.docker.io/\(short)"]
            }
            // A repository whose first part looks like a host is another image's when it stands alone, and one of 64
            // hexadecimal digits is none's.
            names.removeAll { name in Self.split(name[...]).map { $0 != (host, repository) } ?? true }
        }
        let tagged = names.map { "\($0):\(tag)" }
        return tag == Self.defaultTag ? tagged + names : tagged
    }
}

// MARK: - Grammar

extension ImageReference {
    private static func split(_ name: Substring) -> (host: String, repository: String)? {
        var host = defaultHost
        var repository = name
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            if first.contains(".") || first.contains(":") || first == "localhost"
                || first.utf8.contains(where: \.isUppercaseLetter)
            {
                guard isHost(first) else { return nil }
                host = first == "index.docker.io" ? defaultHost : String(first)
                repository = name[name.index(after: slash)...]
            }
        }
        guard isRepository(repository) else { return nil }
        if host == defaultHost, !repository.contains("/") {
            // 64 hexadecimal digits are the digest of an image without a name.
            if name.utf8.count == 64, name.utf8.allSatisfy(\.isLowercaseHexadecimalDigit) { return nil }
            let complete = defaultNamespace + repository
            return isRepository(complete[...]) ? (host, complete) : nil
        }
        return (host, String(repository))
    }

    /// `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`
    private static func isTag(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, first.isIdentifierByte else {
            return false
        }
        return text.utf8.allSatisfy {
            $0.isIdentifierByte || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isHost(_ text: Substring) -> Bool {
        var name = text
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return false }
            let address = text[text.index(after: text.startIndex)..<close]
            name = text[text.index(after: close)...]
            let isAddress = address.utf8.allSatisfy {
                $0.isHexadecimalDigit || $0 == UInt8(ascii: ":")
            }
            guard !address.isEmpty, isAddress else { return false }
            return name.isEmpty || name.hasPrefix(":") && isPort(name.dropFirst())
        }
        if let colon = name.firstIndex(of: ":") {
            guard isPort(name[name.index(after: colon)...]) else { return false }
            name = name[..<colon]
        }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return first.isAlphanumeric && last.isAlphanumeric
                && label.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 5 && text.utf8.allSatisfy(\.isDecimalDigit)
    }

    private static func isRepository(_ text: Substring) -> Bool {
        guard text.utf8.count <= 255 else { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isPathComponent)
    }

    /// Lower case letters and digits, with one `.`, one or two `_`, or any number of `-` in between.
    private static func isPathComponent(_ text: Substring) -> Bool {
        var separator: [UInt8] = []
        var hasBegun = false
        for byte in text.utf8 {
            switch byte {
            case _ where byte.isLowercaseLetter || byte.isDecimalDigit:
                guard isSeparator(separator) else { return false }
                separator = []
                hasBegun = true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                guard hasBegun else { return false }
                separator.append(byte)
            default: return false
            }
        }
        return hasBegun && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first else { return true }
        switch first {
        case UInt8(ascii: "-"): return bytes.allSatisfy { $0 == first }
        case UInt8(ascii: "_"): return bytes.count <= 2 && bytes.allSatisfy { $0 == first }
        default: return bytes.count == 1
        }
    }
}
