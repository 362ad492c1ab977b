/// What is known of the image that a container runs from: it stands in for what the container's author left out.
///
/// One for each image, shared by all containers that run from it.
public final class ImageConfiguration: Sendable, Hashable {
    /// ENTRYPOINT. The kubelet does not expand `$(NAME)` in what an image says.
    public let entrypoint: [String]
    /// CMD.
    public let command: [String]
    /// ENV, under whatever the container's author sets; a value that is not known is a reference.
    public let environment: [EnvironmentVariable]
    /// WORKDIR.
    public let workingDirectory: String
    /// What was read of the image's files.
    public let files: KnownFiles
    /// Where all this comes from, in the words of reports.
    public let evidence: String
    /// Whether this is the very image that runs, and not the one that a tag meant when it was read.
    public let isExact: Bool
    /// How long its texts are, in bytes.
    public let textBytes: Int

    public init(
        entrypoint: [String] = [], command: [String] = [], environment: [EnvironmentVariable] = [],
        workingDirectory: String = "", files: KnownFiles = KnownFiles(), evidence: String = "image",
        isExact: Bool = true
    ) {
        self.entrypoint = entrypoint
        self.command = command
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.files = files
        self.evidence = evidence
        self.isExact = isExact
        var bytes = workingDirectory.utf8.count + files.textBytes
        for word in entrypoint + command { bytes += word.utf8.count }
        for variable in environment { bytes += variable.textBytes }
        textBytes = bytes
    }

    /// The same image by another name: its texts are shared.
    public init(_ image: ImageConfiguration, evidence: String, isExact: Bool) {
        entrypoint = image.entrypoint
        command = image.command
        environment = image.environment
        workingDirectory = image.workingDirectory
        files = image.files
        textBytes = image.textBytes
        self.evidence = evidence
        self.isExact = isExact
    }

    public static func == (one: ImageConfiguration, other: ImageConfiguration) -> Bool {
        one === other
            || one.evidence == other.evidence && one.isExact == other.isExact
                && one.entrypoint == other.entrypoint && one.command == other.command
                && one.environment == other.environment && one.workingDirectory == other.workingDirectory
                && one.files == other.files
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(entrypoint)
        hasher.combine(command)
        hasher.combine(evidence)
    }

    /// The variable that counts among those of this name: the last.
    func variable(_ name: String) -> EnvironmentVariable.Value? {
        environment.last { $0.name == name }?.value
    }
}

extension ContainerSpecification {
    /// The words of a list, as their author wrote them.
    func entries(of list: ArgumentLocation.List) -> [String] {
        switch list {
        case .command: command
        case .arguments: arguments
        case .imageEntrypoint: imageConfiguration?.entrypoint ?? []
        case .imageCommand: imageConfiguration?.command ?? []
        }
    }

    /// The word that an argument came out of.
    func entry(at location: ArgumentLocation) -> String? {
        let entries = entries(of: location.list)
        return entries.indices.contains(location.index) ? entries[location.index] : nil
    }

    /// What is known of a file in the container: what somebody mounted counts before what the image holds there.
    /// - Parameter path: absolute.
    func file(at path: String) -> KnownFiles.Answer {
        let own = files[path]
        guard own == .unknown, let image = imageConfiguration, !image.files.isEmpty else { return own }
        let answer = image.files[path]
        guard answer != .unknown, !mounts.contains(where: { $0.covers(path) }) else { return .unknown }
        return answer
    }

    /// Whether the image has been searched for a file, and no text of it can be had.
    func imageIsWithoutText(at path: String) -> Bool {
        guard let image = imageConfiguration, image.files.isWithoutText(path) else { return false }
        return !mounts.contains { $0.covers(path) }
    }
}

extension ContainerSpecification {
    /// What is known to be in a folder of the container.
    func listing(of folder: String) -> KnownFiles.Listing {
        let own = files.listing(of: folder)
        guard own.names.isEmpty, !own.isComplete, let image = imageConfiguration, !image.files.isEmpty,
            !mounts.contains(where: { $0.covers(folder) })
        else { return own }
        return image.files.listing(of: folder)
    }
}

extension Mount {
    /// Whether what is mounted hides what the image has at a path.
    func covers(_ path: String) -> Bool {
        var folder = self.path[...]
        while folder.utf8.last == UInt8(ascii: "/") { folder = folder.dropLast() }
        guard path.utf8.starts(with: folder.utf8) else { return false }
        let rest = path.utf8.dropFirst(folder.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }
}
