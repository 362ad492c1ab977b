import Catalogue
import JSON

/// Images of which only the configuration is at hand: what `crane config` and `skopeo inspect --config` print of one,
/// and `docker inspect` of any number.
public struct ConfigurationText: ImageSource {
    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether a text looks like one of these.
    public static func mayBe(_ bytes: [UInt8]) -> Bool {
        guard let json = try? OCILayout.parse(bytes) else { return false }
        let first = json.kind == .array ? json.elements.first { _ in true } : json
        return first?["rootfs"] != nil || first?["RootFS"] != nil
    }

    public func images(for platform: ImagePlatform) throws -> [StoredImage] {
        let json = try OCILayout.parse(bytes)
        if json.kind == .array {
            var images: [StoredImage] = []
            for element in json.elements { images.append(try inspected(element)) }
            guard !images.isEmpty else { throw ImageError("an empty list: docker inspect found no image") }
            return images
        }
        if json["RootFS"] != nil { return [try inspected(json)] }
        // As the registry has it, its digest names the image; printed otherwise, it is still one that nothing else has.
        guard let digest = try ImageDigest(of: bytes) else { throw ImageError("no digest") }
        return [
            StoredImage(
                digest: digest, digests: [], references: [],
                configuration: try ImageConfigurationFile(json), layers: nil)
        ]
    }

    /// What `docker inspect` prints of an image.
    private func inspected(_ json: JSONValue) throws -> StoredImage {
        let configuration = try ImageConfigurationFile(inspected: json)
        guard let id = json["Id"]?.string.flatMap({ ImageDigest($0) }) else {
            throw ImageError("docker inspect: Id is not a digest: inspect an image, and not a container")
        }
        var digests: Set<ImageDigest> = []
        for reference in Self.references(json["RepoDigests"]) {
            if let digest = reference.digest { digests.insert(digest) }
        }
        let references = Set(Self.references(json["RepoTags"]).compactMap(\.tagged))
        return StoredImage(
            digest: id, digests: digests, references: references, configuration: configuration, layers: nil)
    }

    private static func references(_ list: JSONValue?) -> [ImageReference] {
        guard let list else { return [] }
        return list.elements.prefix(256).compactMap { $0.string.flatMap { ImageReference($0) } }
    }
}
