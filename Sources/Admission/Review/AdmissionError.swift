/// Why a review could not be answered.
public struct AdmissionError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The body is not an AdmissionReview: HTTP 400.
        case malformed
        /// It holds more than is examined, see ``ReviewLimits``: HTTP 413. No admission, and no denial either: the
        /// cluster's `failurePolicy` decides.
        case tooLarge
        /// Its time was over before it was answered: HTTP 500.
        case overdue
        /// Our own fault: HTTP 500, so that the cluster's `failurePolicy` decides.
        case `internal`
    }

    public let kind: Kind
    public let description: String
    /// Where in the object that stands which is of the wrong kind, as a JSON Pointer, if it is known.
    public let pointer: String?

    public init(_ kind: Kind, _ description: String, at pointer: String? = nil) {
        self.kind = kind
        self.description = description
        self.pointer = pointer
    }
}
