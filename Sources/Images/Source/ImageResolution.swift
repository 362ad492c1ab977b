import Catalogue
import JSON

/// Where what a digest names is found: a layout's folder, a registry's repository.
package protocol ImageContent {
    /// Opens a manifest or an index.
    /// - Throws: ``ImageError``; what reading throws.
    func open(manifest digest: ImageDigest) throws -> (stream: ByteStream, size: Int)
    /// Opens a configuration or a layer.
    /// - Throws: ``ImageError``; what reading throws.
    func open(blob: ImageDescriptor) throws -> (stream: ByteStream, size: Int)
}

/// The way from a digest to an image: index, manifest of one platform, configuration, layers; each is verified.
package struct ImageResolution {
    private let content: any ImageContent
    private let platform: ImagePlatform

    /// An index may hold indexes; deeper than this it is taken for a mistake.
    private static let deepestIndex = 4

    package init(_ content: any ImageContent, _ platform: ImagePlatform) {
        self.content = content
        self.platform = platform
    }

    /// - Parameters:
    ///   - digest: of a manifest or an index.
    ///   - references: complete ones, of what Pods call the image.
    /// - Throws: ``ImageError``; what reading throws.
    package func image(_ digest: ImageDigest, references: Set<String>) throws -> StoredImage {
        var digest = digest
        var digests: Set<ImageDigest> = []
        for _ in 0..<Self.deepestIndex {
            let json = try Self.parse(
                try Self.bytes(
                    of: try content.open(manifest: digest), digest, "manifest",
                    limit: OCILayout.largestManifest))
            guard json["manifests"]?.kind == .array else {
                return try image(digest, ImageManifest(json), digests: digests, references: references)
            }
            digests.insert(digest)
            digest = try ImageIndex(json).image(for: platform).digest
        }
        throw ImageError("indexes inside indexes, more than \(Self.deepestIndex) deep")
    }

    private func image(
        _ digest: ImageDigest, _ manifest: ImageManifest, digests: Set<ImageDigest>, references: Set<String>
    ) throws -> StoredImage {
        let bytes = try Self.bytes(
            of: try content.open(blob: manifest.configuration), manifest.configuration.digest,
            "configuration", limit: ImageConfigurationFile.largest)
        return StoredImage(
            digest: digest, digests: digests.union([manifest.configuration.digest]), references: references,
            configuration: try ImageConfigurationFile(try Self.parse(bytes)),
            layers: manifest.layers.map { layer in
                StoredImage.Layer(digest: layer.digest, name: "layer \(layer.digest)") { [content] in
                    try content.open(blob: layer)
                }
            })
    }

    /// Reads content whole, and verifies it.
    private static func bytes(
        of content: (stream: ByteStream, size: Int), _ digest: ImageDigest, _ name: String, limit: Int
    ) throws -> [UInt8] {
        let bytes = try WholeContent.bytes(
            of: content.stream, named: "\(name) \(digest)", size: content.size, limit: limit)
        guard try ImageDigest(of: bytes) == digest else {
            throw ImageError("\(name) \(digest): the content has another digest: fetch the image again")
        }
        return bytes
    }

    private static func parse(_ bytes: [UInt8]) throws -> JSONValue { try OCILayout.parse(bytes) }
}
