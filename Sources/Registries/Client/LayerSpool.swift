import Catalogue
import Images
import System

/// Keeps the blobs of one image on the disk while it is read: a script that names another makes its layers be read again,
/// and the registry is asked for each only once.
final class LayerSpool {
    private var file: TemporaryFile?
    private var places: [ImageDigest: Range<Int>] = [:]

    private static let chunkSize = 1 << 18

    /// A blob that was read to its end before.
    func stream(of digest: ImageDigest) -> ByteStream? {
        guard let file, let place = places[digest] else { return nil }
        var position = place.lowerBound
        return {
            let chunk: [UInt8]
            do throws(FileReading.Failure) {
                chunk = try file.bytes(at: position, count: min(Self.chunkSize, place.upperBound - position))
            } catch {
                throw ImageError("the temporary file cannot be read: \(error)")
            }
            guard !chunk.isEmpty || position >= place.upperBound else {
                throw ImageError("the temporary file has become shorter")
            }
            position += chunk.count
            return chunk
        }
    }

    /// Passes a blob on, and keeps it. Only one is read at a time.
    func keeping(_ source: @escaping ByteStream, digest: ImageDigest) throws -> ByteStream {
        let file = try self.file ?? Self.create()
        self.file = file
        let start = file.size
        return { [self] in
            let chunk = try source()
            if chunk.isEmpty {
                places[digest] = start..<file.size
            } else {
                do throws(SystemError) {
                    try file.append(chunk)
                } catch {
                    throw ImageError(
                        "the temporary file cannot be written: \(error): set TMPDIR to a folder with room")
                }
            }
            return chunk
        }
    }

    private static func create() throws -> TemporaryFile {
        do throws(SystemError) {
            return try TemporaryFile()
        } catch {
            throw ImageError("no temporary file: \(error): set TMPDIR to a folder that can be written")
        }
    }
}
