import Admission
import Basics
import UWSGI

/// Detects again what a container runs, with what the ConfigMaps and Secrets of the input say of its files and
/// variables.
///
/// Detection says which files it has not found; those are looked up in the container's volumes, until there is nothing
/// new. So nothing is read that nobody asks for. Secrets come last: what they add is kept apart, and of it nothing but
/// max-fd and the routers leaves this place.
struct ContainerJoin {
    let index: ObjectIndex
    let detector: Detector
    /// Of the container's object.
    let namespace: String
    /// The file that the container's manifest stands in.
    let file: String
    let room: JoinRoom

    /// What came of it.
    struct Result {
        var finding: ExaminedContainer
        /// The files that were read, by their paths in the container, in the order in which they were asked for.
        var files: [(path: String, origin: MountedFiles.Origin)]
    }

    /// How often detection may ask for more: each file that leads to another one takes a round.
    private static let mostRounds = 20

    func join(_ finding: ExaminedContainer, _ references: ContainerReferences, _ volumes: [VolumeSource])
        -> Result
    {
        let open = follow(finding, references, volumes, readsSecrets: false)
        guard mentionsSecret(open, references, volumes) else { return result(of: open, from: finding) }
        let full = follow(finding, references, volumes, readsSecrets: true)
        guard full.usesSecrets else { return result(of: open, from: finding) }
        return SecretRedaction(open: open, full: full).result(for: finding, self)
    }

    /// Detection that has nothing more to ask for.
    struct Followed {
        var detection: Detection
        var environment: JoinedEnvironment
        var files: [(path: String, origin: MountedFiles.Origin)] = []
        /// The files that are in a volume and were not read.
        var unread: [UnreadFile] = []

        var usesSecrets: Bool {
            environment.usesSecrets || files.contains { $0.origin.object.kind == .secret }
        }
    }

    private func mentionsSecret(
        _ open: Followed, _ references: ContainerReferences, _ volumes: [VolumeSource]
    ) -> Bool {
        if references.objects.contains(where: { $0.kind == .secret }) { return true }
        guard !open.unread.isEmpty else { return false }
        return references.mounts.contains { mount in
            guard volumes.indices.contains(mount.volume), case .objects(let list, _) = volumes[mount.volume]
            else { return false }
            return list.contains { $0.object.kind == .secret }
        }
    }

    // MARK: - Rounds

    private func follow(
        _ finding: ExaminedContainer, _ references: ContainerReferences, _ volumes: [VolumeSource],
        readsSecrets: Bool
    ) -> Followed {
        let find = { index.find($0, namespace: namespace, file: file) }
        let environment = JoinedEnvironment(
            finding.container.specification, references, room: room, readsSecrets: readsSecrets, find: find)
        let mounted = MountedFiles(
            mounts: references.mounts, volumes: volumes, room: room, readsSecrets: readsSecrets, find: find)
        var container = finding.container
        var bytes = container.specification.textBytes
        let mostBytes = bytes + room.bytes
        container.specification.environment = environment.variables
        container.specification.environmentSources = environment.sources
        let isSame =
            environment.variables == finding.container.specification.environment
            && environment.sources == finding.container.specification.environmentSources
        var followed = Followed(
            detection: isSame
                ? finding.detection
                : detect(container, finding.declaration, bytes: bytes + environment.bytes),
            environment: environment)
        var asked: Set<String> = []
        // Where the image is known and names the file itself, nothing has to be assumed.
        if let path = Self.assumedConfiguration(of: container.specification),
            !followed.detection.unreadPaths.contains(path), asked.insert(path).inserted,
            take(mounted.answer(path), for: path, into: &container.specification.files, &followed, &bytes)
        {
            container.specification.arguments = [path]
            followed.detection = detect(container, finding.declaration, bytes: bytes + environment.bytes)
        }
        for _ in 0..<Self.mostRounds {
            var isNew = false
            for path in followed.detection.unreadPaths where asked.insert(path).inserted {
                let answer =
                    bytes <= mostBytes ? mounted.answer(path) : .unread(UnreadReason("too many files"))
                let known = take(answer, for: path, into: &container.specification.files, &followed, &bytes)
                isNew = isNew || known
            }
            guard isNew else { break }
            followed.detection = detect(container, finding.declaration, bytes: bytes + environment.bytes)
        }
        return followed
    }

