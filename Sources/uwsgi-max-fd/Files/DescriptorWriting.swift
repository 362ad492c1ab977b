import Glibc

/// Writing to a file descriptor until nothing is left, as write(2) itself need not.
enum DescriptorWriting {
    /// - Returns: whether everything was written; if not, `errno` says why.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
