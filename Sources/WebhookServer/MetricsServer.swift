import NIOCore
import NIOPosix
import Synchronization
import UnixSignals

/// Serves the metrics of something other than the webhook, as plain HTTP: `/metrics`, and `/livez` and `/readyz` for
/// probes, with the limits of the webhook's admin port.
///
/// Threads: one event loop. The metrics are made on a thread for work that blocks, now and then, however often they are
/// asked for: neither a probe nor a signal waits for them, not even on a single core.
public final class MetricsServer: Sendable {
    private let address: BindAddress
    private let flag: String
    private let log: ServerLog
    private let interval: Duration
    private let refresh: @Sendable () throws -> [UInt8]
    private let control = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let text = Mutex<Result<[UInt8], any Error>?>(nil)
    private let phase = AtomicPhase()

    /// - Parameters:
    ///   - flag: the flag that gave the address, for error messages.
    ///   - interval: between the end of one refresh and the start of the next.
    ///   - refresh: makes the text of `/metrics`; it may take its time.
    public init(
        address: BindAddress, flag: String, log: ServerLog, interval: Duration,
        refresh: @escaping @Sendable () throws -> [UInt8]
    ) {
        self.address = address
        self.flag = flag
        self.log = log
        self.interval = interval
        self.refresh = refresh
    }

    /// Serves until SIGTERM or SIGINT.
    /// - Throws: ``ServerError`` when the port cannot be opened.
    public func runUntilSignalled() async throws(ServerError) {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await run { for await _ in signals { break } }
    }

    /// Serves until `end` returns.
    func run(until end: @Sendable () async -> Void) async throws(ServerError) {
        let listener: Listener
        do {
            listener = try await open()
        } catch {
            try? await control.shutdownGracefully()
            throw error
        }
        log.write(.info, "started") { $0.add("address", listener.address.description) }
        let refreshing = Task { [self] in
            while !Task.isCancelled {
                await refreshOnce()
                try? await Task.sleep(for: interval)
            }
        }
        await end()
        _ = phase.advance(to: .draining)
        refreshing.cancel()
        await listener.close()
        _ = await listener.closeAllConnections()
        try? await control.shutdownGracefully()
        log.write(.info, "stopped")
    }

    private func refreshOnce() async {
        let made: Result<[UInt8], any Error>
        do {
            made = .success(try await NIOThreadPool.singleton.runIfActive(refresh))
        } catch is CancellationError {
            return
        } catch {
            log.write(.error, "no metrics") { $0.add("error", "\(error)") }
            made = .failure(error)
        }
        text.withLock { $0 = made }
    }

    private func open() async throws(ServerError) -> Listener {
        let limits = ConnectionLimits.admin(within: ServerLimits())
        let bodies = BodyBudget(limit: limits.maxBodyBytes)
        let connectionPhase = AtomicPhase()
        return try await Listener.open(
            Listener.Plan(
                address: address, flag: flag, maxConnections: ServerLimits.maxAdminConnections,
                open: Counter(),
                results: nil, log: log, addTransport: { _ in false }),
            acceptor: control.next(), workers: control
        ) { [self] _, loop in
            let state = LoopState(
                eventLoop: loop, metrics: LoopMetrics(), phase: connectionPhase, bodies: bodies,
                limits: limits)
            let routes = AdminRoutes(
                notReadyReason: { [weak self] in self?.notReadyReason },
                metrics: { [weak self] in self?.metrics ?? [] })
            return Listener.LoopShare(state: state, routes: routes)
        }
    }

    private var notReadyReason: String? {
        if phase.value > .serving { return "shutting down" }
        return text.withLock { text in
            switch text {
            case nil: "nothing has been read yet"
            case .success?: nil
            case .failure(let error)?: "\(error)"
            }
        }
    }

    private var metrics: [UInt8] {
        text.withLock { if case .success(let bytes)? = $0 { bytes } else { [] } }
    }
}
