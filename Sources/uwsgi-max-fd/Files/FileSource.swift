import Manifests

import System

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
        try CommandFailure.reading { () throws(FileReading.Failure) in
            try FileReading.chunk(of: descriptor, size: Self.chunkSize)
        }
    }
}
