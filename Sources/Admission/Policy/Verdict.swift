import UWSGI

/// What is done about one container; the names are those of the audit log.
public enum Action: String, Sendable, Hashable, CaseIterable {
    /// The variable is added.
    case add
    /// A variable's value is replaced.
    case replace
    /// It is left as it is.
    case keep
    /// The Pod is refused because of it.
    case deny
    /// Only a warning is given.
    case warn
    /// There is nothing against it.
    case allow
}

/// What was decided about one container.
public struct ContainerVerdict: Sendable, Hashable {
    public let finding: ExaminedContainer
    public let action: Action
    /// The value that the variable is given, for `add` and `replace`.
    public let value: String?
}

/// What was decided about a Pod or a workload, and all that is to be said about it.
public struct Verdict: Sendable, Hashable {
    /// What came of a review; the names are those of the audit log and of the metrics.
    public enum Decision: String, Sendable, Hashable, CaseIterable {
        case patched, denied, warned, allowed, skipped, error
    }

    public let decision: Decision
    /// Why, in a few words, for the audit log.
    public let reason: String
    /// The containers that run uWSGI.
    public let containers: [ContainerVerdict]
    public let patch: [PatchOperation]
    public let warnings: [String]
    /// What the author of a refused Pod is told.
    public let denial: String?
    /// The names of the containers that strict would not have let pass without their author's annotation.
    public var exempted: [String] = []

    /// The containers about which it differs from a verdict on the same Pod that was given when less was known.
    public func containers(unlike earlier: Verdict) -> [ContainerVerdict] {
        containers.filter { container in
            !earlier.containers.contains {
                $0.finding.container.pointer == container.finding.container.pointer
                    && $0.action == container.action && $0.value == container.value
            }
        }
    }

    /// The request is none that the policies look at.
    static func skipped(_ reason: SkipReason) -> Verdict {
        Verdict(
            decision: .skipped, reason: reason.description, containers: [], patch: [], warnings: [],
            denial: nil)
    }
}
