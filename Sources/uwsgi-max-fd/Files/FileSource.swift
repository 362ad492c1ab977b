import Manifests

import Glibc

/// A file, or standard input, that is read chunk by chunk.
struct FileSource: ByteSource {
    /// Large enough that reading costs little, small enough to stay in a processor's cache.
    private static let chunkSize = 1 << 18

    /// Closed by its opener.
    private let descriptor: Int32

    /// - Parameter descriptor: open for reading; it stays the caller's.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    func nextChunk() throws -> [UInt8] {
        while true {
            var error: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
                let result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if result < 0 { error = errno }
                count = max(result, 0)
            }
            if error == 0 { return chunk }
            guard error == EINTR else { throw CommandFailure(String(cString: strerror(error))) }
        }
    }
}
