import Admission
import ArgumentParser
import Catalogue
import UWSGI

/// The flags that every command shares which looks at Pods.
struct DetectionOptions: ParsableArguments {
    @Option(
        name: .customLong("max-fd"),
        help: ArgumentHelp("The max-fd to set, in file descriptors.", valueName: "n"))
    var maxFD = AdmissionSettings().maxFD

    @Option(help: ArgumentHelp("An explicit max-fd above this is called excessive.", valueName: "n"))
    var ceiling = AdmissionSettings().detector.ceiling

    @Option(
        help: ArgumentHelp(
            "What the annotation uwsgi-max-fd/containers may exempt from strict: none, likely (what detection is "
                + "not certain of) or all.", valueName: "what"))
    var strictExemptions = AdmissionSettings().strictExemptions

    @Option(
        help: ArgumentHelp(
            "When envFrom may hold a max-fd that is not seen: add the variable, which wins over it, or trust "
                + "that it is there.", valueName: "add|trust"))
    var envFrom = AdmissionSettings().envFrom

    /// - Parameter images: patterns of images that run uWSGI. Each command has the flag itself: where a file may
    ///   follow, it takes one pattern at a time.
    func settings(images: [String], catalogue: CatalogueStore? = nil) -> AdmissionSettings {
        AdmissionSettings(
            maxFD: maxFD, detector: Detector(ceiling: ceiling, images: images.map { ImagePattern($0) }),
            strictExemptions: strictExemptions, envFrom: envFrom, catalogue: catalogue)
    }

    func validate() throws {
        let lowest = AdmissionSettings.smallestMaxFD
        guard (lowest...Int(Int32.max)).contains(maxFD) else {
            throw ValidationError("--max-fd must be from \(lowest) to \(Int32.max), not \(maxFD)")
        }
        guard (lowest...Int(Int32.max)).contains(ceiling) else {
            throw ValidationError("--ceiling must be from \(lowest) to \(Int32.max), not \(ceiling)")
        }
        guard maxFD <= ceiling else {
            throw ValidationError(
                "--max-fd \(maxFD) is over the ceiling of \(ceiling): what is added would be called excessive. "
                    + "Lower --max-fd, or raise --ceiling")
        }
    }
}

/// The images that run uWSGI, for commands that take files: one pattern at a time, so that none swallows a file.
struct ImageOptions: ParsableArguments {
    @Option(
        name: .customLong("uwsgi-image"),
        help: ArgumentHelp(
            "An image that runs uWSGI when the container has no command; * matches any run of characters. "
                + "May be repeated.", valueName: "pattern"))
    var patterns: [String] = []

    @Option(
        name: .customLong("image-catalogue"),
        help: ArgumentHelp(
            "What uwsgi-max-fd images has read: what containers start whose command stands only in their image.",
            valueName: "file"))
    var catalogue: String?

    /// The catalogue, if one is named.
    /// - Throws: ``CommandFailure`` when it cannot be read.
    func store() throws -> CatalogueStore? {
        try catalogue.map { CatalogueStore(try CataloguePath($0).read()) }
    }
}

extension StrictExemptions: ExpressibleByArgument {}

extension EnvFromHandling: ExpressibleByArgument {}
