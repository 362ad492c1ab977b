import NIOCore

/// What the connections of one event loop share. Only that loop touches it.
final class LoopState {
    let eventLoop: any EventLoop
    let clock = LoopClock()
    let metrics: LoopMetrics
    let phase: AtomicPhase
    let bodies: BodyBudget
    let limits: ConnectionLimits
    private var connections: [ObjectIdentifier: any ServerConnection] = [:]
    private var isSweeping = false
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
    }

    /// Ends the connections that wait for nothing; the others end with their next answer.
    func listenerHasClosed() {
        for connection in connections.values { connection.listenerHasClosed(now: .now()) }
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
            let now = NIODeadline.now()
            for connection in connections.values { connection.sweep(now: now) }
            sweepLater()
        }
    }
}

/// A connection whose time is watched.
protocol ServerConnection: AnyObject {
    /// Sends what has been written.
    func flush()
    /// Acts if the time of what the connection waits for is over.
    func sweep(now: NIODeadline)
    /// No further connection will come, and this one is to end as soon as nothing is lost by it.
    func listenerHasClosed(now: NIODeadline)
    /// Ends it without an answer.
    func abort()
}
