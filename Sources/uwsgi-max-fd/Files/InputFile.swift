#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that a command reads, or standard input.
struct InputFile {
    /// What is taken as one file at most, in bytes.
    private static let largest = 256 << 20

    /// As the user wrote it; `nil` and `-` are standard input.
    let path: String?

    private var isStandardInput: Bool { path == nil || path == "-" }

    /// What messages call it.
    var name: String { isStandardInput ? "standard input" : path ?? "" }

    /// Reads it all.
    /// - Throws: ``CommandFailure`` when it cannot be read or is too large.
    func read() throws -> [UInt8] {
        let descriptor = isStandardInput ? STDIN_FILENO : open(path ?? "", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { if !isStandardInput { close(descriptor) } }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return result }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure()
            }
            result += chunk[..<count]
            guard result.count <= Self.largest else {
                throw CommandFailure("\(name): larger than \(Self.largest >> 20) MiB")
            }
        }
    }

    private func failure() -> CommandFailure {
        CommandFailure("\(name): \(String(cString: strerror(errno)))")
    }
}
