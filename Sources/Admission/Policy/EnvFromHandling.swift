import Basics
import UWSGI

/// What to make of a container without a visible max-fd when its `envFrom` may hold one.
public enum EnvFromHandling: String, Sendable, Hashable, CaseIterable {
    /// The variable is added all the same. It wins over one in `envFrom`.
    case add
    /// `envFrom` is trusted to hold one: the container is treated like one whose max-fd comes by reference.
    case trust
}

extension PodContainer {
    /// Whether a ConfigMap or Secret that is not seen may give it `UWSGI_MAX_FD`.
    var mayGetMaxFDFromSource: Bool {
        specification.environmentSources.contains { PublicNames.variable.hasPrefix($0.prefix) }
    }
}
