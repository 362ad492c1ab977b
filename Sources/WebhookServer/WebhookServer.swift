import System
import Basics
import Admission
import Catalogue
import NIOCore
import NIOPosix
import OpenSSLTLS
import Synchronization
import UWSGI

import Glibc

/// The server: two ports, from their opening to the last answer.
///
/// Threads: one event loop for accepting connections, the admin port and timers; `threads` event loops that
/// answer reviews; one thread for reviews that take long; one thread that writes the log.
public final class WebhookServer: Sendable {
    private let configuration: ServerConfiguration
    let log: ServerLog
    private let metrics: ServerMetrics
    private let phase = AtomicPhase()
    private let control = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let workers: MultiThreadedEventLoopGroup
    private let adminConnections = Counter()
    private let ports = Mutex<Ports?>(nil)
    private let drainDelay = Mutex<Task<Void, Never>?>(nil)
    private let closed = Completion()
    let bodies: BodyBudget
    let slowReviews: SlowReviews
    let readings: ImageReadings?
    private let certificate: CertificateWatch?
    private let catalogue = Mutex<CatalogueWatch?>(nil)

    private struct Ports: Sendable {
        var webhook: Listener
        var admin: Listener
    }

    public init(configuration: ServerConfiguration, log: ServerLog) {
        var configuration = configuration
        if configuration.imageCatalogue != nil {
            configuration.admission.catalogue = CatalogueStore(ImageCatalogue())
        }
        let registryImages = configuration.imageSource.map { _ in
            CatalogueStore(ImageCatalogue(of: .registry))
        }
        configuration.admission.registryImages = registryImages
        self.configuration = configuration
        self.log = log
        let threads = min(max(1, configuration.threads), ServerLimits.maxThreads)
        bodies = BodyBudget(limit: configuration.bufferedBytes)
        let slowReviews = SlowReviews(settings: configuration.admission, threads: threads)
        self.slowReviews = slowReviews
        if let source = configuration.imageSource, let registryImages {
            readings = ImageReadings(source: source, store: registryImages, reviews: slowReviews, log: log)
        } else {
            readings = nil
        }
        workers = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        metrics = ServerMetrics(loops: threads, build: BuildFacts.of(version: configuration.version))
        certificate =
            if case .tls(let files) = configuration.transport {
                CertificateWatch(files: files, reloads: metrics.reloads, log: log)
            } else {
                nil
            }
    }

    // MARK: Start

    /// Opens both ports. From here on requests are answered.
    /// - Throws: ``ServerError`` when the configuration makes no sense or a port cannot be opened.
    public func start() async throws(ServerError) {
        // A reader of the log that goes away must not take the process along; write(2) then fails with EPIPE.
        signal(SIGPIPE, SIG_IGN)
        Allocator.configure()
        let webhook: Listener
        let admin: Listener
        do {
            try configuration.validate()
            try loadCatalogue()
            webhook = try await openWebhook()
            admin = try await openAdmin()
        } catch {
            // With the threads goes whatever port was opened already.
            await endThreads()
            throw error
        }
        ports.withLock { $0 = Ports(webhook: webhook, admin: admin) }
        logStart(webhook, admin)
        giveMemoryBackNowAndThen()
        watchCatalogue()
        readAgainNowAndThen()
        if let certificate {
            certificate.check(now: WallClock.now.seconds)
            _ = certificate.start(
                on: control.next(), every: .nanoseconds(configuration.reloadInterval.nanoseconds))
        }
    }

    /// Before the first review: what the catalogue knows is not to depend on when a Pod comes.
    private func loadCatalogue() throws(ServerError) {
        guard let file = configuration.imageCatalogue, let store = configuration.admission.catalogue else {
            return
        }
        let watch: CatalogueWatch
        do {
            watch = try CatalogueWatch(
                file, store: store, reloads: metrics.catalogueReloads, log: log, now: WallClock.now.seconds)
        } catch {
            throw ServerError("--image-catalogue \(file.path): \(error)")
        }
        catalogue.withLock { $0 = watch }
    }

    /// Reading a large catalogue takes milliseconds, for which no event loop has time.
    private func watchCatalogue() {
        guard let watch = catalogue.withLock({ $0 }) else { return }
        let interval = TimeAmount.nanoseconds(configuration.reloadInterval.nanoseconds)
        control.next().scheduleRepeatedTask(initialDelay: interval, delay: interval) { [slowReviews] _ in
            slowReviews.between { watch.check(now: WallClock.now.seconds) }
        }
    }

