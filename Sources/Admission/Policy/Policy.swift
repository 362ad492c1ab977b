/// What is done about a container that runs uWSGI without an effective max-fd. The path that the API server
/// calls names it: `/mutate`, `/strict`, `/audit`.
public enum Policy: String, Sendable, Hashable, CaseIterable {
    /// Add the variable.
    case mutate
    /// Refuse the Pod.
    case strict
    /// Only warn.
    case audit
}
