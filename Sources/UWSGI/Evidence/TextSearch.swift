extension String {
    /// Whether the bytes begin with those of `prefix`.
    ///
    /// The standard library's `hasPrefix` goes by characters: `--` with an accent behind it would not begin with `--`.
    func begins(with prefix: String) -> Bool {
        let bytes = utf8Span.span
        let wanted = prefix.utf8Span.span
        guard bytes.count >= wanted.count else { return false }
        for index in wanted.indices where bytes[index] != wanted[index] { return false }
        return true
    }

    /// Whether the bytes end with those of `suffix`.
    ///
    /// The standard library's `hasSuffix` goes by characters, from the end.
    func ends(with suffix: String) -> Bool {
        let bytes = utf8Span.span
        let wanted = suffix.utf8Span.span
        let start = bytes.count - wanted.count
        guard start >= 0 else { return false }
        for index in wanted.indices where bytes[start + index] != wanted[index] { return false }
        return true
    }
}

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
