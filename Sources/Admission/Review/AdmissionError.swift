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
    /// Where in the object that stands which is of the wrong kind, as a JSON Pointer, if it is known.
    public let pointer: String?

    public init(_ kind: Kind, _ description: String, at pointer: String? = nil) {
        self.kind = kind
        self.description = description
        self.pointer = pointer
    }
}
