import ArgumentParser
import Catalogue
import Images
import Manifests
import System
import UWSGI

import Glibc

/// Whether a command asks registries about images that no catalogue knows, before it looks at what names them.
struct ReadImagesOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Read the images that leave a start open, and that no catalogue knows, from their registries first. What "
                + "cannot be read is named, and stays as it is without."))
    var readImages = false

    @OptionGroup(title: "Registries") var registries: RegistryOptions

    /// What is known with what registries say.
    /// - Parameters:
    ///   - catalogue: what is known beforehand.
    ///   - paths: the manifests; each is read here, and has to be readable again.
    ///   - isQuiet: whether nothing but errors is written.
    /// - Throws: ``CommandFailure``
    func store(
        _ catalogue: CatalogueStore?, manifests paths: [String], isQuiet: Bool = false
    ) throws -> CatalogueStore? {
        guard readImages else { return catalogue }
        var reading = ImageReading(
            catalogue: catalogue?.current ?? ImageCatalogue(), refreshes: false,
            platform: .usual, names: [])
        for path in paths {
            if path == "-" { try StandardInput.makeRereadable() }
            try look(at: path, &reading)
        }
        reading.readAll(
            RegistryReading(client: try registries.client(), platform: reading.platform, jobs: 2))
        if !isQuiet {
            for problem in reading.problems { StandardStream.error.write("uwsgi-max-fd: note: \(problem)\n") }
        }
        return CatalogueStore(reading.catalogue)
    }

    private func look(at path: String, _ reading: inout ImageReading) throws {
        let isStandardInput = path == "-"
        let descriptor = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        // What cannot be opened is named by who reads it next.
        guard descriptor >= 0 else { return }
        defer { if !isStandardInput { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if status.st_mode & S_IFMT == S_IFDIR { return }
            throw CommandFailure("\(path): a pipe, which --read-images cannot read twice: name a file, or -")
        }
        reading.look(at: FileSource(descriptor: descriptor), file: path)
        if isStandardInput { lseek(descriptor, 0, SEEK_SET) }
    }
}

/// Standard input that is read more than once.
enum StandardInput {
    /// Puts a file in the place of a pipe, with everything that comes out of it.
    /// - Throws: ``CommandFailure`` when there is no room for it.
    static func makeRereadable() throws {
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
        do {
            let file = try TemporaryFile()
            while true {
                let chunk = try FileReading.chunk(of: STDIN_FILENO, size: 1 << 18)
                if chunk.isEmpty { break }
                try file.append(chunk)
            }
            try file.becomeStandardInput()
        } catch {
            throw CommandFailure("standard input cannot be kept: \(error)")
        }
    }
}
