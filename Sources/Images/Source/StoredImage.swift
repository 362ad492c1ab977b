import Catalogue

/// An image that a source holds: what its configuration says, and its layers to read.
public struct StoredImage {
    /// Of its manifest, or of its configuration where there is no manifest.
    public var digest: ImageDigest
    /// Others that mean the same.
    public var digests: Set<ImageDigest>
    /// Complete references, where the source has them.
    public var references: Set<String>
    let configuration: ImageConfigurationFile
    /// From the lowest; `nil` where only the configuration is at hand.
    let layers: [Layer]?

    /// A layer, compressed or not.
    struct Layer {
        /// Of the bytes that ``open`` gives.
        var digest: ImageDigest
        /// What the layer is called in messages.
        var name: String
        /// Of the bytes once they are decompressed, should ``digest`` not be known of them as they are.
        var isDigestOfContent = false
        var open: () throws -> (stream: ByteStream, size: Int)
    }
}

/// A place that holds images.
public protocol ImageSource {
    /// The images in it, for one platform.
    /// - Throws: ``ImageError``; what reading throws.
    func images(for platform: ImagePlatform) throws -> [StoredImage]
}
