import Catalogue
import JSON

/// What points at a manifest, a configuration or a layer (OCI image specification, `descriptor.md`).
package struct ImageDescriptor {
    var mediaType: String
    package var digest: ImageDigest
    /// In bytes.
    package var size: Int
    /// `nil` where nothing is said of a platform.
    var platform: ImagePlatform?
    var annotations: [String: String]

    /// The most annotations that are read.
    private static let mostAnnotations = 256

    init(_ json: JSONValue) throws(ImageError) {
        guard json.kind == .object else { throw ImageError("a descriptor is not an object") }
        mediaType = json["mediaType"]?.string ?? ""
        guard let text = json["digest"]?.string, let digest = ImageDigest(text) else {
            throw ImageError("a descriptor's digest is not sha256: and 64 hexadecimal digits in lower case")
        }
        self.digest = digest
        guard let size = json["size"]?.integer, size >= 0 else {
            throw ImageError("the descriptor of \(digest) has no size")
        }
        self.size = size
        platform = json["platform"].flatMap { ImagePlatform($0) }
        annotations = [:]
        guard let members = json["annotations"]?.members else { return }
        for member in members.prefix(Self.mostAnnotations) { annotations[member.name] = member.value.string }
    }

    /// Whether it points at what BuildKit says of an image, a provenance for instance, and not at an image.
    /// Source: moby/buildkit, `docs/attestations/attestation-storage.md`.
    var isAttestation: Bool {
        annotations["vnd.docker.reference.type"] != nil || platform?.os == "unknown"
    }
}

/// What an image runs on: `linux/amd64`, `linux/arm/v7`.
public struct ImagePlatform: Sendable, Hashable, CustomStringConvertible {
    public var os: String
    public var architecture: String
    /// Empty for any.
    public var variant: String

    public init(os: String, architecture: String, variant: String = "") {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// What is read where nobody names a platform: almost every node's.
    public static let usual = ImagePlatform(os: "linux", architecture: "amd64")

    /// `nil` for what is not two or three names with slashes in between.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 64 }) else {
            return nil
        }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : "")
    }

    init?(_ json: JSONValue) {
        guard let os = json["os"]?.string, let architecture = json["architecture"]?.string else { return nil }
        self.init(os: os, architecture: architecture, variant: json["variant"]?.string ?? "")
    }

    public var description: String {
        "\(os)/\(architecture)" + (variant.isEmpty ? "" : "/\(variant)")
    }

    /// Whether an image for `other` is what is asked for.
    package func matches(_ other: ImagePlatform) -> Bool {
        os == other.os && architecture == other.architecture && (variant.isEmpty || variant == other.variant)
    }
}
