import Catalogue
import OpenSSLTLS

/// Bytes that are hashed as they are read, and whose end is an error where the digest is not the expected one.
final class VerifiedStream {
    private let source: ByteStream
    private let expected: ImageDigest
    private let name: String
    private let hash: SHA256
    private var isVerified = false

    /// - Parameter name: what the bytes are called in messages.
    init(_ source: @escaping ByteStream, expected: ImageDigest, name: String) throws {
        self.source = source
        self.expected = expected
        self.name = name
        hash = try SHA256()
    }

    /// The next bytes; an empty chunk at the end.
    /// - Throws: ``ImageError`` when the digest is another one; what the source throws.
    func nextChunk() throws -> [UInt8] {
        if isVerified { return [] }
        let chunk = try source()
        if chunk.isEmpty {
            try check()
            isVerified = true
        } else {
            try hash.update(chunk)
        }
        return chunk
    }

    private func check() throws {
        let digest = ImageDigest(bytes: try hash.digest())
        guard digest == expected else {
            throw ImageError(
                "\(name): the content's digest is \(digest.map { "\($0)" } ?? "unknown") and not \(expected): "
                    + "fetch it again")
        }
    }

    /// Reads to the end.
    func drain() throws {
        while !(try nextChunk().isEmpty) {}
    }
}

extension ImageDigest {
    /// - Parameter bytes: the 32 of a hash.
    init?(bytes: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        self.init(hexadecimal: String(decoding: text, as: UTF8.self))
    }

    /// The digest of some bytes.
    package init?(of bytes: [UInt8]) throws {
        self.init(bytes: try SHA256.digest(of: bytes))
    }
}
