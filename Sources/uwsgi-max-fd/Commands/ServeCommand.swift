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
            Answers AdmissionReview requests at /mutate, /strict and /audit over HTTPS, and tells of its health and its \
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

    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Log") var logging: LogOptions

    mutating func run() async throws {
        var configuration = ServerConfiguration(
            transport: .tls(try tls.certificateFiles()), admission: detection.settings(images: images),
            version: ProgramVersion.text)
        configuration.bind = addresses.bind
        configuration.adminBind = addresses.adminBind
        limits.apply(to: &configuration)
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
            "Where to serve HTTPS; [::]:8443 for IPv6; port 0 picks one, and the log says which.",
            valueName: "host:port"))
    var bind = BindAddress(host: "0.0.0.0", port: 8443)

    @Option(
        help: ArgumentHelp(
            "Where to serve /livez, /readyz and /metrics, as plain HTTP.", valueName: "host:port"))
    var adminBind = BindAddress(host: "0.0.0.0", port: 8081)
}

/// What a client, and what the network, may ask for at most.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The largest body of a request; a larger one is answered with 413.", valueName: "bytes"))
    var maxBodyBytes = 8_388_608

    @Option(help: ArgumentHelp("The most connections; more are refused at once.", valueName: "n"))
    var maxConnections = 1024

    @Option(
        help: ArgumentHelp(
            "How long a handshake, and the head and body of a request, may take: 408 and close.",
            valueName: "duration"))
    var requestTimeout = GoDuration(nanoseconds: 10_000_000_000)

    @Option(help: ArgumentHelp("How long a connection may be idle.", valueName: "duration"))
    var idleTimeout = GoDuration(nanoseconds: 120_000_000_000)

    @Option(
        help: ArgumentHelp(
            "How long requests are served after SIGTERM before the port closes.", valueName: "duration"))
    var drainDelay = GoDuration(nanoseconds: 5_000_000_000)

    @Option(
        help: ArgumentHelp(
            "How long requests in flight may take after the port has closed.", valueName: "duration"))
    var drainTimeout = GoDuration(nanoseconds: 20_000_000_000)

    @Option(help: ArgumentHelp("Event loops (default: one for each core, at most 4).", valueName: "n"))
    var threads: Int?

    func validate() throws {
        let counts = [
            ("--max-body-bytes", maxBodyBytes, 1 << 30), ("--max-connections", maxConnections, 1 << 20),
            ("--threads", threads ?? 1, 256),
        ]
        for (flag, value, most) in counts where !(1...most).contains(value) {
            throw ValidationError("\(flag) must be from 1 to \(most), not \(value)")
        }
        for (flag, value) in [("--request-timeout", requestTimeout), ("--idle-timeout", idleTimeout)]
        where value.nanoseconds <= 0 {
            throw ValidationError("\(flag) must be longer than nothing")
        }
        for (flag, value) in [("--drain-delay", drainDelay), ("--drain-timeout", drainTimeout)]
        where value.nanoseconds < 0 {
            throw ValidationError("\(flag) must not be negative")
        }
    }

    func apply(to configuration: inout ServerConfiguration) {
        configuration.maxBodyBytes = maxBodyBytes
        configuration.maxConnections = maxConnections
        configuration.requestTimeout = requestTimeout.duration
        configuration.idleTimeout = idleTimeout.duration
        configuration.drainDelay = drainDelay.duration
        configuration.drainTimeout = drainTimeout.duration
        if let threads { configuration.threads = threads }
    }
}

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(name: .customLong("log-format"), help: "json, or text for a terminal.")
    var format = LogFormat.json

    @Option(
        name: .customLong("log-level"),
        help:
            "The least level of operational lines: debug, info, warning or error. Each review has its line anyhow."
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
