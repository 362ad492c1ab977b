import UWSGI

/// Answers admission reviews: bytes in, bytes and an audit record out. No I/O, no clock.
///
/// It owns a JSON parser and its memory, so each event loop has one of its own.
public final class AdmissionReviewer {
    public let settings: AdmissionSettings

    public init(settings: AdmissionSettings) {
        self.settings = settings
    }

    /// Answers one review.
    /// - Parameters:
    ///   - body: the request's body; it is only read during the call.
    ///   - policy: the policy of the path that was called.
    /// - Throws: ``AdmissionError`` when there is no answer to give.
    public func review(
        _ body: UnsafeRawBufferPointer, policy: Policy
    ) throws(AdmissionError) -> AdmissionOutcome {
        throw AdmissionError(.malformed, "not written yet")
    }
}

/// The numbers and patterns that an operator chose.
public struct AdmissionSettings: Sendable {
    /// The max-fd to add, in file descriptors.
    public var maxFD: Int
    /// What detection is told: the ceiling, and the images that run uWSGI.
    public var detector: Detector

    public init(maxFD: Int = 1_048_576, detector: Detector = Detector()) {
        self.maxFD = maxFD
        self.detector = detector
    }
}

/// Why a review could not be answered.
public struct AdmissionError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The body is no AdmissionReview: HTTP 400.
        case malformed
        /// Our own fault: HTTP 500, so that the cluster's `failurePolicy` decides.
        case `internal`
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// The answer to one review, and what is to be recorded about it.
public struct AdmissionOutcome: Sendable {
    /// The AdmissionReview to send back, as JSON.
    public var answer: [UInt8]
    /// The line for the audit log, still without time and duration.
    public var record: AuditRecord
}
