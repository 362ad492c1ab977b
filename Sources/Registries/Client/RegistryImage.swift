import Catalogue
import Images
import NIOCore
import NIOHTTP1
import System

extension RegistryClient {
    /// What manifests and indexes may be; schema 1 is asked for too, so that it can be refused by its name.
    private static let manifestTypes = [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]

    /// Which manifest or index a tag means now. Registries do not count this as a pull.
    /// - Returns: `nil` where the registry does not say.
    /// - Throws: ``RegistryError``
    public func digest(of reference: ImageReference) throws(RegistryError) -> ImageDigest? {
        if let digest = reference.digest { return digest }
        guard let tag = reference.tag else { return nil }
        let answer = try get(
            reference, path: "manifests/\(tag)", method: .HEAD, accept: Self.manifestTypes,
            deadline: .now() + limits.image)
        let digest = answer.header("Docker-Content-Digest").flatMap { ImageDigest($0) }
        answer.discard()
        return digest
    }

    /// An image, whose layers are read as they are asked for, all within one deadline.
    /// - Parameter digest: what ``digest(of:)`` has found out, if anything.
    /// - Throws: ``RegistryError``, ``ImageError``
    public func image(
        _ reference: ImageReference, digest: ImageDigest?, for platform: ImagePlatform
    ) throws -> StoredImage {
        let content = RegistryContent(client: self, reference: reference, deadline: .now() + limits.image)
        let digest = try digest ?? reference.digest ?? content.digestOfTag()
        let references = Set(reference.tagged.map { [$0] } ?? [])
        return try ImageResolution(content, platform).image(digest, references: references)
    }

    /// A repository, as far as one image needs it.
    private final class RegistryContent: ImageContent {
        private let client: RegistryClient
        private let reference: ImageReference
        private let deadline: NIODeadline
        /// What the registry gave for a tag, with its digest.
        private var manifest: (digest: ImageDigest, bytes: [UInt8])?
        private let layers = LayerSpool()
        /// In bytes.
        private var fetched = 0

        init(client: RegistryClient, reference: ImageReference, deadline: NIODeadline) {
            self.client = client
            self.reference = reference
            self.deadline = deadline
        }

        /// Where HEAD does not say, the manifest itself does.
        func digestOfTag() throws -> ImageDigest {
            guard let tag = reference.tag else { throw ImageError("\(reference): neither tag nor digest") }
            let answer = try client.get(
                reference, path: "manifests/\(tag)", accept: manifestTypes, deadline: deadline)
            let bytes = try answer.body(limit: RegistryContent.largestManifest)
            guard let digest = try ImageDigest(of: bytes) else { throw ImageError("\(reference): no digest") }
            manifest = (digest, bytes)
            return digest
        }

        private static let largestManifest = 4 << 20

        func open(manifest digest: ImageDigest) throws -> (stream: ByteStream, size: Int) {
            if let manifest, manifest.digest == digest {
                var rest = manifest.bytes
                return (
                    {
                        defer { rest = [] }
                        return rest
                    }, manifest.bytes.count
                )
            }
            let answer = try client.get(
                reference, path: "manifests/\(digest)", accept: manifestTypes, deadline: deadline)
            return ({ try answer.nextChunk() }, answer.announcedSize ?? 0)
        }

        func open(blob: ImageDescriptor) throws -> (stream: ByteStream, size: Int) {
            if let kept = layers.stream(of: blob.digest) { return (kept, blob.size) }
            guard blob.size <= client.limits.largestLayer else {
                throw ImageError(
                    "blob \(blob.digest): \(blob.size >> 20) MiB, more than the \(client.limits.largestLayer >> 20) MiB "
                        + "that are read of one layer")
            }
            guard fetched + blob.size <= client.limits.largestImage else {
                throw ImageError(
                    "\(reference): more than the \(client.limits.largestImage >> 20) MiB that are read of one image"
                )
            }
            fetched += blob.size
            let answer = try client.get(reference, path: "blobs/\(blob.digest)", deadline: deadline)
            if let announced = answer.announcedSize, announced != blob.size {
                throw ImageError(
                    "blob \(blob.digest): the registry announces \(announced) bytes, and the manifest \(blob.size)"
                )
            }
            var count = 0
            let stream: ByteStream = {
                let chunk = try answer.nextChunk()
                count += chunk.count
                guard count <= blob.size else {
                    throw ImageError(
                        "blob \(blob.digest): the registry sends more than the \(blob.size) bytes of the manifest"
                    )
                }
                return chunk
            }
            return (try layers.keeping(stream, digest: blob.digest), blob.size)
        }
    }
}