    /// The configuration that an image's own command is taken to read, where nothing but the image names one: the file
    /// that is mounted for uWSGI, if it is the only one.
    static func assumedConfiguration(of container: ContainerSpecification) -> String? {
        guard container.command.isEmpty, container.arguments.isEmpty else { return nil }
        let files = container.mounts.filter(Hints.isConfiguration)
        guard files.count == 1, let path = files.first?.path, path.hasPrefix("/"),
            path.utf8.last != UInt8(ascii: "/")
        else { return nil }
        return path
    }

    /// - Returns: whether something is known now that was not.
    private func take(
        _ answer: MountedFiles.Answer, for path: String, into known: inout KnownFiles,
        _ followed: inout Followed,
        _ bytes: inout Int
    ) -> Bool {
        switch answer {
        case .file(let text, let origin):
            known[path] = .text(text)
            bytes += text.utf8.count
            followed.files.append((path, origin))
            return true
        case .folder(let files, let isComplete):
            for file in files {
                known[file.path] = .text(file.text)
                bytes += file.text.utf8.count
                followed.files.append((file.path, file.origin))
            }
            if isComplete { known.complete(folder: path) }
            return !files.isEmpty || isComplete
        case .absent:
            known[path] = .absent
            return true
        case .unread(let reason):
            followed.unread.append(UnreadFile(path: path, reason: reason.text))
            return false
        case .notMounted: return false
        }
    }

    private func detect(_ container: PodContainer, _ declaration: Declaration, bytes: Int) -> Detection {
        var budget = DetectionBudget(reviewBytes: bytes)
        return ExaminedContainer(container, declaration: declaration) {
            detector.detect($0, declaration: $1, budget: &budget)
        }.detection
    }

    // MARK: - Results

    private func result(of followed: Followed, from finding: ExaminedContainer) -> Result {
        var detection = followed.detection
        detection.maxFD = located(detection.maxFD, followed, of: finding)
        return Result(
            finding: examined(detection, followed, followed.unread, of: finding), files: followed.files)
    }

    /// The container with what is known of it now.
    func examined(
        _ detection: Detection, _ followed: Followed, _ unread: [UnreadFile], of finding: ExaminedContainer
    ) -> ExaminedContainer {
        var detection = detection
        if finding.container.specification.arguments.isEmpty {
            // What stands for the image's own command is none of the container's arguments.
            detection.evidence.removeAll { $0.hasPrefix("args[") }
        }
        let origins = followed.files.map(\.origin.description)
        for origin in origins.prefix(3) where detection.runsUWSGI && !detection.evidence.contains(origin) {
            detection.evidence.insert(origin, at: min(1, detection.evidence.count))
        }
        var container = finding.container
        container.specification.environmentSources = followed.environment.sources
        var result = ExaminedContainer(
            container: container, detection: detection, declaration: finding.declaration)
        result.unreadFiles = detection.runsUWSGI ? unread + missing(followed.environment) : []
        return result
    }

    private func missing(_ environment: JoinedEnvironment) -> [UnreadFile] {
        environment.missing.map(\.description).sorted().prefix(8).map {
            UnreadFile(path: "variables", reason: "\($0) is not in the input")
        }
    }

    /// The same max-fd with its place in the input instead of that in the container, and with a cure that can be put
    /// into the object.
    func located(_ maxFD: MaxFD, _ followed: Followed, of finding: ExaminedContainer) -> MaxFD {
        var maxFD = maxFD
        if let place = maxFD.place,
            let origin = followed.files.first(where: { $0.path == place.path })?.origin
        {
            maxFD.source = "\(origin.description):\(place.line)"
        } else if let source = maxFD.source, source.hasPrefix("env "),
            let origin = followed.environment.origins[String(source.dropFirst(4))]
        {
            maxFD.source = "\(source) of \(origin.object.description)"
        }
        maxFD.cure = cure(maxFD.cure, followed.environment, of: finding)
        return maxFD
    }

    private func cure(
        _ cure: Cure?, _ environment: JoinedEnvironment, of finding: ExaminedContainer
    ) -> Cure? {
        guard case .replace(let index, let prefix)? = cure else { return cure }
        let own = index - environment.countOfSources
        guard own < 0 else {
            // What comes by reference has no value that could be replaced.
            let variables = finding.container.specification.environment
            guard variables.indices.contains(own), variables[own].value != .reference else { return nil }
            return .replace(index: own, prefix: prefix)
        }
        // The container's own variables win over those of `envFrom`.
        return environment.variables[index].name == PublicNames.variable ? .add : nil
    }
}
