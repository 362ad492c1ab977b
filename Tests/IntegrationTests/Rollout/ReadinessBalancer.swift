import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport

/// A Service's address: hands TCP connections to replicas, as kube-proxy does.
///
/// It asks every replica's `/readyz` a few times a second, so it learns of a change a little late, as
/// EndpointSlices are late on their way to a node. A replica that is not ready gets no new connections; those
/// that it has go on. Nothing is tried twice: if the replica that was chosen refuses the connection, the client
/// sees its connection end, as it would see the reset of a replica that is gone, because kube-proxy rewrites
/// addresses and has no part in the connection itself.
///
/// In turn, as kube-proxy's IPVS mode does by default; the choice at random of its iptables mode could leave a
/// replica without any connection, once in some thousand runs.
final class ReadinessBalancer: Sendable {
    private struct Replica {
        var port: Int
        var adminPort: Int
        var isReady = false
    }

    private struct NoReplicaIsReady: Error {}

    private struct State {
        var replicas: [Int: Replica] = [:]
        var turn = 0
    }

    /// How late a change of readiness is seen, at most.
    static let interval = Duration.milliseconds(250)

    private let shared: Shared
    private let listener: any Channel
    private let polling: Task<Void, Never>

    var port: Int { listener.localAddress?.port ?? 0 }

    private final class Shared: Sendable {
        let state = Mutex(State())

        func next() -> Int? {
            state.withLock { state in
                let ready = state.replicas.values.filter(\.isReady).map(\.port).sorted()
                guard !ready.isEmpty else { return nil }
                state.turn += 1
                return ready[state.turn % ready.count]
            }
        }

        func poll() async {
            for (port, replica) in state.withLock({ $0.replicas }) {
                let isReady = await Self.isReady(replica.adminPort)
                state.withLock { $0.replicas[port]?.isReady = isReady }
            }
        }

        private static func isReady(_ adminPort: Int) async -> Bool {
            guard let connection = try? await ClientConnection.open(port: adminPort, tls: nil) else {
                return false
            }
            defer { connection.close() }
            return (try? await connection.exchange(.GET, "/readyz", limit: .seconds(1)))?.status == 200
        }
    }

    init() async throws {
        let shared = Shared()
        self.shared = shared
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                guard let port = shared.next() else {
                    return client.eventLoop.makeFailedFuture(NoReplicaIsReady())
                }
                return Self.join(client, toReplicaAt: port)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        polling = Task {
            while !Task.isCancelled {
                await shared.poll()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    func add(_ server: RunningServer) {
        shared.state.withLock {
            $0.replicas[server.port] = Replica(port: server.port, adminPort: server.adminPort)
        }
    }

    func remove(_ server: RunningServer) {
        shared.state.withLock { $0.replicas[server.port] = nil }
    }

    func isReady(_ server: RunningServer) -> Bool {
        shared.state.withLock { $0.replicas[server.port]?.isReady == true }
    }

    func close() async {
        polling.cancel()
        try? await listener.close().get()
    }

    private static func join(_ client: any Channel, toReplicaAt port: Int) -> EventLoopFuture<Void> {
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { replica in
                replica.eventLoop.makeCompletedFuture {
                    try replica.pipeline.syncOperations.addHandler(Relay(to: client))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .flatMap { replica in
                client.eventLoop.makeCompletedFuture {
                    try client.pipeline.syncOperations.addHandler(Relay(to: replica))
                }
            }
    }
}

/// Passes on what comes in, and the end of it.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let partner: any Channel

    init(to partner: any Channel) {
        self.partner = partner
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        partner.write(unwrapInboundIn(data), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner.flush()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { end(.output) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.all)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Ends the other side when everything has been written to it.
    private func end(_ mode: CloseMode) {
        partner.writeAndFlush(ByteBuffer()).whenComplete { [partner] _ in
            partner.close(mode: mode, promise: nil)
        }
    }
}
