import UWSGI

/// The command that the kubelet runs in a container once it has started. What it starts stays, like a program of the
/// container's own.
///
/// `preStop` is not read: what it starts ends with the container. Neither are the commands of probes.
struct PostStartHook {
    private let specification: ContainerSpecification

    /// - Parameter container: one that has such a command.
    init(of container: PodContainer) {
        specification = ContainerSpecification(
            image: "",
            // The kubelet does not expand `$(NAME)` here (pkg/kubelet/lifecycle/handlers.go, `Run`).
            command: container.postStart.map {
                $0.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
            },
            environment: container.specification.environment,
            environmentSources: container.specification.environmentSources,
            mounts: container.specification.mounts,
            workingDirectory: container.specification.workingDirectory,
            files: container.specification.files,
            imageConfiguration: container.specification.imageConfiguration)
    }

    /// The worse of what the hook starts and what the container itself does.
    func worse(
        than own: Detection, _ detect: (ContainerSpecification, Declaration) -> Detection
    ) -> Detection {
        guard let hook = located(detect(specification, .none)) else { return own }
        guard own.runsUWSGI else { return hook }
        // A script that is named for uWSGI mostly waits for the one that runs already.
        if hook.certainty == .likely, !hook.evidence.contains(where: Self.showsServer) { return own }
        return Self.badness(hook) > Self.badness(own) ? hook : own
    }

    /// The same with the hook's places; `nil` when nothing in the hook speaks for uWSGI. Variables do not: they are
    /// there for the container's own program.
    private func located(_ detection: Detection) -> Detection? {
        let evidence = detection.evidence.filter { $0.hasPrefix("command[") }
        guard detection.runsUWSGI, !evidence.isEmpty else { return nil }
        var result = detection
        result.evidence = evidence.map(Self.located)
        result.maxFD.source = detection.maxFD.source.map(Self.located)
        return result
    }

    private static func located(_ place: String) -> String {
        place.hasPrefix("command[") ? "lifecycle.postStart.exec." + place : place
    }

    /// Whether an entry of evidence names uWSGI itself and not a script.
    private static func showsServer(_ evidence: String) -> Bool {
        guard let name = evidence.split(separator: " ").last else { return false }
        return (name.hasPrefix("uwsgi") || name.hasPrefix("pyuwsgi")) && !name.hasSuffix(".sh")
    }

    /// By the state first, then by how sure it is.
    private static func badness(_ detection: Detection) -> (Int, Int) {
        let states: [MaxFD.State] = [
            .set, .hidden, .excessive, .unset, .ineffective, .harmful, .incurable,
        ]
        let certainties: [Certainty?] = [.likely, .declared, .certain]
        return (
            states.firstIndex(of: detection.maxFD.state) ?? 0,
            certainties.firstIndex(of: detection.certainty) ?? 0
        )
    }
}
