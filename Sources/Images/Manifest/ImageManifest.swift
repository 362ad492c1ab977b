import Catalogue
import JSON

/// A manifest: which configuration and which layers make an image (OCI image specification, `manifest.md`; Docker's
/// schema 2 is the same but for its names).
struct ImageManifest {
    var configuration: ImageDescriptor
    var layers: [ImageDescriptor]

    /// The most layers of an image; overlayfs takes some hundred, and Docker 127.
    static let mostLayers = 1024

    init(_ json: JSONValue) throws(ImageError) {
        if json["schemaVersion"]?.integer == 1 {
            throw ImageError(
                "a manifest of schema 1, which registries no longer accept: push the image again with a tool of "
                    + "this decade")
        }
        guard let configuration = json["config"], let layers = json["layers"], layers.kind == .array else {
            throw ImageError("a manifest without config and layers")
        }
        guard layers.count <= Self.mostLayers else {
            throw ImageError("a manifest with more than \(Self.mostLayers) layers")
        }
        self.configuration = try ImageDescriptor(configuration)
        self.layers = []
        for layer in layers.elements { self.layers.append(try ImageDescriptor(layer)) }
    }
}

/// An index: one manifest for each platform (OCI image specification, `image-index.md`; Docker's manifest list is the
/// same but for its names).
struct ImageIndex {
    var manifests: [ImageDescriptor]

    /// The most entries that are read.
    static let mostManifests = 4096

    init(_ json: JSONValue) throws(ImageError) {
        guard let list = json["manifests"], list.kind == .array else {
            throw ImageError("an index without manifests")
        }
        guard list.count <= Self.mostManifests else {
            throw ImageError("an index with more than \(Self.mostManifests) manifests")
        }
        manifests = []
        for manifest in list.elements { manifests.append(try ImageDescriptor(manifest)) }
    }

    /// The images of an index, without what is said of them.
    var images: [ImageDescriptor] { manifests.filter { !$0.isAttestation } }

    /// The image for a platform.
    /// - Throws: ``ImageError`` that names the platforms there are.
    func image(for platform: ImagePlatform) throws(ImageError) -> ImageDescriptor {
        if let image = images.first(where: { $0.platform.map(platform.matches) ?? false }) { return image }
        // Where one image stands alone and says nothing, its configuration says what it is for.
        if images.count == 1, let only = images.first, only.platform == nil { return only }
        let platforms = images.prefix(16).map { $0.platform?.description ?? "unknown" }
        throw ImageError(
            "no image for \(platform), but for \(platforms.joined(separator: ", ")): choose one with --platform"
        )
    }
}
