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
        text.family(
            "uwsgi_max_fd_registry_reads_total", .counter,
            "Images read from registries, and attempts that failed.")
        for result in ReadResult.allCases {
            text.sample(
                "uwsgi_max_fd_registry_reads_total", [("result", result.labelValue)], reads[result].value)
        }
        text.family(
            "uwsgi_max_fd_registry_errors_total", .counter,
            "Attempts to read an image that failed, by reason.")
        for reason in ImageReadFailure.Reason.allCases {
            text.sample(
                "uwsgi_max_fd_registry_errors_total", [("reason", reason.labelValue)], errors[reason].value)
        }
        text.family(
            "uwsgi_max_fd_registry_waits_total", .counter,
            "Reviews that waited for images: read in time, failed, over their budget, cancelled by the client."
        )
        for outcome in ImageWait.Outcome.allCases {
            text.sample(
                "uwsgi_max_fd_registry_waits_total", [("result", outcome.labelValue)], waits[outcome].value)
        }
        text.family(
            "uwsgi_max_fd_unseen_pods_total", .counter,
            "Pods admitted before their images were read: late where these would have changed the decision.")
        for result in UnseenResult.allCases {
            text.sample(
                "uwsgi_max_fd_unseen_pods_total", [("result", result.labelValue)], unseen[result].value)
        }
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

extension ImageReadFailure.Reason: FixedLabel {}
extension ImageWait.Outcome: FixedLabel {}
