import Catalogue
import JSON
import UWSGI

/// An image's configuration: what it starts, with what, and which layers it has (OCI image specification, `config.md`).
struct ImageConfigurationFile {
    var platform: ImagePlatform
    var entrypoint: [String] = []
    var cmd: [String] = []
    var environment: [EnvironmentVariable] = []
    var workingDirectory = ""
    var user = ""
    /// The digests of the layers, decompressed.
    var layers: [ImageDigest] = []

    /// The largest configuration that is read, in bytes: histories are long.
    static let largest = 4 << 20

    /// Reads `config.md`'s form.
    init(_ json: JSONValue) throws(ImageError) {
        guard json.kind == .object, let os = json["os"]?.string,
            let architecture = json["architecture"]?.string
        else { throw ImageError("not an image's configuration: os and architecture are missing") }
        platform = ImagePlatform(os: os, architecture: architecture, variant: json["variant"]?.string ?? "")
        if let layers = json["rootfs"]?["diff_ids"] {
            for layer in layers.elements {
                guard let digest = layer.string.flatMap({ ImageDigest($0) }) else {
                    throw ImageError("the configuration's diff_ids hold what is not a digest")
                }
                self.layers.append(digest)
            }
        }
        if let settings = json["config"], !settings.isNull { try read(settings) }
    }

    /// Reads what `docker inspect` prints of one image.
    init(inspected json: JSONValue) throws(ImageError) {
        guard let os = json["Os"]?.string, let architecture = json["Architecture"]?.string,
            let settings = json["Config"]
        else {
            throw ImageError(
                "not what docker inspect prints of an image: Os, Architecture or Config is missing")
        }
        platform = ImagePlatform(os: os, architecture: architecture, variant: json["Variant"]?.string ?? "")
        try read(settings)
    }

    private mutating func read(_ settings: JSONValue) throws(ImageError) {
        entrypoint = try Self.words(settings["Entrypoint"], "Entrypoint")
        cmd = try Self.words(settings["Cmd"], "Cmd")
        workingDirectory = settings["WorkingDir"]?.string ?? ""
        user = settings["User"]?.string ?? ""
        for text in try Self.words(settings["Env"], "Env") {
            let name = text.prefix { $0 != "=" }
            let value = text.dropFirst(name.count + 1)
            environment.append(EnvironmentVariable(name: String(name), value: .literal(String(value))))
        }
    }

    private static func words(_ list: JSONValue?, _ name: String) throws(ImageError) -> [String] {
        guard let list, !list.isNull else { return [] }
        // Old images have a text, for a shell.
        if let text = list.string { return text.isEmpty ? [] : ["/bin/sh", "-c", text] }
        guard list.kind == .array else { throw ImageError("the configuration's \(name) is not a list") }
        var words: [String] = []
        for element in list.elements {
            guard let word = element.string else {
                throw ImageError("the configuration's \(name) holds something that is not text")
            }
            words.append(word)
        }
        return words
    }
}
