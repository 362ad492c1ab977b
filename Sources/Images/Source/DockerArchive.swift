import Catalogue
import JSON

/// Images in an archive as `docker save` and `skopeo copy docker-archive:` write it.
///
/// Source: moby, `image/tarexport/tarexport.go`, `manifestItem`: `manifest.json` names the configuration, the layers
/// and the tags. There is no manifest as registries have it, and so no digest of one.
public struct DockerArchive: ImageSource {
    private let folder: any ImageFolder
    /// The image to read, by its tag; `nil` for all.
    private let name: String?

    /// The most images in an archive.
    private static let mostImages = 4096

    public init(_ folder: any ImageFolder, name: String? = nil) {
        self.folder = folder
        self.name = name
    }

    public func images(for platform: ImagePlatform) throws -> [StoredImage] {
        let items = try OCILayout.parse(
            try folder.bytes(of: "manifest.json", limit: OCILayout.largestManifest))
        guard items.kind == .array, items.count <= Self.mostImages else {
            throw ImageError("manifest.json is not a list of at most \(Self.mostImages) images")
        }
        let wanted = name.map { ImageReference($0)?.tagged ?? $0 }
        var found: [StoredImage] = []
        var names: [String] = []
        for item in items.elements {
            let references = item["RepoTags"]?.elements.compactMap {
                $0.string.flatMap { ImageReference($0)?.tagged }
            }
            names += references ?? []
            if let wanted, !(references ?? []).contains(wanted) { continue }
            found.append(try image(item, references: Set(references ?? [])))
        }
        guard found.isEmpty else { return found }
        throw ImageError(
            name.map { "no image \($0); there are \(names.prefix(16).joined(separator: ", "))" }
                ?? "no image in the archive")
    }

    private func image(_ item: JSONValue, references: Set<String>) throws -> StoredImage {
        guard let path = item["Config"]?.string else {
            throw ImageError("manifest.json: an image without Config")
        }
        let bytes = try folder.bytes(of: path, limit: ImageConfigurationFile.largest)
        guard let digest = try ImageDigest(of: bytes) else { throw ImageError("\(path): no digest") }
        // The file is named for its digest: HEX.json, or blobs/sha256/HEX.
        let name = path.split(separator: "/").last.map { $0.split(separator: ".").first ?? $0 } ?? ""
        if let named = ImageDigest(hexadecimal: String(name)), named != digest {
            throw ImageError("\(path): the content has another digest: save the image again")
        }
        let configuration = try ImageConfigurationFile(try OCILayout.parse(bytes))
        let paths = item["Layers"]?.elements.compactMap(\.string) ?? []
        guard paths.count == configuration.layers.count, paths.count <= ImageManifest.mostLayers else {
            throw ImageError(
                "\(path): manifest.json has \(paths.count) layers, and the configuration \(configuration.layers.count)"
            )
        }
        return StoredImage(
            digest: digest, digests: [], references: references, configuration: configuration,
            layers: zip(paths, configuration.layers).map { path, digest in
                StoredImage.Layer(digest: digest, name: "layer \(path)", isDigestOfContent: true) {
                    [folder] in
                    try folder.open(path)
                }
            })
    }
}
