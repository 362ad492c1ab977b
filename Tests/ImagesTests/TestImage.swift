import Catalogue
import Images
import OpenSSLTLS
import TestSupport
import UWSGI

/// An OCI layout in memory, made for a test.
final class TestLayout: ImageFolder {
    private(set) var files: [String: [UInt8]] = [:]
    /// How many bytes were asked for.
    private(set) var bytesRead = 0

    init() {}

    init(copying other: TestLayout) { files = other.files }

    func replace(_ path: String, with bytes: [UInt8]) { files[path] = bytes }

    func open(_ path: String) throws -> (stream: ByteStream, size: Int) {
        guard let bytes = files[path] else { throw ImageError("\(path): no such file") }
        var rest = bytes[...]
        return (
            { [self] in
                let chunk = Array(rest.prefix(5000))
                rest = rest.dropFirst(5000)
                bytesRead += chunk.count
                return chunk
            }, bytes.count
        )
    }

    static func digest(_ bytes: [UInt8]) throws -> String {
        "sha256:"
            + (try SHA256.digest(of: bytes)).map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
    }

    /// Puts a blob in, and gives its descriptor.
    func add(_ bytes: [UInt8], type: String, more: String = "") throws -> String {
        let digest = try Self.digest(bytes)
        files["blobs/sha256/" + digest.dropFirst(7)] = bytes
        return #"{"mediaType": "\#(type)", "digest": "\#(digest)", "size": \#(bytes.count)\#(more)}"#
    }

    /// Puts an image in, and gives its manifest's descriptor.
    func addImage(
        _ config: String, layers: [[UInt8]], architecture: String = "amd64", more: String = ""
    ) throws -> String {
        let text = #"{"os": "linux", "architecture": "\#(architecture)", "config": \#(config)}"#
        let configuration = try add(
            Array(text.utf8), type: "application/vnd.oci.image.config.v1+json")
        let blobs = try layers.map { try add($0, type: "application/vnd.oci.image.layer.v1.tar") }
        let manifest =
            #"{"schemaVersion": 2, "config": \#(configuration), "layers": [\#(blobs.joined(separator: ","))]}"#
        return try add(
            Array(manifest.utf8), type: "application/vnd.oci.image.manifest.v1+json",
            more: #", "platform": {"os": "linux", "architecture": "\#(architecture)"}"# + more)
    }

    func setIndex(_ descriptors: [String]) {
        files["index.json"] = Array(
            #"{"schemaVersion": 2, "manifests": [\#(descriptors.joined(separator: ","))]}"#.utf8)
    }

    /// Changes one byte of a file, and leaves its name.
    func damage(_ path: String) {
        guard var bytes = files[path], !bytes.isEmpty else { return }
        bytes[bytes.count / 2] ^= 1
        files[path] = bytes
    }

    /// Reads the one image that is in it.
    func entry(
        asking containers: [ContainerSpecification] = [], adding known: CatalogueEntry? = nil
    ) throws -> CatalogueEntry {
        let images = try OCILayout(self).images(for: ImagePlatform(os: "linux", architecture: "amd64"))
        guard let image = images.first, images.count == 1 else { throw ImageError("\(images.count) images") }
        return try ImageReader().read(
            image, containers: containers, adding: known, time: "2026-11-25T12:00:00Z")
    }

    /// An image with one configuration, of such layers.
    static func entry(_ config: String, _ layers: [[UInt8]]) throws -> CatalogueEntry {
        let layout = TestLayout()
        layout.setIndex([try layout.addImage(config, layers: layers)])
        return try layout.entry()
    }
}

/// Compresses with a real program.
func compressed(_ bytes: [UInt8], by program: String) throws -> [UInt8] {
    try Program.run(named: program, ["-c"], input: bytes).output
}
