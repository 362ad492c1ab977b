import Catalogue
import NIOCore
import NIOHTTP1

/// An answer whose body is read piece by piece. Dropped before its end, it closes the connection.
final class ClientResponse {
    let head: HTTPResponseHead
    /// Whom it comes from.
    let origin: HTTPAddress.Origin
    private let connection: ClientConnection
    private let transport: HTTPTransport
    private let deadline: NIODeadline
    private var isOver = false

    /// The largest body that is read to its end only to use the connection again, in bytes.
    private static let largestDiscarded = 64 << 10

    init(
        _ head: HTTPResponseHead, from connection: ClientConnection, transport: HTTPTransport,
        deadline: NIODeadline
    ) {
        self.head = head
        origin = connection.origin
        self.connection = connection
        self.transport = transport
        self.deadline = deadline
    }

    deinit { if !isOver { connection.close() } }

    var status: Int { Int(head.status.code) }

    func header(_ name: String) -> String? { head.headers.first(name: name) }

    /// How many bytes the body has, where the answer says so.
    var announcedSize: Int? { header("Content-Length").flatMap { Int($0) } }

    /// The next bytes of the body; none at its end.
    /// - Throws: ``RegistryError``
    func nextChunk() throws(RegistryError) -> [UInt8] {
        while !isOver {
            switch try connection.part(transport.limits.silence, deadline) {
            case .body(let buffer):
                if buffer.readableBytes > 0 { return Array(buffer.readableBytesView) }
            case .end:
                isOver = true
                if head.isKeepAlive { transport.keep(connection) } else { connection.close() }
            case .head:
                throw RegistryError(.malformed, "\(origin.description): a second head")
            }
        }
        return []
    }

    /// The whole body.
    /// - Throws: ``RegistryError`` when it has more than `limit` bytes.
    func body(limit: Int) throws(RegistryError) -> [UInt8] {
        let tooLarge = RegistryError(
            .malformed, "\(origin.description): an answer of more than \(limit) bytes")
        guard announcedSize ?? 0 <= limit else { throw tooLarge }
        var bytes: [UInt8] = []
        while true {
            let chunk = try nextChunk()
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { throw tooLarge }
        }
    }

    /// Reads a short body to its end, so that the connection can be used again.
    func discard() {
        var left = Self.largestDiscarded
        while left > 0, let chunk = try? nextChunk(), !chunk.isEmpty { left -= chunk.count }
    }
}
