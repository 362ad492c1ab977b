import Catalogue
import Registries

/// A catalogue that lies in a ConfigMap.
struct ClusterCatalogue {
    let client: ClusterClient
    let configMap: String
    let key: String
    /// As it was read.
    private(set) var catalogue: ImageCatalogue
    private let previous: ClusterClient.Text

    /// A ConfigMap holds 1 MiB, its own name and the like included.
    /// Source: Kubernetes, `pkg/apis/core/validation/validation.go`, `MaxSecretSize`.
    static let largest = 1_000_000

    /// - Throws: ``CommandFailure`` when it cannot be read, or is not a catalogue.
    init(_ options: ClusterOptions) throws {
        client = try options.client()
        configMap = options.configMap ?? ""
        key = options.key
        do {
            previous = try client.text(ofConfigMap: configMap, key: key)
            catalogue = try ImageCatalogue(reading: Array(previous.text.utf8))
        } catch {
            throw CommandFailure("ConfigMap \(configMap): \(error)")
        }
    }

    /// Writes what is known of the images that run, unless that is what it holds already.
    /// - Parameter isRunning: whether something runs from an image.
    /// - Returns: how many images there was no room for.
    /// - Throws: ``CommandFailure``
    func replace(with catalogue: ImageCatalogue, isRunning: (CatalogueEntry) -> Bool) throws -> Int {
        var kept = ImageCatalogue()
        var size = 0
        var left = 0
        for entry in catalogue.entries where isRunning(entry) {
            var one = ImageCatalogue()
            one.add(entry)
            let bytes = one.bytes.count
            guard size + bytes <= Self.largest else {
                left += 1
                continue
            }
            size += bytes
            kept.add(entry)
        }
        let text = String(decoding: kept.bytes, as: UTF8.self)
        guard text != previous.text else { return left }
        do {
            try client.replace(previous, ofConfigMap: configMap, key: key, with: text)
        } catch {
            throw CommandFailure("ConfigMap \(configMap): \(error)")
        }
        return left
    }
}
