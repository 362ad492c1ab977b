import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// `/metrics`, as Prometheus itself reads it.
@Suite
struct PrometheusTests {
    private func call(_ client: APIServerClient, _ path: String, _ name: String) async throws {
        let answer = try await client.call(path, ByteBuffer(bytes: Fixtures.review(name)))
        #expect(answer.status == 200)
    }

    /// Waits until a query finds exactly one series with the value.
    private func expect(_ query: String, _ value: Double, at prometheus: RunningPrometheus) async throws {
        var last: [Double] = []
        let isRight = try await eventually(within: .seconds(30)) {
            last = try await prometheus.query(query).map(\.value)
            return last == [value]
        }
        #expect(isRight, "\(query): \(last), not \(value)")
    }

    @Test(.timeLimit(.minutes(3)))
    func `Prometheus scrapes the server: up, with the right counts, which rise`() async throws {
        let server = try await onThread { try RunningServer() }
        let client = try APIServerClient(port: server.port, authorities: server.authority)
        for _ in 0..<3 { try await call(client, "/mutate", "openedx-lms.pod") }
        for _ in 0..<2 { try await call(client, "/mutate", "openedx-lms-worker.pod") }
        try await call(client, "/strict", "openedx-lms.pod")
        let refused = try await client.call("/audit", ByteBuffer(string: "{}"))
        #expect(refused.status == 400)

        let prometheus = try await onThread { try RunningPrometheus(scraping: server) }
        try await expect("up", 1, at: prometheus)
        for (query, value) in [
            (#"uwsgi_max_fd_reviews_total{policy="mutate",decision="patched"}"#, 3.0),
            (#"uwsgi_max_fd_reviews_total{policy="mutate",decision="allowed"}"#, 2),
            (#"uwsgi_max_fd_reviews_total{policy="strict",decision="denied"}"#, 1),
            (#"uwsgi_max_fd_reviews_total{policy="audit",decision="error"}"#, 1),
            (#"uwsgi_max_fd_http_requests_total{path="/audit",code="400"}"#, 1),
            // Without the scrapes themselves, which go on.
            (#"sum(uwsgi_max_fd_http_requests_total{path!="/metrics"})"#, 7),
            ("uwsgi_max_fd_requests_in_flight", 0),
            // All over one connection.
            (#"uwsgi_max_fd_connections_total{result="accepted"}"#, 1), ("uwsgi_max_fd_connections", 1),
            (#"uwsgi_max_fd_review_duration_seconds_count{policy="mutate"}"#, 5),
            // A histogram that PromQL can read: half of the reviews took more than nothing, and less than ever.
            (
                #"histogram_quantile(0.5, uwsgi_max_fd_review_duration_seconds_bucket{policy="mutate"}) > bool 0"#,
                1
            ),
            ("count(uwsgi_max_fd_build_info)", 1),
            // The certificate of --self-signed is valid, and for no more than a century.
            ("uwsgi_max_fd_certificate_not_after_timestamp_seconds > bool time()", 1),
            ("uwsgi_max_fd_certificate_not_after_timestamp_seconds < bool time() + 3e9", 1),
            ("process_resident_memory_bytes > bool 1e6", 1),
        ] {
            try await expect(query, value, at: prometheus)
        }
        let series = try await prometheus.query(#"{job="webhook"}"#).map(\.labels)
        for (name, labels) in try Self.usedMetrics() {
            let found = series.first { $0["__name__"]?.string == name }?.object?.keys
            #expect(found.map(Set.init) == labels.union(["__name__", "job", "instance"]), "\(name)")
        }
        try await call(client, "/mutate", "openedx-lms.pod")
        try await expect(
            #"uwsgi_max_fd_reviews_total{policy="mutate",decision="patched"}"#, 4, at: prometheus)
        client.close()
        #expect(try await onThread { server.stop() } == 0)
        try await expect("up", 0, at: prometheus)
    }

    /// What the chart's alerts and dashboard use of the server's metrics: names, and their labels.
    private static func usedMetrics() throws -> [String: Set<String>] {
        let lines = String(decoding: try Fixtures.file("../Chart/metrics.txt"), as: UTF8.self)
            .split(separator: "\n").filter { $0.hasPrefix("uwsgi_max_fd_") || $0.hasPrefix("process_") }
        #expect(lines.count > 10)
        return Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let words = line.split(separator: " ").map(String.init)
                return (words[0], Set(words.dropFirst()))
            })
    }

    @Test
    func `promtool finds nothing to say`() async throws {
        let server = try await onThread { try RunningServer() }
        let client = try APIServerClient(port: server.port, authorities: server.authority)
        try await call(client, "/mutate", "openedx-lms.pod")
        let admin = try await ClientConnection.open(port: server.adminPort, tls: nil)
        let metrics = try await admin.exchange(.GET, "/metrics").body
        #expect(String(decoding: metrics, as: UTF8.self).contains("uwsgi_max_fd_reviews_total{"))
        let found = try await onThread {
            try Program.run(named: "promtool", ["check", "metrics"], input: metrics)
        }
        #expect(found.status == 0)
        #expect(found.text + found.error == "")
        admin.close()
        client.close()
    }
}
