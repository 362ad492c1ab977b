import Glibc

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
        let descriptor = isStandardInput ? STDIN_FILENO : open(path ?? "", O_RDONLY | O_CLOEXEC)
        do {
            guard descriptor >= 0 else { throw CommandFailure.ofSystem() }
            defer { if !isStandardInput { close(descriptor) } }
            return try Self.readAll(descriptor, limit: Self.largest)
        } catch let failure as CommandFailure {
            throw CommandFailure("\(name): \(failure)")
        }
    }

    /// Reads a descriptor to its end.
    /// - Parameter limit: the most bytes.
    /// - Throws: ``CommandFailure``, which does not name the file.
    static func readAll(_ descriptor: Int32, limit: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return result }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure.ofSystem()
            }
            result += chunk[..<count]
            guard result.count <= limit else {
                throw CommandFailure("larger than \(limit >> 20) MiB")
            }
        }
    }
}
