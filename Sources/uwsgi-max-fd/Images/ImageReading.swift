import Basics
import Catalogue
import Images
import Manifests
import Registries
import System
import UWSGI

import Glibc

/// One run of `images`: what there is to read, what runs, and what came of it.
struct ImageReading {
    private(set) var catalogue: ImageCatalogue
    private(set) var problems: [String] = []
    private let refreshes: Bool
    let platform: ImagePlatform
    /// What Pods call the one image that is read.
    private let names: Set<String>
    private var inventory = ImageInventory()
    private var images: [StoredImage] = []
    /// Named by the user, to be asked for at their registries.
    private var references: [ImageReference] = []
    private var readCount = 0
    private var knownCount = 0
    private(set) var hasChanged = false

    init(catalogue: ImageCatalogue, refreshes: Bool, platform: ImagePlatform, names: Set<String>) {
        self.catalogue = catalogue
        self.refreshes = refreshes
        self.platform = platform
        self.names = names
    }

    /// Takes one source: images, or manifests that say what runs.
    mutating func open(_ source: String) {
        do {
            if let images = try Self.imageSource(source) {
                self.images += try images.images(for: platform)
                return
            }
            if let reference = try Self.reference(source) {
                references.append(reference)
                return
            }
            let input = InputFile(path: source)
            let bytes = try input.read()
            if ConfigurationText.mayBe(bytes) {
                images += try ConfigurationText(bytes).images(for: platform)
            } else {
                inventory.read(ByteArraySource(bytes), file: source)
            }
        } catch let failure as CommandFailure {
            note("\(failure)")
        } catch {
            note("\(source): \(error)")
        }
    }

    /// Looks at which images run, in manifests or what kubectl writes.
    mutating func look(at source: any ByteSource, file: String) { inventory.read(source, file: file) }

    /// Looks at which images run in a cluster.
    /// - Throws: ``CommandFailure``
    mutating func look(at cluster: ClusterClient) throws {
        var inventory = inventory
        do {
            try cluster.pods { inventory.read(ByteArraySource($0), file: "the API server's Pods") }
        } catch {
            throw CommandFailure("\(error)")
        }
        self.inventory = inventory
    }

