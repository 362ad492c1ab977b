import Catalogue
import System

import Glibc

/// The file of an image catalogue.
struct CataloguePath {
    let path: String

    init(_ path: String) { self.path = path }

    /// The file's bytes.
    /// - Throws: ``CommandFailure`` when it cannot be read, without the file's name.
    func bytes() throws -> [UInt8] {
        try CommandFailure.reading { () throws(FileReading.Failure) in
            try FileReading.bytes(of: path, limit: ImageCatalogue.largestFile)
        }
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
        do throws(SystemError) {
            let file = try ReplacementFile(for: path, catalogue.bytes, mode: 0o644)
            defer { file.discard() }
            try file.replace()
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }
}
