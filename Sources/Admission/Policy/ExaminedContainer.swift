import UWSGI

/// A container, and what detection found in it, whether or not that is uWSGI.
public struct ExaminedContainer: Sendable, Hashable {
    public let container: PodContainer
    public let detection: Detection
    /// What its author says of it, by annotation.
    public let declaration: Declaration
    /// Files that are mounted into it, and other sources, that might say more and could not be read.
    public var unreadFiles: [UnreadFile] = []

    public init(container: PodContainer, detection: Detection, declaration: Declaration = .none) {
        self.container = container
        self.detection = detection
        self.declaration = declaration
    }

    /// Examines a container.
    ///
    /// That its author says it does not run uWSGI keeps nobody from looking: whether it counts is a matter of policy.
    /// - Parameter detect: detects what a specification runs.
    package init(
        _ container: PodContainer, declaration: Declaration,
        detect: (ContainerSpecification, Declaration) -> Detection
    ) {
        let own = detect(container.specification, declaration == .doesNotRunUWSGI ? .none : declaration)
        let detection =
            container.postStart.isEmpty
            ? own : PostStartHook(of: container).worse(than: own, detect)
        self.init(container: container, detection: detection, declaration: declaration)
    }

    /// Whether its image may say more than its specification does.
    public var leavesOpen: Bool {
        container.specification.command.isEmpty || !detection.unreadPaths.isEmpty
    }

    /// Whether its author says that it does not run uWSGI, although detection says that it does.
    public var asksForExemption: Bool { declaration == .doesNotRunUWSGI && detection.runsUWSGI }
}

/// A file that is mounted into a container and could not be read.
public struct UnreadFile: Sendable, Hashable {
    /// Its path in the container; `variables` where those are meant.
    public let path: String
    /// Why, in a few words.
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}
