import Admission
import Catalogue
import OpenSSLTLS
import UWSGI

/// Everything that `/metrics` shows, and how it is written.
final class ServerMetrics: Sendable {
    /// What the program is, for `uwsgi_max_fd_build_info`.
    struct Build: Sendable, Hashable {
        var version: String
        var swift: String
        var openssl: String
    }

    /// Those that answer reviews.
    let loops: [LoopMetrics]
    /// That which answers the admin port.
    let admin = LoopMetrics()
    /// The webhook's open connections.
    let connections = Counter()
    let connectionResults = LabelledCounter<ConnectionResult>()
    let reloads = LabelledCounter<ReloadResult>()
    let catalogueReloads = LabelledCounter<ReloadResult>()
    let handshakeFailures = LabelledCounter<TLSConnectionError.Reason>()
    private let build: Build

    init(loops: Int, build: Build) {
        self.loops = (0..<loops).map { _ in LoopMetrics() }
        self.build = build
    }

    /// Writes them all.
    /// - Parameters:
    ///   - certificateNotAfter: when the serving certificate expires, in seconds since 1970.
    ///   - catalogue: what is in use of images; `nil` when there is no catalogue.
    ///   - readings: what is read from registries; `nil` when these are not asked.
    ///   - droppedLogLines: how many lines the log has lost.
    func text(
        certificateNotAfter: Int?, catalogue: CatalogueWatch.Facts?, readings: ImageReadings? = nil,
        droppedLogLines: Int, process: ProcessMetrics?
    ) -> [UInt8] {
        var text = MetricsText()
        writeReviews(&text)
        writeTraffic(&text)
        writeTLS(&text, certificateNotAfter: certificateNotAfter)
        if catalogue != nil || readings != nil { writeLookups(&text) }
        if let catalogue { writeCatalogue(&text, catalogue) }
        if let readings { readings.metrics.write(readings.facts, to: &text) }
        text.single(
            "uwsgi_max_fd_log_lines_dropped_total", .counter,
            "Log lines lost because standard output was too slow or closed.", droppedLogLines)
        text.family("uwsgi_max_fd_build_info", .gauge, "What the program was built from; always 1.")
        text.sample(
            "uwsgi_max_fd_build_info",
            [("version", build.version), ("swift", build.swift), ("openssl", build.openssl)], 1)
        process?.write(to: &text)
        return text.bytes
    }

    private func sum(_ counter: (LoopMetrics) -> Counter) -> Int {
        loops.reduce(0) { $0 + counter($1).value }
    }

    private func writeReviews(_ text: inout MetricsText) {
        text.family("uwsgi_max_fd_reviews_total", .counter, "Admission reviews answered, by decision.")
        for policy in Policy.allCases {
            for decision in Verdict.Decision.allCases {
                text.sample(
                    "uwsgi_max_fd_reviews_total",
                    [("policy", policy.labelValue), ("decision", decision.labelValue)],
                    sum { $0.reviews[policy, decision] })
            }
        }
        text.family(
            "uwsgi_max_fd_review_duration_seconds", .histogram,
            "Time to answer a review, from its last byte to its answer.")
        for policy in Policy.allCases {
            let snapshots = loops.map { $0.duration(of: policy).snapshot }
            guard let first = snapshots.first else { continue }
            text.histogram(
                "uwsgi_max_fd_review_duration_seconds", [("policy", policy.labelValue)],
                snapshots.dropFirst().reduce(first, +))
        }
        text.family(
            "uwsgi_max_fd_containers_total", .counter,
            "Containers with uWSGI that were reviewed, by the state of their max-fd.")
        for policy in Policy.allCases {
            for state in MaxFD.State.allCases {
                text.sample(
                    "uwsgi_max_fd_containers_total",
                    [("policy", policy.labelValue), ("state", state.labelValue)],
                    sum { $0.containers[policy, state] })
            }
        }
    }

    private func writeTraffic(_ text: inout MetricsText) {
        text.family("uwsgi_max_fd_http_requests_total", .counter, "HTTP requests answered, both ports.")
        for path in PathLabel.allCases {
            for status in HTTPStatus.allCases {
                // Most of the pairs cannot happen: only those that have are shown, and success always.
                let count = sum { $0.requests[path, status] } + admin.requests[path, status].value
                guard count > 0 || (status == .ok && path != .other) else { continue }
                text.sample(
                    "uwsgi_max_fd_http_requests_total",
                    [("path", path.labelValue), ("code", status.labelValue)], count)
            }
        }
        text.single(
            "uwsgi_max_fd_requests_in_flight", .gauge,
            "Requests to the webhook's port that have begun and are not answered yet.",
            sum { $0.requestsInFlight })
        text.single(
            "uwsgi_max_fd_connections", .gauge, "Open connections to the webhook's port.",
            connections.value)
        text.counters(
            "uwsgi_max_fd_connections_total",
            "Connections to the webhook's port: accepted, refused over the limit, failed in the system.",
            [connectionResults])
    }

    private func writeLookups(_ text: inout MetricsText) {
        text.counters(
            "uwsgi_max_fd_image_lookups_total",
            "Containers' images looked up in what is known of images, by what they were found by.",
            loops.map(\.imageLookups))
    }

    private func writeCatalogue(_ text: inout MetricsText, _ facts: CatalogueWatch.Facts) {
        text.single(
            "uwsgi_max_fd_image_catalogue_entries", .gauge, "Images in the catalogue.", facts.entries)
        text.single(
            "uwsgi_max_fd_image_catalogue_bytes", .gauge, "Size of the catalogue's file.", facts.bytes)
        text.single(
            "uwsgi_max_fd_image_catalogue_loaded_timestamp_seconds", .gauge,
            "When the catalogue in use was loaded, in seconds since 1970.", facts.loaded)
        text.counters(
            "uwsgi_max_fd_image_catalogue_reloads_total",
            "Attempts to load a changed image catalogue.",
            [catalogueReloads])
    }

    private func writeTLS(_ text: inout MetricsText, certificateNotAfter: Int?) {
        text.counters(
            "uwsgi_max_fd_tls_handshake_failures_total",
            "TLS handshakes that failed, by reason.",
            by: "reason", [handshakeFailures])
        if let certificateNotAfter {
            text.single(
                "uwsgi_max_fd_certificate_not_after_timestamp_seconds", .gauge,
                "When the serving certificate expires, in seconds since 1970.", certificateNotAfter)
        }
        text.counters(
            "uwsgi_max_fd_certificate_reloads_total",
            "Attempts to load a changed certificate, key or client CA.",
            [reloads])
    }
}
