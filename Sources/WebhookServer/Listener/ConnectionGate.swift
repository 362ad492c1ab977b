import NIOCore

/// Stands before the acceptor of a listener and sees to it that there are never more connections than may be.
///
/// At the limit a connection that waits for its client makes room for the newcomer, the one that has waited
/// longest first; the newcomer is refused only when all others are busy. A connection that is refused has cost one
/// system call and no memory.
final class ConnectionGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    /// An event loop that may have room to make.
    struct Room: Sendable {
        var oldestWait: OldestWait
        /// Ends one connection that waits for its client. The answer is whether there was one, and comes when it is
        /// closed.
        var make: @Sendable () -> EventLoopFuture<Bool>
    }

    /// How many newcomers may wait for room at once: as many as one round of accepting brings. Nothing more is
    /// accepted until all of them are settled; further clients wait in the system's queue.
    static let mostNewcomers = 32

    private let limit: Int
    private let rooms: [Room]
    private let open: Counter
    private let results: LabelledCounter<ConnectionResult>?
    /// Those that wait for room.
    private var newcomers = CircularBuffer<any Channel>()
    private var isReadHeldBack = false
    /// When a connection last came.
    private(set) var lastArrival = NIODeadline.uptimeNanoseconds(0)

    /// - Parameters:
    ///   - limit: how many connections may be open.
    ///   - rooms: the event loops that serve them.
    ///   - open: how many are.
    ///   - results: where to count what becomes of each; `nil` for the admin port.
    init(limit: Int, rooms: [Room], open: Counter, results: LabelledCounter<ConnectionResult>?) {
        self.limit = limit
        self.rooms = rooms
        self.open = open
        self.results = results
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastArrival = .now()
        newcomers.append(Self.unwrapInboundIn(data))
        // The others are settled after the first one.
        if newcomers.count == 1 { settle(context, attempts: rooms.count) }
    }

    func read(context: ChannelHandlerContext) {
        if newcomers.isEmpty {
            context.read()
        } else {
            isReadHeldBack = true
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isReadHeldBack = false
        while let newcomer = newcomers.popFirst() { refuse(newcomer) }
    }

    // MARK: Room for a newcomer

    /// Decides about the newcomers, one after the other: were room made for several at once, all of it would be made
    /// by the event loop that has the oldest connection, which may have only one that is old.
    /// - Parameter attempts: how many event loops may still turn out to have none after all.
    private func settle(_ context: ChannelHandlerContext, attempts: Int) {
        var attempts = attempts
        while let newcomer = newcomers.first {
            // Only this listener's loop adds, so that nothing comes between the look and the addition.
            if open.value < limit {
                newcomers.removeFirst()
                admit(newcomer, context)
            } else if attempts > 0, let room = oldest(.silent) ?? oldest(.unfinished) {
                return makeRoom(room, context, attempts: attempts)
            } else {
                newcomers.removeFirst()
                refuse(newcomer)
            }
            attempts = rooms.count
        }
        if isReadHeldBack {
            isReadHeldBack = false
            context.read()
        }
    }

    private func makeRoom(_ room: Room, _ context: ChannelHandlerContext, attempts: Int) {
        room.make().hop(to: context.eventLoop).assumeIsolated().whenComplete { [self] result in
            let isMade = if case .success(true) = result { true } else { false }
            if isMade { results?[.evicted].add() }
            settle(context, attempts: isMade ? rooms.count : attempts - 1)
        }
    }

    /// The event loop whose connection has waited longest.
    private func oldest(_ kind: WaitingKind) -> Room? {
        let room = rooms.min { $0.oldestWait[kind] < $1.oldestWait[kind] }
        return room?.oldestWait[kind] == .max ? nil : room
    }

    private func admit(_ connection: any Channel, _ context: ChannelHandlerContext) {
        open.add()
        results?[.accepted].add()
        connection.closeFuture.whenComplete { [open] _ in open.subtract() }
        context.fireChannelRead(Self.wrapInboundOut(connection))
    }

    private func refuse(_ connection: any Channel) {
        results?[.refused].add()
        connection.close(promise: nil)
    }
}
