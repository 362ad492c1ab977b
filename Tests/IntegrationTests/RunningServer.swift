import Foundation
import TestSupport

/// `uwsgi-max-fd serve` as a process, from its start to its end.
final class RunningServer: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let process: ChildProcess
    /// The CA to trust, as a file.
    let authority: String
    private(set) var port = 0
    private(set) var adminPort = 0
    private let folder: URL
    /// What it writes; the thread that reads it must not keep the server itself alive.
    private let output = LineReader()

    /// Nobody has to be told that this replica goes away.
    private static let prompt = [(flag: "--drain-delay", value: "0s")]
    /// A test that waits for a processor, behind all others, is not a slow client.
    private static let patient = [
        (flag: "--request-timeout", value: "20m"), (flag: "--idle-timeout", value: "20m"),
    ]

    /// Starts a server with an ephemeral certificate and waits until it listens.
    /// - Parameters:
    ///   - arguments: further arguments of `serve`.
    ///   - isPatient: whether clients have more time than is usual.
    init(_ arguments: [String] = [], certificate: [String]? = nil, isPatient: Bool = true) throws {
        let usual = (Self.prompt + (isPatient ? Self.patient : [])).filter { !arguments.contains($0.flag) }
        folder = FileManager.default.temporaryDirectory.appending(path: "uwsgi-max-fd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        authority = folder.appending(path: "ca.pem").path
        process = try output.start(
            BuiltExecutable.path,
            ["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0"]
                + (certificate ?? ["--self-signed", "localhost", "127.0.0.1", "--ca-out", authority])
                + usual.flatMap { [$0.flag, $0.value] } + arguments)
        let started = try JSONTree(text: wait { $0.contains(#""msg":"started""#) })
        port = Self.port(of: started["address"])
        adminPort = Self.port(of: started["adminAddress"])
        guard port > 0, adminPort > 0 else { throw Failure(description: "no ports in \(started.text)") }
    }

    deinit {
        process.send(SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    var url: String { "https://localhost:\(port)" }
    var adminURL: String { "http://127.0.0.1:\(adminPort)" }

    /// Everything that it has written so far, line by line.
    var log: [String] { output.lines }

    /// The audit lines so far.
    func admissions() throws -> [JSONTree] {
        try log.map { try JSONTree(text: $0) }.filter { $0["msg"]?.string == "admission" }
    }

    /// Waits for a line that was or will be written.
    func wait(seconds: Double = 30, for matches: (String) -> Bool) throws -> String {
        guard let line = output.wait(seconds: seconds, for: matches) else {
            throw Failure(description: "no such line in: \(log.joined(separator: "\n"))")
        }
        return line
    }

    /// Waits until everything that it wrote has been read; it has to have ended.
    func waitForEndOfLog() throws {
        guard output.waitForEnd(seconds: 30) else { throw Failure(description: "the log has no end") }
    }

    /// Sends SIGTERM and waits for the end.
    /// - Returns: the exit status.
    func stop() -> Int32 {
        process.send(SIGTERM)
        switch process.wait() {
        case .exited(let status): return status
        case .signalled(let signal): return 128 + signal
        }
    }

    private static func port(of address: JSONTree?) -> Int {
        Int(address?.string?.split(separator: ":").last ?? "") ?? 0
    }
}
