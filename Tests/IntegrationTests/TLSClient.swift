import NIOCore
import NIOPosix
import OpenSSLTLS
import TestSupport

/// A client of the tests' own: bytes over TLS, whatever they are.
struct TLSClient {
    struct TimedOut: Error {}

    let port: Int
    private let context: TLSContext

    /// - Parameter authority: the file with the CA to trust.
    init(port: Int, authority: String, maximumVersion: TLSVersion = .v1_3) throws {
        self.port = port
        context = try TLSContext(
            client: TLSClientConfiguration(trustRoots: .file(authority), maximumVersion: maximumVersion))
    }

    /// Opens a connection, sends bytes, and collects what comes back.
    /// - Parameters:
    ///   - pieces: sent one after the other, each in a TLS record of its own.
    ///   - isComplete: whether enough has come; until then, or until the server closes, it goes on.
    func exchange(
        _ pieces: [[UInt8]], seconds: Int = 600,
        until isComplete: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async throws -> [UInt8] {
        let context = context
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        TLSHandler(client: context, serverName: "localhost"))
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                try await channel.executeThenClose { inbound, outbound in
                    for piece in pieces { try await outbound.write(ByteBuffer(bytes: piece)) }
                    var received: [UInt8] = []
                    for try await buffer in inbound {
                        received += Array(buffer: buffer)
                        if isComplete(received) { break }
                    }
                    return received
                }
            }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw TimedOut()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    /// Sends one request and returns the answers up to the end of the connection.
    func send(_ text: String) async throws -> String {
        String(decoding: try await exchange([Array(text.utf8)]), as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate init(buffer: ByteBuffer) {
        self = Array(buffer.readableBytesView)
    }
}

/// A request's head and body as text.
func request(
    _ method: String = "POST", _ target: String = "/mutate",
    headers: [String] = ["Content-Type: application/json"],
    body: [UInt8] = [], close: Bool = true
) -> [UInt8] {
    let lines =
        ["\(method) \(target) HTTP/1.1", "Host: localhost"] + headers
        + (close ? ["Connection: close"] : []) + ["Content-Length: \(body.count)", "", ""]
    return Array(lines.joined(separator: "\r\n").utf8) + body
}
