import UWSGI

/// What the audit log tells of one review.
public struct AuditRecord: Sendable {
    /// What was decided; the names are those of the audit log and of the metrics.
    public enum Decision: String, Sendable, Hashable, CaseIterable {
        case patched, denied, warned, allowed, skipped, error
    }

    public var policy: Policy
    public var decision: Decision
    /// The max-fd state of each container that runs uWSGI, for the metrics.
    public var states: [MaxFD.State]

    /// Writes the record as one line of JSON, line feed included, at the end of `line`.
    /// - Parameters:
    ///   - time: when the review was answered: RFC 3339, milliseconds, UTC.
    ///   - durationMicros: how long it took, in microseconds.
    public func write(time: String, durationMicros: Int, to line: inout [UInt8]) {
    }
}
