import NIOCore
import NIOHTTP1
import OpenSSLTLS
import Synchronization

/// Calls a webhook as the API server does: connections that are kept for later calls, and no more second
/// attempts than its code makes.
///
/// - Go's `net/http` (transport.go) takes the connection that was used last, and drops one when its read loop
///   sees it end. If a kept connection turns out to have ended before anything of a request was written, it
///   takes another (`shouldRetryRequest`, `nothingWrittenError`). Once something was written, a POST is not
///   repeated: it is not replayable (request.go, `isReplayable`: GET, HEAD, OPTIONS and TRACE are). A failure
///   of a new connection is final.
/// - client-go (rest/request.go) repeats what was answered with 429 or 5xx and `Retry-After` (`checkWait`), at
///   most ten times. Failed connections it repeats for GET alone (`isErrRetryableFunc`).
final class APIServerClient: Sendable {
    /// How often a call took more than one attempt, by cause.
    struct Retries: Equatable {
        var keptConnectionHadEnded = 0
        var askedToComeAgain = 0
    }

    private struct State {
        var idle: [ClientConnection] = []
        var retries = Retries()
    }

    /// MaxIdleConnsPerHost, as the API server sets it for webhooks.
    private static let maxIdle = 25
    private static let maxRetries = 10

    private let port: Int
    private let tls: TLSContext
    private let state = Mutex(State())

    /// - Parameter authorities: a file with the CAs to trust, as `caBundle` holds them.
    init(port: Int, authorities: String) throws {
        self.port = port
        tls = try TLSContext(
            client: TLSClientConfiguration(trustRoots: .file(authorities), minimumVersion: .v1_3))
    }

    var retries: Retries { state.withLock { $0.retries } }
    var idleConnections: Int { state.withLock { $0.idle.count } }

    /// Posts a review.
    func call(_ path: String, _ review: ByteBuffer) async throws -> ClientConnection.Answer {
        var attempt = 0
        while true {
            let answer = try await roundTrip(path, review)
            guard answer.status == 429 || answer.status >= 500,
                let wait = answer.headers.first(name: "Retry-After").flatMap({ Int($0) }),
                attempt < Self.maxRetries
            else { return answer }
            attempt += 1
            state.withLock { $0.retries.askedToComeAgain += 1 }
            try await Task.sleep(for: .seconds(wait))
        }
    }

    /// Ends a connection that waits, so that a later call makes a new one; as the API server does after 90 s.
    func dropIdleConnection() {
        state.withLock { $0.idle.popLast() }?.close()
    }

    /// Ends all connections that wait.
    func close() {
        let idle = state.withLock { state in
            defer { state.idle = [] }
            return state.idle
        }
        for connection in idle { connection.close() }
    }

    /// One attempt, but for kept connections that turn out to have ended.
    private func roundTrip(_ path: String, _ review: ByteBuffer) async throws -> ClientConnection.Answer {
        while let kept = state.withLock({ $0.idle.popLast() }) {
            do {
                return try await exchange(on: kept, path, review)
            } catch ClientConnection.Failure.nothingWritten {
                state.withLock { $0.retries.keptConnectionHadEnded += 1 }
            }
        }
        return try await exchange(on: ClientConnection.open(port: port, tls: tls), path, review)
    }

    private func exchange(
        on connection: ClientConnection, _ path: String, _ review: ByteBuffer
    ) async throws -> ClientConnection.Answer {
        let answer = try await connection.exchange(
            .POST, path + "?timeout=10s",
            headers: [
                "User-Agent": "kube-apiserver-admission", "Accept": "application/json, */*",
                "Accept-Encoding": "gzip", "Content-Type": "application/json",
            ], body: review)
        if answer.closes { connection.close() } else { keep(connection) }
        return answer
    }

    private func keep(_ connection: ClientConnection) {
        let isKept = state.withLock { state in
            guard state.idle.count < Self.maxIdle else { return false }
            state.idle.append(connection)
            return true
        }
        guard isKept else { return connection.close() }
        // Also when it has ended in the meantime.
        connection.channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { $0.idle.removeAll { $0 === connection } }
        }
    }
}
