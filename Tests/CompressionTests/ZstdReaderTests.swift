import Compression
import TestSupport
import Testing

/// Zstandard, as the real program writes it, and wrong.
@Suite(.enabled(if: Program.exists("zstd"), "zstd is not installed"))
struct ZstdReaderTests {
    private func compressed(_ bytes: [UInt8], _ flags: [String] = []) throws -> [UInt8] {
        try Program.run(named: "zstd", flags + ["-c"], input: bytes).output
    }

    private func read(
        _ bytes: [UInt8], chunk size: Int = 100, limit: Int = .max, window: Int = 128 << 20
    ) throws -> [UInt8] {
        var rest = bytes[...]
        let reader = try ZstdReader(limit: limit, largestWindow: window) {
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
        var content: [UInt8] = []
        while case let next = try reader.nextChunk(), !next.isEmpty { content += next }
        return content
    }

    private static let text = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }

    @Test(arguments: [1, 100, 1 << 20])
    func `Content comes back whatever the chunks are`(_ size: Int) throws {
        #expect(try read(try compressed(Self.text), chunk: size) == Self.text)
        let frames = try compressed([1, 2, 3]) + compressed([4])
        #expect(try read(frames, chunk: size) == [1, 2, 3, 4])
        #expect(try read(try compressed([]), chunk: size) == [])
    }

    @Test func `A frame that takes more memory than it may is an error`() throws {
        let bytes = try compressed(Self.text, ["--long=24"])
        #expect(try read(bytes, chunk: 1000, window: 16 << 20) == Self.text)
        #expect(throws: DecompressionError.self) { try read(bytes, chunk: 1000, window: 8 << 20) }
    }

    @Test func `What is cut off or damaged is an error`() throws {
        let bytes = try compressed(Self.text)
        for count in [0, 1, 4, bytes.count / 2, bytes.count - 1] {
            #expect(throws: DecompressionError.self, "\(count)") { try read(Array(bytes.prefix(count))) }
        }
        var damaged = bytes
        damaged[bytes.count / 2] ^= 0x40
        #expect(throws: DecompressionError.self) { try read(damaged) }
        #expect(throws: DecompressionError.self) { try read(Array("not zstd at all".utf8)) }
    }

    @Test func `More content than is allowed is an error`() throws {
        let bytes = try compressed(Self.text)
        #expect(try read(bytes, limit: Self.text.count) == Self.text)
        #expect(throws: DecompressionError.tooLarge(limit: Self.text.count - 1)) {
            try read(bytes, limit: Self.text.count - 1)
        }
    }
}
