import Catalogue
import JSON

/// Images in an OCI layout: a folder, or an archive of one (OCI image specification, `image-layout.md`).
public struct OCILayout: ImageSource {
    private let folder: any ImageFolder
    /// The image to read, by its name in the layout; `nil` for all.
    private let name: String?

    /// The largest manifest or index that is read, in bytes: registries take 4 MiB (distribution specification, "Pushing
    /// Manifests").
    static let largestManifest = 4 << 20
    /// An index may hold indexes; deeper than this it is taken for a mistake.
    private static let deepestIndex = 4

    public init(_ folder: any ImageFolder, name: String? = nil) {
        self.folder = folder
        self.name = name
    }

    public func images(for platform: ImagePlatform) throws -> [StoredImage] {
        let index = try ImageIndex(
            try Self.parse(try folder.bytes(of: "index.json", limit: Self.largestManifest)))
        var found: [StoredImage] = []
        var names: [String] = []
        for descriptor in index.images {
            let called = descriptor.annotations["org.opencontainers.image.ref.name"]
            names.append(called ?? descriptor.digest.description)
            if let name, called != name, descriptor.digest.description != name { continue }
            // Of an index of platforms, as buildx writes it at the top, one image is meant.
            if name == nil, called == nil, index.images.count > 1, let own = descriptor.platform,
                !platform.matches(own)
            {
                continue
            }
            found.append(try image(descriptor, called: called, platform))
        }
        guard found.isEmpty else { return found }
        if let name {
            throw ImageError("no image \(name); there are \(names.prefix(16).joined(separator: ", "))")
        }
        throw ImageError("no image for \(platform)")
    }

    private func image(
        _ descriptor: ImageDescriptor, called name: String?, _ platform: ImagePlatform
    ) throws -> StoredImage {
        var descriptor = descriptor
        var digests: Set<ImageDigest> = []
        for _ in 0..<Self.deepestIndex {
            let json = try Self.parse(try blob(descriptor, limit: Self.largestManifest))
            guard descriptor.isIndex || json["manifests"]?.kind == .array else {
                return try image(
                    descriptor, ImageManifest(json), digests: digests, called: name)
            }
            digests.insert(descriptor.digest)
            descriptor = try ImageIndex(json).image(for: platform)
        }
        throw ImageError("indexes inside indexes, more than \(Self.deepestIndex) deep")
    }

    private func image(
        _ descriptor: ImageDescriptor, _ manifest: ImageManifest, digests: Set<ImageDigest>,
        called name: String?
    ) throws -> StoredImage {
        let configuration = try ImageConfigurationFile(
            try Self.parse(try blob(manifest.configuration, limit: ImageConfigurationFile.largest)))
        // A name in a layout is a complete reference, or only a tag, of which nobody knows whose.
        let reference = name.flatMap { $0.contains("/") ? ImageReference($0)?.tagged : nil }
        return StoredImage(
            digest: descriptor.digest, digests: digests.union([manifest.configuration.digest]),
            references: Set(reference.map { [$0] } ?? []), configuration: configuration,
            layers: manifest.layers.map { layer in
                StoredImage.Layer(digest: layer.digest, name: "layer \(layer.digest)") { [folder] in
                    try folder.open(Self.path(of: layer.digest))
                }
            })
    }

    /// Reads a blob whole, and verifies it.
    private func blob(_ descriptor: ImageDescriptor, limit: Int) throws -> [UInt8] {
        let path = Self.path(of: descriptor.digest)
        let bytes = try folder.bytes(of: path, limit: limit)
        guard try ImageDigest(of: bytes) == descriptor.digest else {
            throw ImageError("\(path): the content has another digest: fetch the image again")
        }
        return bytes
    }

    private static func path(of digest: ImageDigest) -> String { "blobs/sha256/\(digest.hexadecimal)" }

    static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        do {
            return try JSONParser(maximumDepth: 64, maximumValues: 1_000_000).parse(bytes)
        } catch {
            throw ImageError("not valid JSON: \(error)")
        }
    }
}
