import System
import NIOCore
import NIOHTTP1
import NIOPosix

import Glibc

/// One port: the socket that listens, and what its connections share on each event loop.
final class Listener: Sendable {
    /// What one event loop has of its own for this port.
    final class LoopShare {
        let state: LoopState
        let routes: any HTTPRoutes

        init(state: LoopState, routes: any HTTPRoutes) {
            self.state = state
            self.routes = routes
        }
    }

    /// What there is to know before the port is opened.
    struct Plan: Sendable {
        var address: BindAddress
        /// The flag that gave the address, for the error message.
        var flag: String
        var maxConnections: Int
        /// Open connections.
        var open: Counter
        /// Where to count what becomes of connections; `nil` for the admin port.
        var results: LabelledCounter<ConnectionResult>?
        var log: ServerLog
        /// Adds what stands between the socket and HTTP; `false` when it is nothing.
        var addTransport: @Sendable (any Channel) throws -> Bool
        /// Opens the socket.
        var bind: @Sendable (ServerBootstrap, BindAddress) async throws -> any Channel = {
            try await $0.bind(host: $1.host, port: $1.port).get()
        }
    }

    let channel: any Channel
    /// Where it listens: with the port that the system chose, when it was to choose one.
    let address: BindAddress
    private let shares: [ObjectIdentifier: NIOLoopBound<LoopShare>]
    private let gate: NIOLoopBound<ConnectionGate>

    private init(
        channel: any Channel, address: BindAddress, shares: [ObjectIdentifier: NIOLoopBound<LoopShare>],
        gate: NIOLoopBound<ConnectionGate>
    ) {
        self.channel = channel
        self.address = address
        self.shares = shares
        self.gate = gate
    }

    /// Opens the port.
    /// - Parameters:
    ///   - acceptor: whose one loop accepts the connections.
    ///   - workers: whose loops serve them.
    ///   - makeShare: makes what one loop has of its own; called on that loop, with its number.
    static func open(
        _ plan: Plan, acceptor: any EventLoop, workers: MultiThreadedEventLoopGroup,
        makeShare: @escaping @Sendable (Int, any EventLoop) -> LoopShare
    ) async throws(ServerError) -> Listener {
        do {
            let shares = try await shares(of: workers, makeShare)
            let rooms = try await rooms(of: Array(shares.values))
            let gate = try await acceptor.submit {
                NIOLoopBound(
                    ConnectionGate(
                        limit: plan.maxConnections, rooms: rooms, open: plan.open, results: plan.results),
                    eventLoop: acceptor)
            }.get()
            let channel = try await bind(plan) {
                bootstrap(plan, acceptor: acceptor, workers: workers, gate: gate, shares: shares)
            }
            var address = plan.address
            if let local = channel.localAddress, let host = local.ipAddress, let port = local.port {
                address = BindAddress(host: host, port: port)
            }
            return Listener(channel: channel, address: address, shares: shares, gate: gate)
        } catch {
            throw ServerError.cannotListen(on: plan.address, flag: plan.flag, error)
        }
    }

    private static func shares(
        of workers: MultiThreadedEventLoopGroup,
        _ makeShare: @escaping @Sendable (Int, any EventLoop) -> LoopShare
    ) async throws -> [ObjectIdentifier: NIOLoopBound<LoopShare>] {
        var shares: [ObjectIdentifier: NIOLoopBound<LoopShare>] = [:]
        for (number, loop) in workers.makeIterator().enumerated() {
            shares[ObjectIdentifier(loop)] = try await loop.submit {
                NIOLoopBound(makeShare(number, loop), eventLoop: loop)
            }.get()
        }
        return shares
    }

