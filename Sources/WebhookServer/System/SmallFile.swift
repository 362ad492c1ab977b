import Glibc

/// Reads the small files of `/proc`, without Foundation.
enum SmallFile {
    /// The whole file as text, or `nil` when it cannot be read or is larger than `limit` bytes.
    static func read(_ path: String, limit: Int = 1 << 20) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while content.count <= limit {
            // The pointer is the array's own, lent for the duration of the call.
            let count = piece.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count < 0 { return nil }
            if count == 0 { return String(decoding: content, as: UTF8.self) }
            content.append(contentsOf: piece[..<count])
        }
        return nil
    }

    /// How many file descriptors this process has open, without the one that it takes to count them.
    static func countDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // `.`, `..`, and the folder itself.
        return max(0, count - 3)
    }
}

private func systemRead(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
