/// The names that others rely on: clusters, dashboards, alerts, log queries. They change only with a note on upgrading
/// (CONTRIBUTING.md, Pull requests); a test holds the chart and the documentation against them.
///
/// Flags are in docs/reference/flags.md, and values of the chart in its own README.
public enum PublicNames {
    /// The variable that is set. It is uWSGI's own: `UWSGI_` and an option's name.
    public static let variable = "UWSGI_MAX_FD"

    // MARK: On Pods and namespaces

    /// Annotation of a Pod: the max-fd that it asks for.
    public static let valueAnnotation: StaticString = "uwsgi-max-fd/value"
    /// Annotation of a Pod: which of its containers run uWSGI, and which do not.
    public static let containersAnnotation: StaticString = "uwsgi-max-fd/containers"
    /// Label of a Pod, `true`: no policy that heeds it looks at the Pod.
    public static let skipLabel: StaticString = "uwsgi-max-fd/skip"
    /// Label of a namespace: its policy. The chart's selectors read it, the webhook does not.
    public static let policyLabel: StaticString = "uwsgi-max-fd/policy"

    // MARK: In the audit log

    /// The members of a record, in their order.
    public static let auditFields = [
        "time", "level", "msg", "uid", "policy", "decision", "reason", "operation", "dryRun", "kind",
        "namespace", "name",
        "generateName", "owner", "user", "containers", "exempted", "patch", "warnings", "leftOut",
        "traceparent", "durationMicros",
    ]
    /// The members of what a record says of a container, in their order.
    public static let auditContainerFields = [
        "name", "type", "image", "certainty", "evidence", "maxFd", "action", "value",
    ]
    /// The annotations in the API server's own audit log.
    public static let auditAnnotations = ["policy", "decision", "containers", "exempted", "value"]

    // MARK: Metrics

    /// What the metrics of the server are called.
    public static let metrics = [
        "uwsgi_max_fd_build_info", "uwsgi_max_fd_certificate_not_after_timestamp_seconds",
        "uwsgi_max_fd_certificate_reloads_total", "uwsgi_max_fd_connections",
        "uwsgi_max_fd_connections_total",
        "uwsgi_max_fd_containers_total", "uwsgi_max_fd_http_requests_total",
        "uwsgi_max_fd_image_catalogue_bytes", "uwsgi_max_fd_image_catalogue_entries",
        "uwsgi_max_fd_image_catalogue_loaded_timestamp_seconds",
        "uwsgi_max_fd_image_catalogue_reloads_total", "uwsgi_max_fd_image_lookups_total",
        "uwsgi_max_fd_log_lines_dropped_total",
        "uwsgi_max_fd_requests_in_flight", "uwsgi_max_fd_review_duration_seconds",
        "uwsgi_max_fd_reviews_total",
        "uwsgi_max_fd_tls_handshake_failures_total",
    ]
    /// What a server that reads images from registries calls its further metrics.
    public static let registryMetrics = [
        "uwsgi_max_fd_registry_errors_total", "uwsgi_max_fd_registry_images",
        "uwsgi_max_fd_registry_images_bytes", "uwsgi_max_fd_registry_images_oldest_timestamp_seconds",
        "uwsgi_max_fd_registry_queue_images", "uwsgi_max_fd_registry_reads_total",
        "uwsgi_max_fd_registry_waits_total", "uwsgi_max_fd_unseen_pods", "uwsgi_max_fd_unseen_pods_total",
    ]
    /// What the metrics of `node` are called.
    public static let nodeMetrics = [
        "uwsgi_max_fd_node_nofile_limit", "uwsgi_max_fd_node_other_processes_over_threshold",
        "uwsgi_max_fd_node_uwsgi_processes", "uwsgi_max_fd_node_uwsgi_router_bytes",
        "uwsgi_max_fd_node_uwsgi_routers",
    ]
}
