internal import CZstd

/// Decompresses Zstandard (RFC 8878) piece by piece, in the memory of one window, at most 128 MiB: a bomb grows only
/// what its reader keeps.
///
/// A file may have several frames, one behind the other (RFC 8878, section 3.1).
public final class ZstdReader {
    /// The bytes that each frame begins with (RFC 8878, section 3.1.1).
    public static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// How large a window may be where nobody says less, in bytes: as much as the program `zstd` takes.
    public static let largestWindow = 128 << 20

    /// The most bytes that one piece of output has.
    public static let largestChunk = 1 << 17

    /// Owned here from `init` to `deinit`, and used nowhere else.
    private let stream: OpaquePointer
    private let source: () throws -> [UInt8]
    /// The most bytes of output in total.
    private let limit: Int
    private var input: [UInt8] = []
    /// Where in `input` the bytes begin that libzstd has not taken.
    private var offset = 0
    private var isAtEnd = false
    /// Whether the last piece of output was full, so that libzstd may have more without another byte of input.
    private var holdsOutput = false
    private var isBetweenFrames = false
    /// How many bytes of output there have been.
    public private(set) var bytesWritten = 0

    /// - Parameters:
    ///   - limit: the most bytes of output in total; one more is ``DecompressionError/tooLarge(limit:)``.
    ///   - largestWindow: a power of two, in bytes; a frame that needs a larger one is an error.
    ///   - source: gives the next compressed bytes, in chunks of whatever size; an empty chunk at the end.
    /// - Throws: ``DecompressionError/outOfMemory(_:)``.
    public init(
        limit: Int = .max, largestWindow: Int = ZstdReader.largestWindow,
        source: @escaping () throws -> [UInt8]
    )
        throws(DecompressionError)
    {
        self.limit = limit
        self.source = source
        guard let stream = ZSTD_createDStream() else { throw .outOfMemory(.zstd) }
        self.stream = stream
        // It takes every power of two from 1 KiB on (zstd.h, `ZSTD_d_windowLogMax`).
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Int32(largestWindow.trailingZeroBitCount))
    }

    deinit {
        ZSTD_freeDStream(stream)
    }

    /// The next bytes of the content, at most ``largestChunk``; an empty chunk at the end.
    /// - Throws: ``DecompressionError``; what the source throws.
    public func nextChunk() throws -> [UInt8] {
        while try fill() {
            let output = try decompressOnce()
            bytesWritten += output.count
            guard bytesWritten <= limit else { throw DecompressionError.tooLarge(limit: limit) }
            if !output.isEmpty { return output }
        }
        guard isBetweenFrames else { throw DecompressionError.truncated(.zstd, after: bytesWritten) }
        return []
    }

    /// Sees to it that there is input, unless libzstd still holds output or the source has ended.
    /// - Returns: whether there may be more output.
    private func fill() throws -> Bool {
        if holdsOutput { return true }
        while offset >= input.count, !isAtEnd {
            input = try source()
            offset = 0
            isAtEnd = input.isEmpty
        }
        return offset < input.count
    }

    private func decompressOnce() throws(DecompressionError) -> [UInt8] {
        var status = 0
        let output = [UInt8](unsafeUninitializedCapacity: Self.largestChunk) { buffer, count in
            (status, count) = decompressInput(into: buffer)
        }
        guard ZSTD_isError(status) == 0 else {
            // Static text of libzstd's.
            let reason = ZSTD_getErrorName(status).map { String(cString: $0) } ?? "libzstd's error \(status)"
            throw .corrupt(.zstd, reason: reason, after: bytesWritten)
        }
        isBetweenFrames = status == 0
        holdsOutput = output.count == Self.largestChunk && status != 0
        return output
    }

    /// Runs libzstd once on the rest of the input, and counts what it took.
    /// - Parameter output: belongs to the caller's array, as the input's buffer does to `input`; libzstd has no pointer
    ///   into either when this returns.
    /// - Returns: libzstd's status, and how many bytes it wrote.
    private func decompressInput(
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> (status: Int, written: Int) {
        input.withUnsafeBytes { bytes in
            var from = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: offset)
            var into = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            let status = ZSTD_decompressStream(stream, &into, &from)
            offset = from.pos
            return (status, into.pos)
        }
    }
}
