extension StringProtocol {
    /// Whether the bytes of `needle`, which is short, occur in these.
    ///
    /// The standard library's search goes by characters, and costs a microsecond for a name.
    func includes(_ needle: String) -> Bool {
        let found = utf8.withContiguousStorageIfAvailable { bytes in
            needle.utf8.withContiguousStorageIfAvailable { Self.occurs($0, in: bytes) }
        }
        return (found ?? nil) ?? Self.occurs(Array(needle.utf8), in: Array(utf8))
    }

    private static func occurs(
        _ needle: some RandomAccessCollection<UInt8>, in bytes: some RandomAccessCollection<UInt8>
    ) -> Bool {
        guard let first = needle.first else { return true }
        var rest = bytes[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: needle) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
