internal import CZlib

/// Decompresses gzip (RFC 1952) piece by piece, in constant memory: a bomb grows only what its reader keeps.
///
/// A file may have several members, one behind the other (RFC 1952, section 2.2), and zeros behind the last, as tape
/// blocks have.
public final class GzipReader {
    /// The bytes that each gzip member begins with (RFC 1952, section 2.3.1).
    public static let magic: [UInt8] = [0x1F, 0x8B]

    /// The most bytes that one piece of output has.
    public static let largestChunk = 1 << 16

    /// Owned here from `init` to `deinit`, and used nowhere else; on the heap since zlib remembers its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let source: () throws -> [UInt8]
    /// The most bytes of output in total.
    private let limit: Int
    private var input: [UInt8] = []
    /// Where in `input` the bytes begin that zlib has not taken.
    private var offset = 0
    private var isAtEnd = false
    private var isBetweenMembers = true
    private var hasMember = false
    /// How many bytes of output there have been.
    public private(set) var bytesWritten = 0

    /// - Parameters:
    ///   - limit: the most bytes of output in total; one more is ``DecompressionError/tooLarge(limit:)``.
    ///   - source: gives the next compressed bytes, in chunks of whatever size; an empty chunk at the end.
    /// - Throws: ``DecompressionError/outOfMemory(_:)``.
    public init(limit: Int = .max, source: @escaping () throws -> [UInt8]) throws(DecompressionError) {
        self.limit = limit
        self.source = source
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 16 more than the largest window: gzip, and nothing else (zlib.h, `inflateInit2`).
        let status = inflateInit2_(
            stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            // Without a state, which inflateEnd in `deinit` knows.
            throw .outOfMemory(.gzip)
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// The next bytes of the content, at most ``largestChunk``; an empty chunk at the end.
    /// - Throws: ``DecompressionError``; what the source throws.
    public func nextChunk() throws -> [UInt8] {
        while try fill() {
            if isBetweenMembers {
                guard try beginMember() else { continue }
            }
            let output = try inflateOnce()
            bytesWritten += output.count
            guard bytesWritten <= limit else { throw DecompressionError.tooLarge(limit: limit) }
            if !output.isEmpty { return output }
        }
        guard isBetweenMembers, hasMember else {
            throw DecompressionError.truncated(.gzip, after: bytesWritten)
        }
        return []
    }

    /// Sees to it that there is input, unless the source has ended. zlib may still hold output where there is none, but
    /// never of a whole member: it takes the trailer last (RFC 1952, section 2.3.1).
    private func fill() throws -> Bool {
        while offset >= input.count, !isAtEnd {
            input = try source()
            offset = 0
            isAtEnd = input.isEmpty
        }
        return offset < input.count
    }

    /// Passes over zeros behind a member, or resets zlib for the next.
    /// - Returns: false when there was nothing but zeros.
    private func beginMember() throws(DecompressionError) -> Bool {
        if hasMember {
            offset = input[offset...].firstIndex { $0 != 0 } ?? input.count
            guard offset < input.count else { return false }
            guard inflateReset(stream) == Z_OK else {
                throw .corrupt(.gzip, reason: "another member cannot be begun", after: bytesWritten)
            }
        }
        isBetweenMembers = false
        hasMember = true
        return true
    }

    private func inflateOnce() throws(DecompressionError) -> [UInt8] {
        // One byte more than is allowed shows that there is more.
        let room = limit - bytesWritten < Self.largestChunk ? limit - bytesWritten + 1 : Self.largestChunk
        var status = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            (status, count) = inflateInput(into: buffer)
        }
        switch status {
        case Z_OK: break
        case Z_STREAM_END: isBetweenMembers = true
        case Z_MEM_ERROR: throw .outOfMemory(.gzip)
        case Z_NEED_DICT: throw .corrupt(.gzip, reason: "it needs a dictionary", after: bytesWritten)
        default:
            // Static text of zlib's.
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(status)"
            throw .corrupt(.gzip, reason: reason, after: bytesWritten + output.count)
        }
        return output
    }

    /// Runs zlib once on the rest of the input, and counts what it took.
    /// - Parameter output: belongs to the caller's array, as the input's buffer does to `input`; zlib has no pointer into
    ///   either when this returns.
    /// - Returns: zlib's status, and how many bytes it wrote.
    private func inflateInput(into output: UnsafeMutableBufferPointer<UInt8>) -> (status: Int32, written: Int)
    {
        input.withUnsafeMutableBufferPointer { input in
            let available = min(input.count - offset, Int(Int32.max))
            stream.pointee.next_in = input.baseAddress.map { $0 + offset }
            stream.pointee.avail_in = UInt32(available)
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = UInt32(output.count)
            let status = inflate(stream, Z_NO_FLUSH)
            let written = output.count - Int(stream.pointee.avail_out)
            offset += available - Int(stream.pointee.avail_in)
            stream.pointee.next_in = nil
            stream.pointee.avail_in = 0
            stream.pointee.next_out = nil
            stream.pointee.avail_out = 0
            return (status, written)
        }
    }
}
