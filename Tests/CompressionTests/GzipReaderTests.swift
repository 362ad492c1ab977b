import TestSupport
import Testing

@testable import Compression

/// Gzip files as gzip(1) makes them, cut, damaged and put together.
@Suite struct GzipReaderTests {
    /// Reads all of a file that comes in chunks of so many bytes.
    private static func read(
        _ file: [UInt8], chunkSize: Int = .max, limit: Int = .max
    ) throws -> [UInt8] {
        var rest = file[...]
        let reader = try GzipReader(limit: limit) {
            let chunk = Array(rest.prefix(chunkSize))
            rest = rest.dropFirst(chunkSize)
            return chunk
        }
        var content: [UInt8] = []
        while true {
            let chunk = try reader.nextChunk()
            guard !chunk.isEmpty else { break }
            #expect(chunk.count <= GzipReader.largestChunk)
            content += chunk
        }
        #expect(reader.bytesWritten == content.count)
        #expect(try reader.nextChunk().isEmpty)
        return content
    }

    private static func gzip(_ content: [UInt8]) throws -> [UInt8] {
        try Program.run(named: "gzip", ["--stdout", "--no-name"], input: content).output
    }

    /// Text of which gzip makes a hundredth, and bytes of which it makes nothing smaller.
    private static let contents: [[UInt8]] = {
        var state: UInt64 = 1
        let noise = (0..<200_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        return [
            [], [0x61], Array(String(repeating: "container_ulimits_soft 1\n", count: 20_000).utf8), noise,
        ]
    }()

    @Test(arguments: contents.indices, [1, 7, 4096, .max])
    func `What gzip compressed comes back, whatever chunks it comes in`(index: Int, chunkSize: Int) throws {
        let content = Self.contents[index]
        #expect(try Self.read(try Self.gzip(content), chunkSize: chunkSize) == content)
    }

    @Test func `Members one behind the other are one content, and zeros behind them nothing`() throws {
        let file = try Self.gzip(Self.contents[1]) + Self.gzip(Self.contents[0]) + Self.gzip(Self.contents[2])
        let zeros = [UInt8](repeating: 0, count: 10_000)
        #expect(try Self.read(file + zeros, chunkSize: 100) == Self.contents[1] + Self.contents[2])
    }

    @Test func `A file that is cut anywhere is truncated`() throws {
        let file = try Self.gzip(Self.contents[1])
        for end in file.indices {
            #expect(throws: DecompressionError.self) { try Self.read(Array(file[..<end])) }
        }
        #expect(throws: DecompressionError.truncated(.gzip, after: 0)) { try Self.read([]) }
    }

    @Test func `A damaged file is an error, wherever the damage is`() throws {
        let file = try Self.gzip(Array("container_ulimits_soft 1073741816\n".utf8))
        // All but the header's flags, time and system (RFC 1952, section 2.3), which say nothing of the content.
        for index in file.indices where !(3...9).contains(index) {
            var damaged = file
            damaged[index] ^= 0x55
            #expect(throws: DecompressionError.self, "byte \(index)") { try Self.read(damaged) }
        }
        #expect(throws: DecompressionError.self) { try Self.read(file + Array("no gzip".utf8)) }
    }

    @Test func `More content than is allowed is an error that names the limit`() throws {
        let content = Self.contents[2]
        let file = try Self.gzip(content)
        #expect(try Self.read(file, limit: content.count) == content)
        #expect(throws: DecompressionError.tooLarge(limit: content.count - 1)) {
            try Self.read(file, limit: content.count - 1)
        }
        #expect(throws: DecompressionError.tooLarge(limit: 0)) { try Self.read(file, limit: 0) }
    }

    @Test func `What the source throws comes through`() throws {
        struct Broken: Error {}
        let reader = try GzipReader { throw Broken() }
        #expect(throws: Broken.self) { try reader.nextChunk() }
    }
}
