import ArgumentParser
import Basics
import Catalogue
import Manifests

/// What a catalogue knows of one image.
struct ImagesShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a catalogue knows of an image: what starts, from which file, with which max-fd.")

    @Argument(help: ArgumentHelp("The image, by tag or digest.", valueName: "reference"))
    var reference: String

    @Option(help: ArgumentHelp("The catalogue.", valueName: "file"))
    var catalogue: String

    func run() throws {
        let path = CataloguePath(catalogue)
        let known = try path.read()
        guard let reference = ImageReference(reference) else {
            throw CommandFailure("\(ShellQuoting.shown(reference)) is not an image's reference")
        }
        guard let entry = known.entry(reference) else {
            throw CommandFailure(
                "\(catalogue): \(reference) is not in it; uwsgi-max-fd images SOURCE --catalogue FILE adds it"
            )
        }
        StandardStream.output.write(CatalogueEntryText.rendered(entry, in: known))
    }
}
