/// What detection found in one container.
public struct Detection: Sendable, Hashable {
    /// How sure it is that a uWSGI server runs here; `nil` when nothing speaks for one.
    public var certainty: Certainty?
    /// What led there: places and words such as `command[0] uwsgi`, `env UWSGI_HTTP` or
    /// `mount /openedx/uwsgi.ini`, never a value that might be secret.
    public var evidence: [String]
    /// The max-fd that will be in force, as far as it can be seen. Of several uWSGI servers in one
    /// container the one that is worst off. Meaningless when `certainty` is `nil`.
    public var maxFD: MaxFD
    /// What is visible of routers and hazards, for people who read a report.
    public var details: Details
    /// Absolute paths of files that the command line or other files read or run and that
    /// ``ContainerSpecification/files`` does not know, and of folders whose listing is not complete: knowing them might
    /// tell more. Files of the image for which somebody has looked in vain are left out. At most 64.
    public var unreadPaths: [String]

    public init(
        certainty: Certainty?, evidence: [String], maxFD: MaxFD, details: Details = Details(),
        unreadPaths: [String] = []
    ) {
        self.certainty = certainty
        self.evidence = evidence
        self.maxFD = maxFD
        self.details = details
        self.unreadPaths = unreadPaths
    }

    /// Nothing speaks for uWSGI.
    public static let none = Detection(certainty: nil, evidence: [], maxFD: MaxFD(state: .unset))

    /// Whether a uWSGI server runs here, with whatever certainty.
    public var runsUWSGI: Bool { certainty != nil }
}

/// How sure detection is that a container runs a uWSGI server.
public enum Certainty: String, Sendable, Hashable, CaseIterable {
    /// The command line shows it.
    case certain
    /// The author or the operator said so: an annotation, or `--uwsgi-image`.
    case declared
    /// The program cannot be seen, and hints speak for uWSGI.
    case likely
}

/// What its author says of a container, by annotation.
public enum Declaration: Sendable, Hashable {
    /// Nothing was said.
    case none
    /// It does run uWSGI, although nothing may show it.
    case runsUWSGI
    /// It does not, whatever it looks like.
    case doesNotRunUWSGI
}

/// The max-fd of a container's uWSGI, as far as it can be seen.
public struct MaxFD: Sendable, Hashable {
    /// What it amounts to; the names are those of the audit log.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// None is visible: uWSGI will take the node's limit.
        case unset
        /// A variable gives one that uWSGI ignores (empty, `0`, no number).
        case ineffective
        /// A variable gives one that uWSGI cannot serve with (below 64, negative, over 2147483647).
        case harmful
        /// Missing, ineffective or harmful in a way that no variable can mend.
        case incurable
        /// In force, and over the ceiling.
        case excessive
        /// Given by reference, so that its value cannot be seen.
        case hidden
        /// In force.
        case set
    }

    public var state: State
    /// The text that gives max-fd, as its author wrote it; `nil` when none is visible.
    public var value: String?
    /// The number that uWSGI will read from `value`, which need not look alike (`64k` is 64).
    public var number: Int?
    /// Where it stands: `env UWSGI_MAX_FD`, `args[3]`, `/etc/uwsgi.ini:12`.
    public var source: String?
    /// The same where it stands in a file, for those who know where the file comes from.
    public var place: FilePlace?
    /// What has to be done to the variables so that max-fd is in force; `nil` when nothing has to be, or
    /// nothing that is done to variables helps.
    public var cure: Cure?

    public init(
        state: State, value: String? = nil, number: Int? = nil, source: String? = nil, cure: Cure? = nil,
        place: FilePlace? = nil
    ) {
        self.state = state
        self.value = value
        self.number = number
        self.source = source
        self.cure = cure
        self.place = place
    }
}

/// A line of a file in a container.
public struct FilePlace: Sendable, Hashable {
    /// The absolute path, as the container sees it.
    public var path: String
    /// Counted from 1.
    public var line: Int

    public init(path: String, line: Int) {
        self.path = path
        self.line = line
    }
}

/// A change of a container's variables that puts max-fd in force.
public enum Cure: Sendable, Hashable {
    /// Add `UWSGI_MAX_FD`.
    case add
    /// Replace the value of the variable at this index of ``ContainerSpecification/environment`` by `prefix`
    /// followed by the number. The prefix is empty but for `UWSGI_SET`, where it is `max-fd=`.
    case replace(index: Int, prefix: String)
}
