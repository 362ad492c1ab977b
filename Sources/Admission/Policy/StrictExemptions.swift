import UWSGI

/// What an author may exempt from strict by saying, in an annotation, that a container does not run uWSGI.
///
/// Authors of a Pod also write its annotations, so that an exemption without a limit would leave
/// strict to the very authors whom it is meant for.
public enum StrictExemptions: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// Containers in which detection may be wrong.
    case likely
    /// Those as well whose command line shows uWSGI, or which the operator has declared.
    case all

    func cover(_ certainty: Certainty?) -> Bool {
        switch self {
        case .none: false
        case .likely: certainty == .likely
        case .all: true
        }
    }
}
