import NIOCore
import NIOEmbedded

@testable import OpenSSLTLS

/// Certificates and contexts, made once for all runs.
private enum TLSContexts {
    static let made: (server: TLSContext, mutual: TLSContext, client: TLSContext)? = {
        guard let authority = try? CertificateAuthority.make(),
            let names = try? SubjectNames(["fuzz.test"]),
            let certificate = try? authority.issueServerCertificate(names: names)
        else { return nil }
        var configuration = TLSServerConfiguration(
            certificate: .memory(certificate), minimumVersion: .v1_2)
        guard let server = try? TLSContext(server: configuration) else { return nil }
        configuration.clientAuthentication = ClientAuthentication(
            authorities: .memory([authority.certificate]), allowedNames: ["someone"])
        guard let mutual = try? TLSContext(server: configuration),
            let client = try? TLSContext(
                client: TLSClientConfiguration(trustRoots: .memory([authority.certificate])))
        else { return nil }
        return (server, mutual, client)
    }()
}

/// What comes out above TLS, and the invariants that hold whatever goes in.
private final class Witness: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var errors = 0
    private(set) var handshakes = 0
    private(set) var plaintext = 0
    private(set) var ends = 0
    /// The first promise that was broken; handlers cannot throw.
    private(set) var broken: String?

    private func note(_ condition: Bool, _ message: String) {
        if !condition, broken == nil { broken = message }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        note(handshakes == 1, "plaintext before the handshake")
        note(errors == 0, "plaintext after an error")
        plaintext += unwrapInboundIn(data).readableBytes
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted { handshakes += 1 }
        note(handshakes <= 1, "two handshakes")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        note(error is TLSConnectionError, "an error of another kind: \(error)")
        errors += 1
        note(errors == 1, "two errors")
    }

    func channelInactive(context: ChannelHandlerContext) {
        ends += 1
        note(ends == 1, "two ends")
    }
}

/// The input's first byte chooses what is attacked, the second where; the rest is what the peer sends.
func fuzzTLS(_ input: [UInt8]) throws {
    guard input.count > 2, let contexts = TLSContexts.made else { return }
    let bytes = Array(input[2...])
    switch input[0] % 4 {
    case 0: try attackFresh(server: contexts.server, bytes, pieces: Int(input[1]))
    case 1: try attackFresh(server: contexts.mutual, bytes, pieces: Int(input[1]))
    case 2: try attackAfterHandshake(contexts.server, contexts.client, bytes, pieces: Int(input[1]))
    default: try damageFlights(contexts.server, contexts.client, bytes, flight: Int(input[1]))
    }
}

/// Raw bytes to a server that waits for a ClientHello.
private func attackFresh(server context: TLSContext, _ bytes: [UInt8], pieces: Int) throws {
    guard let end = End(try? TLSHandler(server: context)) else { return }
    end.feed(bytes, pieces: pieces)
    try end.finish()
}

/// Raw bytes to a server after a good handshake: they are no valid records, so no plaintext may come of them.
private func attackAfterHandshake(_ server: TLSContext, _ client: TLSContext, _ bytes: [UInt8], pieces: Int)
    throws
{
    guard let (clientEnd, serverEnd) = pair(server, client) else { return }
    shuttle(clientEnd, serverEnd) { $1 }
    try require(
        serverEnd.witness.handshakes == 1 && clientEnd.witness.handshakes == 1, "a good handshake failed")
    serverEnd.feed(bytes, pieces: pieces)
    try require(serverEnd.witness.plaintext == 0, "plaintext from bytes that nobody has encrypted")
    try clientEnd.finish()
    try serverEnd.finish()
}

/// A good handshake and a message, one flight of which is overlaid with the input.
private func damageFlights(_ server: TLSContext, _ client: TLSContext, _ bytes: [UInt8], flight: Int) throws {
    guard let (clientEnd, serverEnd) = pair(server, client) else { return }
    let position = flight >> 3
    shuttle(clientEnd, serverEnd) { number, buffer in
        guard number == flight & 7 else { return buffer }
        var damaged = buffer
        for (offset, byte) in bytes.enumerated() {
            let index = buffer.readerIndex + position * 16 + offset
            guard index < buffer.writerIndex, let old: UInt8 = buffer.getInteger(at: index) else { break }
            damaged.setInteger(old ^ byte, at: index)
        }
        return damaged
    }
    clientEnd.channel.writeAndFlush(ByteBuffer(string: "message"), promise: nil)
    shuttle(clientEnd, serverEnd) { $1 }
    try require(serverEnd.witness.plaintext == 0 || serverEnd.witness.plaintext == 7, "damaged plaintext")
    try clientEnd.finish()
    try serverEnd.finish()
}

/// One side of a connection.
private final class End {
    let channel = EmbeddedChannel()
    let witness = Witness()

    init?(_ handler: TLSHandler?) {
        guard let handler, (try? channel.pipeline.syncOperations.addHandlers([handler, witness])) != nil,
            let address = try? SocketAddress(ipAddress: "127.0.0.1", port: 1)
        else { return nil }
        channel.connect(to: address, promise: nil)
    }

    /// - Parameter pieces: the length of each piece; 0 for all at once.
    func feed(_ bytes: [UInt8], pieces: Int) {
        let length = pieces == 0 ? max(1, bytes.count) : pieces
        var rest = bytes[...]
        while !rest.isEmpty, channel.isActive {
            _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
    }

    func next() -> ByteBuffer? {
        (try? channel.readOutbound(as: ByteBuffer.self)) ?? nil
    }

    func finish() throws {
        if channel.isActive { channel.close(promise: nil) }
        while next() != nil {}
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        try require(!channel.isActive, "a connection that never ends")
        _ = try? channel.finish(acceptAlreadyClosed: true)
        try require(witness.broken == nil, witness.broken ?? "")
    }
}

private func pair(_ server: TLSContext, _ client: TLSContext) -> (client: End, server: End)? {
    guard let serverEnd = End(try? TLSHandler(server: server)),
        let clientEnd = End(try? TLSHandler(client: client, serverName: "fuzz.test"))
    else { return nil }
    return (clientEnd, serverEnd)
}

/// Carries what both sides send until they are silent; `change` sees each flight with its number.
private func shuttle(_ client: End, _ server: End, change: (Int, ByteBuffer) -> ByteBuffer) {
    var number = 0
    var isBusy = true
    while isBusy {
        isBusy = false
        for (source, target) in [(client, server), (server, client)] {
            while let buffer = source.next() {
                isBusy = true
                if target.channel.isActive { _ = try? target.channel.writeInbound(change(number, buffer)) }
                number += 1
            }
        }
    }
}
