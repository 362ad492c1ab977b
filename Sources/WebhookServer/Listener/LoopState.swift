import NIOCore

/// What the connections of one event loop share. Only that loop touches it.
final class LoopState {
    let eventLoop: any EventLoop
    let clock = LoopClock()
    /// What time it is: that of the event loop's own timers, so that a test can move it.
    var now: NIODeadline { eventLoop.now }
    let metrics: LoopMetrics
    let phase: AtomicPhase
    let bodies: BodyBudget
    let limits: ConnectionLimits
    private var connections: [ObjectIdentifier: any ServerConnection] = [:]
    private var isSweeping = false
    private var silent = WaitingQueue<any ServerConnection>()
    private var unfinished = WaitingQueue<any ServerConnection>()
    /// What other event loops may know of the two.
    let oldestWait = OldestWait()
    /// Connections whose answers are written but not sent.
    private var unflushed: [any ServerConnection] = []
    /// The memory of the list before, for the next one.
    private var flushed: [any ServerConnection] = []

    init(
        eventLoop: any EventLoop, metrics: LoopMetrics, phase: AtomicPhase, bodies: BodyBudget,
        limits: ConnectionLimits
    ) {
        self.eventLoop = eventLoop
        self.metrics = metrics
        self.phase = phase
        self.bodies = bodies
        self.limits = limits
    }

    /// Begins to watch a connection's time.
    func add(_ connection: any ServerConnection) {
        connections[ObjectIdentifier(connection)] = connection
        sweepLater()
    }

    /// Sends a connection's answers when all that one round of the event loop has brought has been answered.
    func flushSoon(_ connection: any ServerConnection) {
        unflushed.append(connection)
        guard unflushed.count == 1 else { return }
        eventLoop.assumeIsolated().execute { [self] in
            // Sending may end in further answers, which then are for the next time.
            swap(&unflushed, &flushed)
            for connection in flushed { connection.flush() }
            flushed.removeAll(keepingCapacity: true)
        }
    }

    func remove(_ connection: any ServerConnection) {
        connections[ObjectIdentifier(connection)] = nil
        stopWaiting(connection)
    }

    // MARK: Making room

    /// Notes what a connection waits for, and since when; `nil` where nothing is to be ended for the sake of another.
    func noteWaiting(_ connection: any ServerConnection, for kind: WaitingKind?, since: NIODeadline) {
        if let place = connection.waiting, place.kind == kind, place.since == since { return }
        stopWaiting(connection)
        guard let kind, connections[ObjectIdentifier(connection)] != nil else { return }
        let index: Int
        switch kind {
        case .silent: index = silent.append(connection, since: since)
        case .unfinished: index = unfinished.append(connection, since: since)
        }
        connection.waiting = WaitingPlace(kind: kind, since: since, index: index)
        publishOldest(kind)
    }

    private func stopWaiting(_ connection: any ServerConnection) {
        guard let place = connection.waiting else { return }
        connection.waiting = nil
        switch place.kind {
        case .silent: silent.remove(place.index)
        case .unfinished: unfinished.remove(place.index)
        }
        publishOldest(place.kind)
    }

    private func publishOldest(_ kind: WaitingKind) {
        switch kind {
        case .silent: oldestWait.set(.silent, to: silent.oldest?.since)
        case .unfinished: oldestWait.set(.unfinished, to: unfinished.oldest?.since)
        }
    }

    /// Ends the connection that has waited longest for its client, so that another can be taken in.
    ///
    /// One that has asked for nothing comes first: oldest first, whether TLS is established or not, so that who
    /// has only just connected is the last to go. Where there is none, it is one whose request has been coming for
    /// too long.
    /// - Returns: when it is closed; `nil` when there is none.
    func makeRoom(now: NIODeadline) -> EventLoopFuture<Void>? {
        let victim: any ServerConnection
        if let oldest = silent.oldest {
            victim = oldest.connection
        } else if let oldest = unfinished.oldest, now - oldest.since >= limits.slowRequestTime {
            victim = oldest.connection
        } else {
            return nil
        }
        stopWaiting(victim)
        return victim.makeRoom()
    }

    /// Ends the connections that wait for nothing; the others end with their next answer.
    func listenerHasClosed() {
        for connection in connections.values { connection.listenerHasClosed(now: now) }
    }

    /// Ends them all. The answer is how many there were.
    func closeAll() -> Int {
        let all = connections.values
        for connection in all { connection.abort() }
        return all.count
    }

    /// Looks after the connections now and then instead of setting a timer for each request: an answer then
    /// costs one stored number. There is no timer while there is no connection.
    private func sweepLater() {
        guard !isSweeping, !connections.isEmpty else { return }
        isSweeping = true
        eventLoop.assumeIsolated().scheduleTask(in: limits.sweepInterval) { [weak self] in
            guard let self else { return }
            isSweeping = false
            let now = now
            for connection in connections.values { connection.sweep(now: now) }
            sweepLater()
        }
    }
}

/// Where a connection stands in one of the queues of its event loop.
struct WaitingPlace {
    var kind: WaitingKind
    var since: NIODeadline
    var index: Int
}

/// A connection whose time is watched.
protocol ServerConnection: AnyObject {
    /// Kept for the event loop's state, which alone changes it; `nil` while the connection does not wait.
    var waiting: WaitingPlace? { get set }
    /// Ends it at once for the sake of another.
    /// - Returns: when it is closed; `nil` when it already is.
    func makeRoom() -> EventLoopFuture<Void>?
    /// Sends what has been written.
    func flush()
    /// Acts if the time of what the connection waits for is over.
    func sweep(now: NIODeadline)
    /// No further connection will come, and this one is to end as soon as nothing is lost by it.
    func listenerHasClosed(now: NIODeadline)
    /// Ends it without an answer.
    func abort()
}
