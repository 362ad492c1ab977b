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
        // A name in a layout is a complete reference, or only a tag, of which nobody knows whose.
        let reference = name.flatMap { $0.contains("/") ? ImageReference($0)?.tagged : nil }
        return try ImageResolution(LayoutContent(folder: folder), platform)
            .image(descriptor.digest, references: Set(reference.map { [$0] } ?? []))
    }

    static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        do {
            return try JSONParser(maximumDepth: 64, maximumValues: 1_000_000).parse(bytes)
        } catch {
            throw ImageError("not valid JSON: \(error)")
        }
    }
}

/// The blobs of a layout: manifests lie among them.
private struct LayoutContent: ImageContent {
    let folder: any ImageFolder

    func open(manifest digest: ImageDigest) throws -> (stream: ByteStream, size: Int) {
        try folder.open(Self.path(of: digest))
    }

    func open(blob: ImageDescriptor) throws -> (stream: ByteStream, size: Int) {
        try folder.open(Self.path(of: blob.digest))
    }

    private static func path(of digest: ImageDigest) -> String { "blobs/sha256/\(digest.hexadecimal)" }
}
