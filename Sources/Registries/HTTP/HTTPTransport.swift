import Catalogue
import NIOCore
import NIOHTTP1
import NIOPosix
import OpenSSLTLS
import Synchronization

/// HTTP/1.1 over TLS for threads that may wait; connections are used again.
final class HTTPTransport: Sendable {
    let limits: RegistryLimits
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let tls: TLSContext
    private let proxies: ProxySettings
    private let openChannels = Mutex(OpenChannels())
    private let idle = Mutex<[HTTPAddress.Origin: [ClientConnection]]>([:])

    /// What ``cancel()`` has to close.
    private struct OpenChannels {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isCancelled = false
    }

    /// The most connections to one host that are kept while nobody uses them.
    private static let mostIdle = 2
    /// The largest header field, and how many there may be.
    private static let decoderLimits = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 32 << 10
        limits.maxHeaderListSize = 64 << 10
        limits.maxHeaderFieldCount = 128
        return limits
    }()

    init(tls: TLSContext, proxies: ProxySettings, limits: RegistryLimits) {
        self.tls = tls
        self.proxies = proxies
        self.limits = limits
    }

    deinit {
        idle.withLock { $0 = [:] }
        // Nothing waits for the end of a thread that has nothing to do any more.
        group.shutdownGracefully { _ in }
    }

    /// Closes all connections, and lets none be opened any more.
    func cancel() {
        let channels = openChannels.withLock { open in
            open.isCancelled = true
            return open.channels.values
        }
        for channel in channels { channel.close(promise: nil) }
    }

    private func note(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isTaken = openChannels.withLock { open in
            if !open.isCancelled { open.channels[key] = channel }
            return !open.isCancelled
        }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.openChannels.withLock { $0.channels[key] = nil }
        }
        return isTaken
    }

    /// Sends a request, and waits until its answer begins.
    /// - Throws: ``RegistryError``
    func send(
        _ request: HTTPRequest, to address: HTTPAddress, deadline: NIODeadline
    ) throws(RegistryError) -> ClientResponse {
        if let kept = takeIdle(address.origin) {
            // The host may have closed it meanwhile; whatever is asked here can be asked again.
            if let answer = try? kept.send(
                request, target: address.target, limits: limits, deadline: deadline)
            {
                return ClientResponse(answer, from: kept, transport: self, deadline: deadline)
            }
            kept.close()
        }
        let connection = try open(address.origin, deadline)
        do {
            let answer = try connection.send(
                request, target: address.target, limits: limits, deadline: deadline)
            return ClientResponse(answer, from: connection, transport: self, deadline: deadline)
        } catch {
            connection.close()
            throw error
        }
    }

    /// Takes back a connection whose answer has been read to its end.
    func keep(_ connection: ClientConnection) {
        let isKept = idle.withLock { idle in
            guard idle[connection.origin, default: []].count < Self.mostIdle else { return false }
            idle[connection.origin, default: []].append(connection)
            return true
        }
        if !isKept { connection.close() }
    }

    private func takeIdle(_ origin: HTTPAddress.Origin) -> ClientConnection? {
        idle.withLock { $0[origin]?.popLast() }
    }

    private func open(
        _ origin: HTTPAddress.Origin, _ deadline: NIODeadline
    ) throws(RegistryError) -> ClientConnection {
        let limit = min(limits.connect, deadline - .now())
        guard limit > .zero else {
            throw RegistryError(.timeout, "\(origin.description): the time for one image is over")
        }
        let loop = group.next()
        let proxy = proxies.proxy(to: origin)
        // One for each address that is tried, by channel: that of one which is closed already is in no pipeline.
        let pullers = Mutex<[ObjectIdentifier: NIOLoopBound<ResponsePuller>]>([:])
        do {
            let channel = try ClientBootstrap(group: loop)
                .connectTimeout(limit)
                .channelOption(.autoRead, value: false)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { [self] channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard note(channel) else { throw ChannelError.ioOnClosedChannel }
                        let puller = ResponsePuller()
                        pullers.withLock {
                            $0[ObjectIdentifier(channel)] = NIOLoopBound(puller, eventLoop: loop)
                        }
                        try addHandlers(to: channel, puller, origin, proxy, limit)
                    }
                }
                .connect(host: proxy?.host ?? origin.host, port: proxy?.port ?? origin.port)
                .wait()
            guard let puller = pullers.withLock({ $0[ObjectIdentifier(channel)] }) else {
                throw ChannelError.ioOnClosedChannel
            }
            let connection = ClientConnection(origin: origin, channel: channel, puller: puller)
            if origin.isEncrypted { try loop.flatSubmit { puller.value.secured(on: loop) }.wait() }
            return connection
        } catch {
            throw RegistryError(error, origin)
        }
    }

    private func addHandlers(
        to channel: any Channel, _ puller: ResponsePuller, _ origin: HTTPAddress.Origin,
        _ proxy: ProxySettings.Proxy?,
        _ limit: TimeAmount
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let proxy {
            try pipeline.addHandler(
                ProxyTunnel(to: origin, authorization: proxy.authorization, limit: limit))
        }
        if origin.isEncrypted {
            try pipeline.addHandler(
                TLSHandler(client: tls, serverName: origin.host, limits: .init(handshakeTimeout: limit)))
        }
        try pipeline.addHTTPClientHandlers(decoderLimitConfiguration: Self.decoderLimits)
        try pipeline.addHandler(puller)
    }
}
