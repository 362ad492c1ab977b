import Catalogue

import Glibc

/// The file of an image catalogue.
struct CataloguePath {
    let path: String

    init(_ path: String) { self.path = path }

    /// The file's bytes.
    /// - Throws: ``CommandFailure`` when it cannot be read, without the file's name.
    func bytes() throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure.ofSystem() }
        defer { close(descriptor) }
        return try InputFile.readAll(descriptor, limit: ImageCatalogue.largestFile)
    }

    /// The catalogue.
    /// - Throws: ``CommandFailure`` that names the file and the line.
    func read() throws -> ImageCatalogue {
        do {
            return try ImageCatalogue(reading: bytes())
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }

    /// The catalogue, or an empty one where there is no file yet.
    func readIfPresent() throws -> ImageCatalogue {
        access(path, F_OK) == 0 ? try read() : ImageCatalogue()
    }

    /// Puts a catalogue in the place of the one before: another program that reads it meets the one or the other.
    /// - Throws: ``CommandFailure``; the file is then as it was.
    func replace(with catalogue: ImageCatalogue) throws {
        let temporary = "\(path).uwsgi-max-fd.\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CommandFailure("\(path): \(CommandFailure.ofSystem())") }
        let isWritten = DescriptorWriting.writeAll(catalogue.bytes, to: descriptor) && fsync(descriptor) == 0
        var error = errno
        close(descriptor)
        if isWritten, rename(temporary, path) == 0 { return }
        if isWritten { error = errno }
        unlink(temporary)
        throw CommandFailure("\(path): \(String(cString: strerror(error)))")
    }
}
