import OpenSSLTLS
import TestSupport
import Testing

/// Replicas behind a balancer, with one certificate.
final class Deployment {
    private let volume: SecretVolume
    private let balancer: ReadinessBalancer
    private(set) var replicas: [RunningServer] = []
    /// All there ever were, as their logs count.
    private var history: [RunningServer] = []

    convenience init(replicas: Int) async throws {
        let authority = try CertificateAuthority.make()
        let pair = try authority.issueServerCertificate(names: SubjectNames(["localhost"]))
        try await self.init(replicas: replicas, volume: SecretVolume(pair, authorities: [authority]))
    }

    init(replicas: Int, volume: SecretVolume) async throws {
        self.volume = volume
        balancer = try await ReadinessBalancer()
        for _ in 0..<replicas { try await surge() }
    }

    deinit {
        let balancer = balancer
        Task { await balancer.close() }
    }

    func client() throws -> APIServerClient {
        try APIServerClient(port: balancer.port, authorities: volume.authorities)
    }

    /// Starts one replica more, and waits until it gets connections.
    func surge() async throws {
        let volume = volume
        // Eight times the balancer's own delay, so that a busy machine does not make it too short.
        let server = try await onThread {
            try RunningServer(
                ["--drain-delay", "2s", "--drain-timeout", "20s"], certificate: volume.arguments)
        }
        replicas.append(server)
        history.append(server)
        balancer.add(server)
        guard await eventually({ balancer.isReady(server) }) else {
            throw RunningServer.Failure(description: "not ready: \(server.log.joined(separator: "\n"))")
        }
    }

    /// Sends SIGTERM to a replica and waits for its end.
    /// - Returns: the exit status.
    func retire(_ server: RunningServer) async throws -> Int32 {
        replicas.removeAll { $0 === server }
        defer { balancer.remove(server) }
        return try await onThread { server.stop() }
    }

    /// Ends what still runs; the answer is which requests each replica, earlier ones too, has in its audit log.
    func reviewedUIDs() async throws -> [[String]] {
        for server in replicas { #expect(try await retire(server) == 0) }
        return try await onThread { [history] in
            try history.map { server in
                try server.waitForEndOfLog()
                return try server.admissions().compactMap { $0["uid"]?.string }
            }
        }
    }
}
