import Catalogue

/// What is counted of reading images from registries.
final class ImageReadMetrics: Sendable {
    let reads = LabelledCounter<ReadResult>()
    let errors = LabelledCounter<ImageReadFailure.Reason>()
    let waits = LabelledCounter<ImageWait.Outcome>()
    let unseen = LabelledCounter<UnseenResult>()

    enum ReadResult: String, FixedLabel {
        case read, failed
    }

    /// What became of a Pod that was admitted before its images had been read.
    enum UnseenResult: String, FixedLabel {
        /// With its images, another decision would have been made.
        case late
        /// The decision was right.
        case clear
        /// An image could not be read.
        case unread
        /// There was no room to remember it.
        case dropped
    }

    /// What there is now.
    struct Facts {
        var images: Int
        /// How much they take.
        var bytes: Int
        /// When the one was read that was read longest ago, in seconds since 1970.
        var oldest: Int?
        /// Images that wait to be read or are being read.
        var queued: Int
        /// Pods of which images are still to be read.
        var unseen: Int
    }

    func write(_ facts: Facts, to text: inout MetricsText) {
        text.counters(
            "uwsgi_max_fd_registry_reads_total",
            "Images read from registries, and attempts that failed.",
            [reads])
        text.counters(
            "uwsgi_max_fd_registry_errors_total",
            "Attempts to read an image that failed, by reason.",
            by: "reason", [errors])
        text.counters(
            "uwsgi_max_fd_registry_waits_total",
            "Reviews that waited for images: read in time, failed, over their budget, cancelled by the client.",
            [waits])
        text.counters(
            "uwsgi_max_fd_unseen_pods_total",
            "Pods admitted before their images were read: late where these would have changed the decision.",
            [unseen])
        text.single(
            "uwsgi_max_fd_registry_queue_images", .gauge, "Images that wait to be read, or are being read.",
            facts.queued)
        text.single(
            "uwsgi_max_fd_registry_images", .gauge, "Images in memory that registries have given.",
            facts.images)
        text.single(
            "uwsgi_max_fd_registry_images_bytes", .gauge, "Size of these images' entries.", facts.bytes)
        if let oldest = facts.oldest {
            text.single(
                "uwsgi_max_fd_registry_images_oldest_timestamp_seconds", .gauge,
                "When the one was read that was read longest ago, in seconds since 1970.", oldest)
        }
        text.single(
            "uwsgi_max_fd_unseen_pods", .gauge, "Pods admitted whose images are still to be read.",
            facts.unseen)
    }
}

extension ImageFailureReason: FixedLabel {}
extension ImageWait.Outcome: FixedLabel {}
