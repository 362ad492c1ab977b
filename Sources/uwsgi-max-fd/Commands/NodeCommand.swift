import ArgumentParser
import JSON
import Nodes
import WebhookServer

/// Which limit this node hands out, and which uWSGI processes run under which.
struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "Show which limit a node hands out, and which uWSGI processes run under which.",
        discussion: """
            Reads /proc, and needs no privilege for it; in a container it sees the node with hostPID. Ends with 1 if a \
            runtime hands out more than 2^24 file descriptors, or a uWSGI router may hold a table of them.

              kubectl get pods -A -o json > pods.json; uwsgi-max-fd node --pods pods.json
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: ArgumentHelp("Where the proc file system is.", valueName: "folder"))
    var proc = "/proc"

    @Option(
        help: ArgumentHelp(
            "Pods as kubectl writes them (get pods -A -o json), to name what runs; - for standard input.",
            valueName: "file"))
    var pods: String?

    @Option(help: "How to write it: \(Output.allValueStrings.joined(separator: " or ")).")
    var output = Output.text

    @Option(
        help: ArgumentHelp(
            "Instead: serve the same as metrics for Prometheus on /metrics, with /livez and /readyz, until a signal comes.",
            valueName: "host:port"))
    var listen: BindAddress?

    @OptionGroup(title: "Log") var logging: LogOptions

    /// How often /proc is read for metrics, however often they are asked for.
    private static let interval = Duration.seconds(15)

    func run() async throws {
        if let listen { return try await serve(on: listen) }
        let names = try pods.map { try podNames(InputFile(path: $0)) } ?? PodNames()
        let survey = try ProcFolder(proc).survey()
        switch output {
        case .text:
            StandardStream.output.write(
                NodeReportText.rendered(survey, names: names))
        case .json: StandardStream.output.write(NodeReportJSON.rendered(survey, names: names))
        }
        if survey.isDangerous { throw ExitCode(1) }
    }

    private func serve(on address: BindAddress) async throws {
        guard pods == nil else {
            throw CommandFailure(
                "--pods goes with the text and JSON outputs: metrics name no Pods; leave it out")
        }
        let folder = try ProcFolder(proc)
        let queue = LogQueue(format: logging.format)
        let server = MetricsServer(
            address: address, flag: "--listen", log: ServerLog(queue: queue, level: logging.level),
            interval: Self.interval
        ) { Array(NodeReportMetrics.rendered(try folder.survey()).utf8) }
        do {
            try await server.runUntilSignalled()
        } catch {
            throw CommandFailure("\(error)")
        }
        _ = await queue.close(within: .seconds(2))
    }

    private func podNames(_ input: InputFile) throws -> PodNames {
        let document: JSONValue
        do {
            document = try JSONParser().parse(input.read())
        } catch let error as JSONError {
            throw CommandFailure("\(input.name): \(error): write it with kubectl get pods -A -o json")
        }
        let names = PodNames(document)
        guard !names.isEmpty else {
            throw CommandFailure(
                "\(input.name): there is no Pod with a UID in it: write it with kubectl get pods -A -o json")
        }
        return names
    }
}