    /// `kind:path[:name]`; `nil` for a file.
    private static func imageSource(_ text: String) throws -> (any ImageSource)? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let kind = text[..<colon]
        let rest = text[text.index(after: colon)...]
        let path = String(rest.prefix { $0 != ":" })
        let name = path.count < rest.count ? String(rest.dropFirst(path.count + 1)) : nil
        switch kind {
        case "oci": return OCILayout(FileSystemFolder(path: path), name: name)
        case "oci-archive": return OCILayout(try TarArchive(SeekableFile(path)), name: name)
        case "docker-archive": return DockerArchive(try TarArchive(SeekableFile(path)), name: name)
        default: return nil
        }
    }

    /// `docker://REFERENCE`; or a reference with a tag or digest, where no file has that name.
    private static func reference(_ text: String) throws -> ImageReference? {
        let scheme = "docker://"
        if text.hasPrefix(scheme) {
            guard let reference = ImageReference(String(text.dropFirst(scheme.count))) else {
                throw ImageError(
                    "not an image's reference, such as docker://registry.example.org/team/app:1.0")
            }
            return reference
        }
        let last = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard last.contains(":") || last.contains("@"), access(text, F_OK) != 0 else { return nil }
        return ImageReference(text)
    }

    /// The images that run, whose start is left open, and of which the catalogue does not know what they start, by name.
    var missing: [String] {
        inventory.images.values.filter { !isKnown($0) }.map(\.name).sorted()
    }

    private func isKnown(_ image: ImageInventory.Image) -> Bool {
        let running = image.runningDigests.compactMap { catalogue.entry($0) }
        let named = ImageReference(image.name).flatMap { catalogue.entry($0) }
        guard let entry = running.first ?? named else { return false }
        return !entry.lacksFiles(of: image.containers)
    }

    /// Whether something runs from an image, as far as manifests say.
    func isRunning(_ entry: CatalogueEntry) -> Bool {
        let digests = entry.digests.union([entry.digest])
        return inventory.images.values.contains { image in
            if !image.runningDigests.isDisjoint(with: digests) { return true }
            guard let reference = ImageReference(image.name) else { return false }
            if let digest = reference.digest { return digests.contains(digest) }
            return reference.tagged.map { entry.references.contains($0) } ?? false
        }
    }

    /// Reads every image that the catalogue does not know, or every one.
    /// - Parameter registries: reads from registries what is named, and what runs and is not in a source; `nil` to leave
    ///   them alone.
    mutating func readAll(_ registries: RegistryReading?) {
        if !names.isEmpty {
            guard images.count == 1 else {
                note(
                    "--as names one image, and the sources hold \(images.count): name one source with one image"
                )
                return
            }
            images[0].references.formUnion(names)
        }
        readImages()
        if let registries { read(registries) }
        for problem in inventory.problems { note(problem.message) }
    }

    private static var showsProgress: Bool { StandardStream.error.isTerminal && !StandardStream.isDumb }

    /// Those that are in files.
    private mutating func readImages() {
        var progress = ProgressLine(isShown: Self.showsProgress)
        var bytes = 0
        for (index, image) in images.enumerated() {
            let containers = containers(of: image)
            let known = refreshes ? nil : catalogue.entry(image.digest)
            if let known, !known.lacksFiles(of: containers) {
                knownCount += 1
                // It may have got another name since.
                var entry = known
                entry.references.formUnion(image.references)
                entry.digests.formUnion(image.digests.subtracting([known.digest]))
                if entry != known { add(entry) }
                continue
            }
            let count = images.count
            let reader = ImageReader { read in
                bytes += read
                progress.show("image \(index + 1) of \(count), \(bytes >> 20) MiB read")
            }
            do {
                add(
                    try reader.read(image, containers: containers, adding: known, time: WallClock.now.rfc3339)
                )
                readCount += 1
            } catch {
                note("\(image.references.min() ?? image.digest.description): \(error)")
            }
        }
        progress.clear()
    }

    private mutating func add(_ entry: CatalogueEntry, from origin: ImageCatalogue.Origin = .catalogue) {
        catalogue.add(entry, from: origin)
        hasChanged = true
    }

    /// Those that registries have.
    private mutating func read(_ registries: RegistryReading) {
        let wanted = wantedFromRegistries
        let outcomes = registries.read(wanted, known: catalogue, showsProgress: Self.showsProgress)
        for outcome in outcomes {
            switch outcome {
            case .read(let entry):
                add(entry, from: .registry)
                readCount += 1
            case .known(let entry):
                add(entry, from: .registry)
                knownCount += 1
            case .failed(let problem): note(problem)
            }
        }
    }

    /// What is named, and what runs: each once, by name.
    private var wantedFromRegistries: [RegistryReading.Wanted] {
        var wanted: [String: RegistryReading.Wanted] = [:]
        for image in inventory.images.values where refreshes || !isKnown(image) {
            // What is not a reference is `--missing`'s to show: no runtime can pull it.
            guard let reference = ImageReference(image.name) else { continue }
            // Where different ones run, the tag's own meaning is what can be said.
            let running = image.runningDigests.count == 1 ? image.runningDigests.first : nil
            wanted[reference.description] = RegistryReading.Wanted(
                reference: reference, running: reference.digest == nil ? running : nil,
                containers: image.containers)
        }
        for reference in references where wanted[reference.description] == nil {
            if !refreshes, catalogue.entry(reference) != nil { continue }
            wanted[reference.description] = RegistryReading.Wanted(reference: reference)
        }
        return wanted.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The containers that run from an image, as far as manifests name it.
    private func containers(of image: StoredImage) -> [ContainerSpecification] {
        let digests = image.digests.union([image.digest])
        return inventory.images.values.filter { named in
            if !named.runningDigests.isDisjoint(with: digests) { return true }
            guard let reference = ImageReference(named.name) else { return false }
            if let digest = reference.digest { return digests.contains(digest) }
            return reference.tagged.map { image.references.contains($0) } ?? false
        }.sorted { $0.name < $1.name }.flatMap(\.containers)
    }

    private mutating func note(_ problem: String) { problems.append(problem) }

    /// What was done, for a person.
    var summary: String {
        var text = "\(readCount) read, \(knownCount) known already, \(problems.count) failed; "
        text += "\(catalogue.count) in the catalogue\n"
        let missing = missing
        if !missing.isEmpty {
            text += "\(missing.count) more run and leave their start to their image:\n"
            for name in missing.prefix(20) { text += "  \(ShellQuoting.shown(name))\n" }
            if missing.count > 20 { text += "  … (--missing lists them all)\n" }
        }
        return text
    }
}
