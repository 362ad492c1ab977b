import Admission
import UWSGI

/// Says what a container runs where Secrets had to be read for it, without saying anything else of them.
struct SecretRedaction {
    /// What is known without any Secret, and may be shown.
    let open: ContainerJoin.Followed
    /// What is known with them, of which only max-fd and the routers are shown.
    let full: ContainerJoin.Followed

    func result(for finding: ExaminedContainer, _ join: ContainerJoin) -> ContainerJoin.Result {
        var detection = full.detection
        detection.evidence = open.detection.runsUWSGI ? open.detection.evidence : []
        detection.maxFD = maxFD(of: finding, join)
        detection.details.hazards = open.detection.details.hazards
        detection.unreadPaths = open.detection.unreadPaths.filter { path in
            full.detection.unreadPaths.contains(path)
        }
        let unread = open.unread.filter { file in full.unread.contains { $0.path == file.path } }
        var shown = full
        shown.files = full.files.filter { isAskedFor($0.path) }
        if shown.files.isEmpty, !open.detection.runsUWSGI { detection.evidence = evidence }
        return ContainerJoin.Result(
            finding: join.examined(detection, shown, unread, of: finding), files: shown.files)
    }

    /// Whether a path is one that the Pod itself or a ConfigMap names: what a Secret names is not shown.
    private func isAskedFor(_ path: String) -> Bool {
        open.unread.contains { $0.path == path } || open.files.contains { $0.path == path }
    }

    /// The Secrets' names, where there is nothing else that may be shown.
    private var evidence: [String] {
        Set(full.files.map(\.origin.object).filter { $0.kind == .secret }.map(\.description)).sorted()
    }

    private func maxFD(of finding: ExaminedContainer, _ join: ContainerJoin) -> MaxFD {
        guard full.detection.maxFD != open.detection.maxFD else {
            return join.located(open.detection.maxFD, open, of: finding)
        }
        var maxFD = join.located(full.detection.maxFD, full, of: finding)
        maxFD.value = maxFD.number.map { String($0) }
        if let place = full.detection.maxFD.place {
            if !isAskedFor(place.path) {
                maxFD.source = full.files.first { $0.path == place.path }?.origin.object.description
            }
        } else if let source = full.detection.maxFD.source, !isPlaceInObject(source) {
            maxFD.source = nil
        }
        maxFD.place = nil
        return maxFD
    }

    /// Whether a place is one of the container's own: an entry of its lists, or a variable of uWSGI.
    private func isPlaceInObject(_ source: String) -> Bool {
        if source.hasPrefix("env ") { return EnvironmentNames.carrier(String(source.dropFirst(4))) != nil }
        return source.last == "]" && (source.hasPrefix("command[") || source.hasPrefix("args["))
    }
}
