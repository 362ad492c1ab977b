import Foundation
import NIOCore
import OpenSSLTLS
import TestServerSupport
import TestSupport
import Testing

/// A server under attack: what it holds, and whether it still serves everybody else.
struct FaultedServer: Sendable {
    /// The one of the running test.
    @TaskLocal static var value: FaultedServer?

    static var current: FaultedServer {
        guard let value else { preconditionFailure("the test has no .faultedServer()") }
        return value
    }

    let server: RunningServer
    /// Open descriptors while nobody is connected: all but clients' are opened before the server says that it has
    /// started.
    let descriptorsAtRest: Int
    private let trusting: TLSContext
    private let distrustful: TLSContext

    init(_ flags: [String]) throws {
        // As many event loops everywhere, so that the figures do not depend on the machine.
        server = try RunningServer(flags + ["--threads", "2"], isPatient: false)
        descriptorsAtRest = try Self.descriptors(of: server)
        trusting = try TLSContext(client: TLSClientConfiguration(trustRoots: .file(server.authority)))
        distrustful = try TLSContext(client: TLSClientConfiguration(trustRoots: nil))
    }

    // MARK: What it holds

    private static func folder(of server: RunningServer) -> String { "/proc/\(server.process.identifier)" }

    private var folder: String { Self.folder(of: server) }

    private static func descriptors(of server: RunningServer) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: folder(of: server) + "/fd").count
    }

    /// Waits until as many descriptors are open as this many clients need.
    /// - Returns: whether that came in time.
    func holds(clients: Int) async throws -> Bool {
        try await eventually { try Self.descriptors(of: server) == descriptorsAtRest + clients }
    }

    /// Waits until the server has let go of all clients.
    /// - Returns: whether it has in time.
    func hasForgottenClients() async throws -> Bool { try await holds(clients: 0) }

    /// Waits until the server counts no client, and nothing that one has asked for.
    /// - Returns: whether it does in time.
    func countsNobody() async throws -> Bool {
        try await eventually {
            guard try await metric("uwsgi_max_fd_requests_in_flight") == 0 else { return false }
            return try await metric("uwsgi_max_fd_connections") == 0
        }
    }

    /// Resident memory, in bytes (proc_pid_status(5), `VmRSS`).
    func residentBytes() throws -> Int { try bytes("VmRSS:") }

    /// The most resident memory since ``forgetPeak()``, in bytes (proc_pid_status(5), `VmHWM`).
    func peakBytes() throws -> Int { try bytes("VmHWM:") }

    /// Begins a new peak (proc(5), `/proc/pid/clear_refs`).
    func forgetPeak() throws {
        try "5".write(toFile: folder + "/clear_refs", atomically: false, encoding: .utf8)
    }

    private func bytes(_ name: String) throws -> Int {
        let status = try String(contentsOfFile: folder + "/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1])) * 1024
    }

    /// The value of a sample of `/metrics`.
    func metric(_ sample: String) async throws -> Double? {
        let client = try await RawClient(server.adminPort)
        try await client.send(Request.make("GET /metrics HTTP/1.1"))
        let text = try await client.answer().body
        await client.close()
        let line = text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }
        return line.flatMap { Double($0.dropFirst(sample.count + 1)) }
    }

    // MARK: Clients

    /// Connects, for longer than anything here waits for the server.
    func connect(_ transport: Fault.Transport = .tls) async throws -> RawClient {
        let tls: TLSContext? =
            switch transport {
            case .tls: trusting
            case .tcp: nil
            case .distrustful: distrustful
            }
        return try await RawClient(server.port, tls: tls, serverName: "localhost", limit: .minutes(2))
    }

    /// What everybody else sees: a new connection, and the status of its answer.
    func serveSomebodyElse() async throws -> Int {
        let client = try await connect()
        try await client.send(Request.review())
        let status = try await client.answer().status
        await client.close()
        return status
    }

    /// Lets as many clients do what the fault says as it asks for.
    /// - Returns: how their connections ended; after one that is not as it should be, no more are begun.
    func suffer(_ fault: Fault) async throws -> Set<Fault.Outcome> {
        var outcomes: Set<Fault.Outcome> = []
        for first in stride(from: 0, to: fault.times, by: fault.atOnce) {
            let wave = min(fault.atOnce, fault.times - first)
            try await withThrowingTaskGroup(of: Fault.Outcome.self) { group in
                for _ in 0..<wave {
                    group.addTask {
                        try await fault.run(connect(fault.transport), forgotten: hasForgottenClients)
                    }
                }
                for try await outcome in group { outcomes.insert(outcome) }
            }
            if outcomes != [fault.outcome] { break }
        }
        return outcomes
    }
}

extension Fault {
    /// One client does what the fault says.
    /// - Parameter forgotten: waits until the server has let go of all clients.
    func run(_ client: RawClient, forgotten: () async throws -> Bool) async throws -> Outcome {
        for action in actions {
            switch action {
            case .send(let bytes): client.sendAnyway(bytes)
            case .sendBelowTLS(let bytes): try await client.sendBelowTLS(bytes)
            case .trickle(let bytes): try await client.trickle(bytes)
            case .awaitHandshake: try await client.untilHandshake()
            case .awaitBytes: try await client.untilSomethingComes()
            case .stopReading: try await client.setAutoRead(false)
            case .closeOutput: try await client.closeOutput()
            case .close:
                await client.close()
                return .left
            case .reset:
                try await client.reset()
                return .left
            case .stay:
                let isForgotten = try await forgotten()
                await client.close()
                return isForgotten ? .forgotten : .unexpected("the server still knows the client")
            }
        }
        do {
            return try await ending(client)
        } catch RawClient.Failure.timedOut {
            return .unexpected("the connection is still open")
        } catch {
            return .unexpected("\(error)")
        }
    }

    /// Reads until the server closes.
    private func ending(_ client: RawClient) async throws -> Outcome {
        guard case .answers(let expected) = outcome else {
            let bytes = try await client.bytesUntilClosed()
            if bytes.isEmpty { return .closed }
            if bytes[0] == 22 { return .handshake }
            // One record: alert, a version, two bytes, fatal, the number (RFC 8446, sections 5.1 and 6).
            if bytes.count == 7, bytes[0] == 21, bytes[3...5].elementsEqual([0, 2, 2]) {
                return .alert(bytes[6])
            }
            return .unexpected("\(bytes.prefix(200))")
        }
        var statuses: [Int] = []
        for _ in expected { statuses.append(try await client.answer().status) }
        let rest = try await client.bytesUntilClosed()
        guard rest.isEmpty else {
            return .unexpected("\(statuses), then \(String(decoding: rest.prefix(300), as: UTF8.self))")
        }
        return .answers(statuses)
    }
}

extension RawClient {
    /// Sends the bytes again and again until the connection ends.
    func trickle(_ bytes: [UInt8]) async throws {
        while isOpen {
            sendAnyway(bytes)
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
