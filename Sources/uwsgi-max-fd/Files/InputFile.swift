import Glibc
import System

/// A file that a command reads as a whole, or standard input.
struct InputFile {
    /// What is taken as one file at most, in bytes: no object of Kubernetes has as many.
    private static let largest = 16 << 20

    /// As the user wrote it; `nil` and `-` are standard input.
    let path: String?

    var isStandardInput: Bool { path == nil || path == "-" }

    /// What messages call it.
    var name: String { isStandardInput ? "standard input" : path ?? "" }

    /// Reads it all.
    /// - Throws: ``CommandFailure`` when it cannot be read or is too large.
    func read() throws -> [UInt8] {
        do {
            return try CommandFailure.reading { () throws(FileReading.Failure) in
                if isStandardInput { return try FileReading.bytes(of: STDIN_FILENO, limit: Self.largest) }
                return try FileReading.bytes(of: path ?? "", limit: Self.largest)
            }
        } catch {
            throw CommandFailure("\(name): \(error)")
        }
    }
}

extension CommandFailure {
    /// Reads a file; why that failed is said without its name.
    static func reading(_ read: () throws(FileReading.Failure) -> [UInt8]) throws(CommandFailure) -> [UInt8] {
        do {
            return try read()
        } catch {
            switch error {
            case .cannotOpen(let error), .cannotRead(let error): throw CommandFailure("\(error)")
            case .notRegular: throw CommandFailure("not a regular file")
            case .tooLarge(let limit): throw CommandFailure("larger than \(limit >> 20) MiB")
            }
        }
    }
}