    /// Registries that did not answer are asked again, whether or not another Pod comes.
    private func readAgainNowAndThen() {
        guard let readings else { return }
        control.next().scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            readings.beginReading()
        }
    }

    /// Once large bodies and answers are gone, what was made for them is free, but still the process's own.
    private func giveMemoryBackNowAndThen() {
        control.next().scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) {
            [bodies, slowReviews] _ in
            bodies.memory.release()
            slowReviews.giveMemoryBack(always: bodies.fallSinceLastLook() > 64 << 10)
        }
    }

    private func logStart(_ webhook: Listener, _ admin: Listener) {
        log.write(.info, "started") { line in
            line.add("version", configuration.version)
            line.add("openssl", BuildFacts.of(version: "").openssl)
            line.add("address", webhook.address.description)
            line.add("adminAddress", admin.address.description)
            line.add("policies", Policy.allCases.map(\.rawValue))
            line.add("maxFd", configuration.admission.maxFD)
            line.add("ceiling", configuration.admission.detector.ceiling)
            line.add("threads", configuration.threads)
            if let facts = catalogue.withLock({ $0 })?.facts { line.add("catalogueImages", facts.entries) }
            if case .tls(let files) = configuration.transport,
                let certificate = files.store.current.certificate
            {
                CertificateWatch.describe(certificate, in: &line)
            }
        }
    }

    /// Where the webhook is served, once ``start()`` has returned.
    public var address: BindAddress? { ports.withLock { $0?.webhook.address } }

    /// Where health and metrics are served, once ``start()`` has returned.
    public var adminAddress: BindAddress? { ports.withLock { $0?.admin.address } }

    private func openWebhook() async throws(ServerError) -> Listener {
        let limits = configuration.webhookLimits
        return try await Listener.open(
            Listener.Plan(
                address: configuration.bind, flag: "--bind", maxConnections: affordableConnections(),
                open: metrics.connections, results: metrics.connectionResults, log: log,
                addTransport: transport()),
            acceptor: control.next(), workers: workers
        ) { [self] number, loop in
            let state = LoopState(
                eventLoop: loop, metrics: metrics.loops[number], phase: phase, bodies: bodies, limits: limits)
            let reviewer = AdmissionReviewer(settings: configuration.admission)
            reviewer.warmUp()
            let routes = WebhookRoutes(
                reviewer: reviewer, metrics: state.metrics, log: log, clock: state.clock,
                slow: (slowReviews, loop), readings: readings)
            return Listener.LoopShare(state: state, routes: routes)
        }
    }

    /// What stands between the webhook's socket and HTTP.
    private func transport() -> @Sendable (any Channel) throws -> Bool {
        guard case .tls(let files) = configuration.transport else { return { _ in false } }
        let limits = TLSHandler.Limits(
            handshakeTimeout: .nanoseconds(configuration.requestTimeout.nanoseconds))
        let limiter = RateLimiter(perSecond: 10)
        return { [store = files.store, failures = metrics.handshakeFailures, log] channel in
            try channel.pipeline.syncOperations.addHandlers([
                TLSHandler(
                    server: store.current, limits: limits, plainHTTPAnswer: Self.answerToPlainHTTP),
                TLSMonitor(failures: failures, log: log, limiter: limiter),
            ])
            return true
        }
    }

    /// What a client is told that speaks HTTP to the HTTPS port.
    private static let answerToPlainHTTP: String = {
        var buffer = ByteBuffer()
        HTTPResponse.error(.badRequest, "this port speaks HTTPS: use https://")
            .write(to: &buffer, framing: HTTPResponse.Framing(closes: true, date: WallClock.now.httpDate))
        return String(buffer: buffer)
    }()

    private func openAdmin() async throws(ServerError) -> Listener {
        let limits = configuration.adminLimits
        let bodies = BodyBudget(limit: limits.maxBodyBytes)
        // The admin port answers until the very end, and its connections do not hold up a shutdown: it has a
        // phase of its own, which never changes.
        let ownPhase = AtomicPhase()
        return try await Listener.open(
            Listener.Plan(
                address: configuration.adminBind, flag: "--admin-bind",
                maxConnections: configuration.maxAdminConnections, open: adminConnections, results: nil,
                log: log, addTransport: { _ in false }),
            acceptor: control.next(), workers: control
        ) { [self] _, loop in
            let state = LoopState(
                eventLoop: loop, metrics: metrics.admin, phase: ownPhase,
                bodies: bodies, limits: limits)
            let routes = AdminRoutes(
                notReadyReason: { [weak self] in self?.notReadyReason() ?? nil },
                metrics: { [weak self] in self?.metricsText() ?? [] })
            return Listener.LoopShare(state: state, routes: routes)
        }
    }

    /// How many connections may be open: as many as were asked for, if there are file descriptors for them.
    ///
    /// Descriptors must never run out: the certificate could not be read any more, nor `/proc`, and Dispatch,
    /// which Swift's concurrency runs on, ends a process that has none left (swift-corelibs-libdispatch,
    /// src/event/workqueue.c, `_dispatch_workq_count_runnable_workers`).
    private func affordableConnections() -> Int {
        // In addition to the connections: the ports, three for each event loop, the log, files that are being read, and
        // newcomers that wait for room on both ports.
        let reserve =
            configuration.maxAdminConnections + 64 + 2 * ConnectionGate.mostNewcomers
            + 3 * configuration.threads
        let needed = configuration.maxConnections + reserve
        guard let limit = DescriptorLimit.raise(to: needed), let soft = limit.soft, soft < needed else {
            return configuration.maxConnections
        }
        let affordable = max(1, soft - reserve)
        log.write(.warning, "fewer connections than asked for: too few file descriptors") { line in
            line.add("maxConnections", affordable)
            line.add("askedFor", configuration.maxConnections)
            line.add("descriptors", soft)
            line.add("cure", "raise the limit of open files (ulimit -n) or lower --max-connections")
        }
        return affordable
    }

    // MARK: Health and metrics

    /// Why requests should go elsewhere; `nil` when they should come.
    func notReadyReason() -> String? {
        phase.value > .serving ? "shutting down" : certificate?.notReadyReason(now: WallClock.now.seconds)
    }

    /// Requests that have begun and are not answered yet.
    var requestsInFlight: Int { metrics.loops.reduce(0) { $0 + $1.requestsInFlight.value } }

    func metricsText() -> [UInt8] {
        metrics.text(
            certificateNotAfter: certificate?.notAfter, catalogue: catalogue.withLock { $0 }?.facts,
            readings: readings, droppedLogLines: log.queue.droppedLines,
            process: ProcessMetrics.read())
    }

    // MARK: Shutdown

    /// Begins an orderly shutdown, once; see `waitUntilClosed()`.
    ///
    /// Readiness fails at once; requests are served for the drain delay, each answer with
    /// `Connection: close`; then the port closes, and what is in flight is answered within the drain timeout.
    public func beginDrain() {
        guard phase.advance(to: .draining) else { return }
        log.write(.info, "draining") { line in
            line.add("delayMillis", Int(configuration.drainDelay.nanoseconds / 1_000_000))
            line.add("timeoutMillis", Int(configuration.drainTimeout.nanoseconds / 1_000_000))
        }
        let delay = Task { [configuration] in _ = try? await Task.sleep(for: configuration.drainDelay) }
        drainDelay.withLock { $0 = delay }
        Task { await drain(after: delay) }
    }

    /// Ends the drain delay early.
    func endDrainDelay() { drainDelay.withLock { $0 }?.cancel() }

    /// Returns when a shutdown has ended: both ports are closed, and all threads but the log's have ended.
    public func waitUntilClosed() async {
        await closed.wait()
    }

    private func drain(after delay: Task<Void, Never>) async {
        await delay.value
        if let ports = ports.withLock({ $0 }) { await close(ports) }
        await endThreads()
    }

    private func endThreads() async {
        await readings?.stop()
        // Before the others, because its answers go to them.
        await slowReviews.stop()
        try? await workers.shutdownGracefully()
        try? await control.shutdownGracefully()
        closed.complete()
    }

    private func close(_ ports: Ports) async {
        let deadline = ContinuousClock.now + configuration.drainTimeout
        await ports.webhook.close()
        _ = phase.advance(to: .closing)
        await ports.webhook.closeIdleConnections()
        while metrics.connections.value > 0, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
        let abandoned = await ports.webhook.closeAllConnections()
        try? await ports.admin.channel.close().get()
        _ = await ports.admin.closeAllConnections()
        log.write(abandoned == 0 ? .info : .warning, "stopped") { line in
            if abandoned > 0 { line.add("connectionsAbandoned", abandoned) }
        }
    }
}

extension ServerConfiguration {
    /// What one connection to the webhook's port may take.
    var webhookLimits: ConnectionLimits {
        ConnectionLimits(
            maxBodyBytes: limits.maxBodyBytes,
            requestTimeout: .nanoseconds(limits.requestTimeout.nanoseconds),
            idleTimeout: .nanoseconds(limits.idleTimeout.nanoseconds))
    }

    /// What one connection to the admin port may take.
    var adminLimits: ConnectionLimits { .admin(within: limits) }
}

extension Duration {
    /// The length in nanoseconds; what does not fit (292 years) becomes the largest number.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, sumOverflow) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }
}
