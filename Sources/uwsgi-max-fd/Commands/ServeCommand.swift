import Admission
import ArgumentParser
import OpenSSLTLS
import WebhookServer

/// The webhook server.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the admission webhook.",
        discussion: """
            Answers AdmissionReview requests at /mutate, /strict and /audit over HTTPS, and reports its health and its \
            figures at /livez, /readyz and /metrics over plain HTTP. Each review is one line of JSON on standard output.

            It needs a certificate: --tls-cert and --tls-key, which are read again when they change, or --self-signed \
            for a trial:

              uwsgi-max-fd serve --self-signed localhost 127.0.0.1 --ca-out ca.pem

            SIGTERM ends it in order: it goes on serving for --drain-delay, then finishes what is in flight within \
            --drain-timeout. A second signal ends it at once.
            """)

    @OptionGroup(title: "Addresses") var addresses: AddressOptions
    @OptionGroup(title: "TLS") var tls: TLSOptions
    @OptionGroup(title: "Policy") var detection: DetectionOptions

    @Option(
        name: .customLong("uwsgi-image"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Images that run uWSGI when the container has no command; * matches any run of characters.",
            valueName: "pattern"))
    var images: [String] = []

    @Option(
        name: .customLong("image-catalogue"),
        help: ArgumentHelp(
            "What uwsgi-max-fd images has read: what containers start whose command stands only in their image; read "
                + "again when it changes.", valueName: "file"))
    var imageCatalogue: String?

    @OptionGroup(title: "Images from registries") var reading: ServeReadOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Log") var logging: LogOptions

    mutating func run() async throws {
        var configuration = ServerConfiguration(
            transport: .tls(try tls.certificateFiles()), admission: detection.settings(images: images),
            version: ProgramVersion.text)
        configuration.bind = addresses.bind
        configuration.adminBind = addresses.adminBind
        configuration.limits = limits.limits
        configuration.imageCatalogue = imageCatalogue.map { path in
            CatalogueFile(path: path) { try CataloguePath(path).bytes() }
        }
        configuration.imageSource = try reading.source()
        let queue = LogQueue(format: logging.format)
        let server = WebhookServer(
            configuration: configuration, log: ServerLog(queue: queue, level: logging.level))
        let code: Int32
        do {
            code = try await server.runUntilSignalled()
        } catch {
            throw CommandFailure("\(error)")
        }
        if code == 0 {
            _ = await queue.close(within: .seconds(2))
        }
        throw ExitCode(code)
    }
}

/// Where to listen.
struct AddressOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to serve HTTPS; [::] is every address of IPv6 and IPv4, or of IPv4 alone where there is no IPv6; port 0 "
                + "picks one, and the log says which.",
            valueName: "host:port"))
    var bind = ServerConfiguration.defaultBind

    @Option(
        help: ArgumentHelp(
            "Where to serve /livez, /readyz and /metrics, as plain HTTP.", valueName: "host:port"))
    var adminBind = ServerConfiguration.defaultAdminBind
}

/// What a client, and what the network, may ask for at most.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The largest body of a request; a larger one is answered with 413.", valueName: "bytes"))
    var maxBodyBytes = ServerLimits().maxBodyBytes

    @Option(
        help: ArgumentHelp(
            "The most connections; the one that is idle longest makes room for another, and when none is, that one is "
                + "refused.", valueName: "n"))
    var maxConnections = ServerLimits().maxConnections

    @Option(
        help: ArgumentHelp(
            "How long a handshake, and the head and body of a request, may take: 408 and close.",
            valueName: "duration"))
    var requestTimeout = GoDuration(ServerLimits().requestTimeout)

    @Option(help: ArgumentHelp("How long a connection may be idle.", valueName: "duration"))
    var idleTimeout = GoDuration(ServerLimits().idleTimeout)

    @Option(
        help: ArgumentHelp(
            "How long requests are served after SIGTERM before the port closes.", valueName: "duration"))
    var drainDelay = GoDuration(ServerLimits().drainDelay)

    @Option(
        help: ArgumentHelp(
            "How long requests in flight may take after the port has closed.", valueName: "duration"))
    var drainTimeout = GoDuration(ServerLimits().drainTimeout)

    @Option(help: ArgumentHelp("Event loops (default: one for each core, at most 4).", valueName: "n"))
    var threads: Int?

    func validate() throws {
        do { try limits.validate() } catch { throw ValidationError("\(error)") }
    }

    var limits: ServerLimits {
        var limits = ServerLimits()
        limits.maxBodyBytes = maxBodyBytes
        limits.maxConnections = maxConnections
        limits.requestTimeout = requestTimeout.duration
        limits.idleTimeout = idleTimeout.duration
        limits.drainDelay = drainDelay.duration
        limits.drainTimeout = drainTimeout.duration
        if let threads { limits.threads = threads }
        return limits
    }
}

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(name: .customLong("log-format"), help: "json, or text for a terminal.")
    var format = LogFormat.json

    @Option(
        name: .customLong("log-level"),
        help:
            "The least level of operational lines: debug, info, warning or error. Each review is logged in any case."
    )
    var level = LogLevel.info
}

extension BindAddress: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    public var defaultValueDescription: String { description }
}

extension GoDuration: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    /// In whole seconds, as all defaults are.
    public var defaultValueDescription: String { "\(nanoseconds / 1_000_000_000)s" }
}

extension LogFormat: ExpressibleByArgument {}

extension LogLevel: ExpressibleByArgument {}