    private static func bootstrap(
        _ plan: Plan, acceptor: any EventLoop, workers: MultiThreadedEventLoopGroup,
        gate: NIOLoopBound<ConnectionGate>, shares: [ObjectIdentifier: NIOLoopBound<LoopShare>]
    ) -> ServerBootstrap {
        ServerBootstrap(group: acceptor, childGroup: workers)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: UInt(ConnectionGate.mostNewcomers))
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One read at a time, of at most 64 KiB, so that back-pressure is felt at once.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 16384, maximum: 65536)
            )
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        AcceptBackoff(length: .milliseconds(100), results: plan.results, log: plan.log),
                        gate.value,
                    ])
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.addHandlers(to: channel, plan: plan, shares: shares)
                }
            }
    }

    /// Opens the socket. All addresses of IPv6 are those of IPv4 too, and where there is no IPv6, they are only those.
    /// - Parameter bootstrap: makes one for each attempt, as options stay.
    private static func bind(
        _ plan: Plan, _ bootstrap: () -> ServerBootstrap
    ) async throws -> any Channel {
        guard plan.address.isAllOfIPv6 else { return try await plan.bind(bootstrap(), plan.address) }
        do {
            // Whatever the system's default is (ipv6(7), `net.ipv6.bindv6only`).
            let isIPv6Only = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
            return try await plan.bind(bootstrap().serverChannelOption(isIPv6Only, value: 0), plan.address)
        } catch let error as IOError
            where error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL
        {
            let address = BindAddress(host: "0.0.0.0", port: plan.address.port)
            plan.log.write(.info, "no IPv6 here: listening on IPv4 only") { line in
                line.add("flag", plan.flag)
                line.add("askedFor", plan.address.description)
                line.add("reason", SystemError(error.errnoCode).description)
            }
            return try await plan.bind(bootstrap(), address)
        }
    }

    /// Where each event loop can be asked to make room for one more connection.
    private static func rooms(of shares: [NIOLoopBound<LoopShare>]) async throws -> [ConnectionGate.Room] {
        var rooms: [ConnectionGate.Room] = []
        for share in shares {
            let loop = share.eventLoop
            let oldestWait = try await loop.submit { share.value.state.oldestWait }.get()
            rooms.append(
                ConnectionGate.Room(oldestWait: oldestWait) {
                    loop.flatSubmit {
                        share.value.state.makeRoom(now: .now())?.map { true }
                            ?? loop.makeSucceededFuture(false)
                    }
                })
        }
        return rooms
    }

    private static func addHandlers(
        to channel: any Channel, plan: Plan, shares: [ObjectIdentifier: NIOLoopBound<LoopShare>]
    ) throws {
        guard let share = shares[ObjectIdentifier(channel.eventLoop)]?.value else {
            throw ChannelError.operationUnsupported
        }
        try addHandlers(to: channel, share: share, addTransport: plan.addTransport)
    }

    /// Makes a channel one of this port's connections.
    static func addHandlers(
        to channel: any Channel, share: LoopShare, addTransport: (any Channel) throws -> Bool
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(BackPressureHandler())
        // From before the first handler: what is closed there is closed past TLS.
        let socket = try pipeline.context(handlerType: BackPressureHandler.self)
        let hasTransport = try addTransport(channel)
        let connection = HTTPConnection(
            routes: share.routes, loop: share.state, awaitsHandshake: hasTransport,
            abortTransport: { socket.close(promise: nil) })
        try pipeline.addHandlers([
            FirstByteWatch(connection),
            ByteToMessageHandler(
                HTTPRequestDecoder(
                    leftOverBytesStrategy: .dropBytes, limitConfiguration: share.state.limits.decoder),
                maximumBufferSize: share.state.limits.maxHeadBytes + 65536),
            connection,
        ])
    }

    /// Closes the port without losing a connection that has been made or is being made.
    ///
    /// Newcomers are turned away first. Then it waits for those under way: a tenth of a second, in which an
    /// answer comes back from anywhere in a cluster, and on until nobody has come for a while, but not for
    /// ever, should the system be unable to turn anybody away.
    func close() async {
        _ = await SYNFilter.attach(to: channel)
        let begin = NIODeadline.now()
        let quiet = TimeAmount.milliseconds(50)
        while NIODeadline.now() - begin < .milliseconds(1000) {
            try? await Task.sleep(for: .nanoseconds(quiet.nanoseconds))
            let last = try? await channel.eventLoop.submit { [gate] in gate.value.lastArrival }.get()
            let now = NIODeadline.now()
            if let last, now - last >= quiet, now - begin >= .milliseconds(100) { break }
        }
        try? await channel.close().get()
    }

    /// Ends the connections that wait for nothing.
    func closeIdleConnections() async {
        for share in shares.values {
            try? await share.eventLoop.submit { share.value.state.listenerHasClosed() }.get()
        }
    }

    /// Ends all connections. The answer is how many there were.
    func closeAllConnections() async -> Int {
        var count = 0
        for share in shares.values {
            count += (try? await share.eventLoop.submit { share.value.state.closeAll() }.get()) ?? 0
        }
        return count
    }
}
