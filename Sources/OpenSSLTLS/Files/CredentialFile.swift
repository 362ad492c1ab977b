import Glibc
import System

/// Gives the bytes of the file at a path, or throws a ``TLSError`` that names it.
typealias ReadFile = (String) throws -> [UInt8]

/// A file with certificates or a key. Those are a few kilobytes; what is far larger is another file.
enum CredentialFile {
    static let maximumBytes = 1 << 20

    static func bytes(of path: String) throws -> [UInt8] {
        do {
            return try FileReading.bytes(of: path, limit: maximumBytes, regularOnly: true)
        } catch {
            throw Self.error(error, path)
        }
    }

    private static func error(_ failure: FileReading.Failure, _ path: String) -> TLSError {
        switch failure {
        case .cannotOpen(let error) where error.number == ENOENT || error.number == ENOTDIR:
            TLSError(
                .fileMissing, path: path, error.description,
                cure: "Check the path and that the Secret is mounted there")
        case .cannotOpen(let error), .cannotRead(let error):
            TLSError(
                .fileUnreadable, path: path, "cannot be read: \(error)",
                cure: "Check the file's mode and owner, and the user that the server runs as")
        case .notRegular:
            TLSError(.fileUnreadable, path: path, "not a regular file", cure: "Name a PEM file")
        case .tooLarge:
            TLSError(
                .fileTooLarge, path: path, "larger than \(maximumBytes) bytes",
                cure: "Name the PEM file of the certificate or key itself")
        }
    }
}
