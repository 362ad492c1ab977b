import ArgumentParser
import Catalogue
import Images
import Manifests
import UWSGI

import Glibc

/// Reads images, and keeps what their start needs in a catalogue.
struct ImagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "Read what images start, and keep it in a catalogue.",
        discussion: """
            What a container without a command starts stands only in its image. A catalogue of images, made beforehand, \
            tells serve, explain and scan what that is; they need no network, no secret and no right for it.
            """,
        subcommands: [ImagesReadCommand.self, ImagesShowCommand.self],
        defaultSubcommand: ImagesReadCommand.self)
}

/// Reads images into a catalogue.
struct ImagesReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Read images into a catalogue (the default).",
        discussion: """
            Of each image its ENTRYPOINT, CMD, ENV and WORKDIR are kept, and of its files only those that its start \
            names. A source is

              docker://REFERENCE        an image in its registry; docker:// may be left out before a tag or a digest
              oci:FOLDER[:NAME]         an OCI layout, as skopeo copy docker://IMAGE oci:FOLDER:NAME makes it
              oci-archive:FILE[:NAME]   the same as a tar archive
              docker-archive:FILE[:TAG] what docker save and podman save write
              FILE or -                 what crane config, skopeo inspect --config or docker inspect print of images; or
                                        manifests and what kubectl writes, which say which images run, and with which \
            commands: those whose start they leave open are read from their registries

              kubectl get pods -A -o json | uwsgi-max-fd images - --catalogue catalogue.jsonl
              uwsgi-max-fd images docker.io/library/python:3.13

            Registries are asked over TLS, by HTTPS_PROXY and NO_PROXY as other programs are; a registry on this machine \
            also without TLS. Layers pass through a temporary file in TMPDIR.

            Exit codes: 0 all well; 2 an image or a file could not be read; the others are kept all the same.
            """)

    @Argument(help: ArgumentHelp("Where images are, and what runs.", valueName: "source"))
    var sources: [String] = []

    @Option(
        help: ArgumentHelp(
            "The catalogue to add the images to, which need not exist. Without it, what was read is written to standard "
                + "output.", valueName: "file"))
    var catalogue: String?

    @Flag(help: "Read images again that the catalogue knows.")
    var refresh = false

    @Flag(
        help:
            "Read nothing, and list the images that run, whose start is left open, and that the catalogue does not know."
    )
    var missing = false

    @Option(
        help: ArgumentHelp("Of an image for several platforms the one to read.", valueName: "os/architecture")
    )
    var platform = ImagePlatform.usual

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "What Pods call the image that is read, with its tag, where the source does not say. May be repeated.",
            valueName: "reference"))
    var names: [String] = []

    @Flag(help: "Ask no registry: read what is in files, and say what else runs.")
    var offline = false

    @Option(help: ArgumentHelp("How many images are read from registries at a time.", valueName: "n"))
    var jobs = 2

    @OptionGroup(title: "Registries") var registries: RegistryOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions

    func validate() throws {
        guard (1...64).contains(jobs) else {
            throw ValidationError("--jobs must be from 1 to 64, not \(jobs)")
        }
        for name in names where ImageReference(name)?.tagged == nil {
            throw ValidationError("--as \(name): not an image's reference with a tag")
        }
        guard !sources.isEmpty || cluster.inCluster else {
            throw ValidationError(
                "nothing to read: name a source, such as docker://IMAGE, or - for standard input")
        }
        guard !cluster.inCluster || catalogue == nil && !missing else {
            throw ValidationError(
                "--in-cluster keeps the catalogue in --configmap: leave --catalogue and --missing out")
        }
    }

    func run() throws {
        let path = catalogue.map { CataloguePath($0) }
        let configMap = cluster.inCluster ? try ClusterCatalogue(cluster) : nil
        var reading = ImageReading(
            catalogue: try configMap?.catalogue ?? path?.readIfPresent() ?? ImageCatalogue(),
            refreshes: refresh, platform: platform,
            names: Set(names.compactMap { ImageReference($0)?.tagged }))
        for source in sources { reading.open(source) }
        if let configMap { try reading.look(at: configMap.client) }
        if missing {
            for name in reading.missing { StandardStream.output.write(name + "\n") }
        } else {
            try read(&reading, into: path, configMap)
        }
        for problem in reading.problems { StandardStream.error.write("uwsgi-max-fd: \(problem)\n") }
        if !reading.problems.isEmpty { throw ExitCode(2) }
    }

    private func read(
        _ reading: inout ImageReading, into path: CataloguePath?, _ configMap: ClusterCatalogue?
    ) throws {
        let registries =
            offline
            ? nil : RegistryReading(client: try self.registries.client(), platform: platform, jobs: jobs)
        reading.readAll(registries)
        if let configMap {
            let left = try configMap.replace(with: reading.catalogue, isRunning: reading.isRunning)
            if left > 0 {
                StandardStream.error.write(
                    "uwsgi-max-fd: \(left) \(left == 1 ? "image" : "images") found no room in the ConfigMap's 1 MiB\n"
                )
            }
        } else if let path {
            if reading.hasChanged { try path.replace(with: reading.catalogue) }
        } else {
            StandardStream.output.write(reading.catalogue.bytes)
        }
        StandardStream.error.write(reading.summary)
    }
}

extension ImagePlatform: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    public var defaultValueDescription: String { description }
}
