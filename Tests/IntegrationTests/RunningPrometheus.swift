import Foundation
import NIOHTTP1
import TestSupport

/// A Prometheus of the tests' own, with one target: a server's admin port.
final class RunningPrometheus: @unchecked Sendable {
    private let process: ChildProcess
    private let folder: URL
    private let output = LineReader()
    private var port = 0

    /// Starts it on a port that the system chooses, with data in a temporary folder: beside it may run the one
    /// that Debian's package starts.
    init(scraping server: RunningServer) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "prometheus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration = folder.appending(path: "prometheus.yml")
        try Data(
            """
            global: {scrape_interval: 500ms}
            scrape_configs:
              - job_name: webhook
                static_configs:
                  - targets: ["127.0.0.1:\(server.adminPort)"]

            """.utf8
        ).write(to: configuration)
        process = try output.start(
            Program.path(of: "prometheus") ?? "prometheus",
            [
                "--config.file=\(configuration.path)",
                "--storage.tsdb.path=\(folder.appending(path: "data").path)",
                "--web.listen-address=127.0.0.1:0",
            ])
        port = try wait(for: #"msg="Listening on".* address=\S+:([0-9]+)"#).flatMap { Int($0) } ?? 0
        _ = try wait(for: "(ready to receive) web requests")
    }

    deinit {
        process.send(SIGKILL)
        _ = process.wait()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Waits for a line that matches; the answer is the expression's first group in it.
    private func wait(for expression: String) throws -> Substring? {
        let expression = try Regex(expression)
        guard let line = output.wait(seconds: 60, for: { $0.contains(expression) }) else {
            throw RunningServer.Failure(
                description: "Prometheus (Debian's package prometheus) did not start: "
                    + output.lines.joined(separator: "\n"))
        }
        return try expression.firstMatch(in: line)?.output[1].substring
    }

    /// The values of the series that a query finds, each with the labels that it has in Prometheus.
    func query(_ query: String) async throws -> [(labels: JSONTree, value: Double)] {
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let connection = try await ClientConnection.open(port: port, tls: nil)
        defer { connection.close() }
        let answer = try JSONTree(await connection.exchange(.GET, "/api/v1/query?query=\(escaped)").body)
        guard answer["status"]?.string == "success", let found = answer["data"]?["result"]?.array else {
            throw RunningServer.Failure(description: answer.text)
        }
        return found.compactMap { series in
            guard let labels = series["metric"], let value = series["value"]?[1]?.string.flatMap(Double.init)
            else { return nil }
            return (labels, value)
        }
    }
}
