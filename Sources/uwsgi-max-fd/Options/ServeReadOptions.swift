import ArgumentParser
import Catalogue
import Registries
import WebhookServer

/// Whether the server asks registries about images that no catalogue knows.
struct ServeReadOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Ask registries about the images that leave a start open, and that no catalogue knows. A review waits for a "
                + "quarter of its time and at most 250 ms, and is then answered by what is known."))
    var readImages = false

    @OptionGroup var registries: RegistryOptions

    func validate() throws {
        guard readImages || registries.isEmpty else {
            throw ValidationError(
                "--registry-config, --registry-ca and --registry-mirror go with --read-images")
        }
    }

    /// - Throws: ``CommandFailure`` when a file cannot be read.
    func source() throws -> ImageSource? {
        guard readImages else { return nil }
        let registries = registries
        let images = try ServedImages { try registries.client(limits: ServedImages.limits) }
        return ImageSource(
            read: { images.read($0, $1, $2) }, stop: { images.stop() },
            isAllowed: { registries.allows($0.host) })
    }
}
