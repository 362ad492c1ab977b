/// One container as its author wrote it, before anything has run: all that detection may look at.
///
/// It is a value without a Kubernetes type in it, so that the knowledge of uWSGI can be tested, fuzzed and
/// used without a cluster.
public struct ContainerSpecification: Sendable, Hashable {
    /// The image reference: `registry/repository:tag@digest`, any part but the repository may be missing.
    public var image: String
    /// Replaces the image's ENTRYPOINT, and with it the image's CMD; empty when the author wrote none.
    public var command: [String]
    /// Replaces the image's CMD; empty when the author wrote none.
    public var arguments: [String]
    /// The variables, in the author's order, duplicates included: of two with one name the later counts.
    public var environment: [EnvironmentVariable]
    /// Sources whose content cannot be seen, in order (`envFrom`): `environment` overrides them.
    public var environmentSources: [EnvironmentSource]
    /// What is mounted into the container's file system.
    public var mounts: [Mount]
    /// Where the command starts; empty when neither the author nor the image says so.
    public var workingDirectory: String
    /// What is known of the files in the container, but for those of its image.
    public var files: KnownFiles
    /// What is known of the image; `nil` when nobody has read it.
    public var imageConfiguration: ImageConfiguration?

    public init(
        image: String,
        command: [String] = [],
        arguments: [String] = [],
        environment: [EnvironmentVariable] = [],
        environmentSources: [EnvironmentSource] = [],
        mounts: [Mount] = [],
        workingDirectory: String = "",
        files: KnownFiles = KnownFiles(),
        imageConfiguration: ImageConfiguration? = nil
    ) {
        self.image = image
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.environmentSources = environmentSources
        self.mounts = mounts
        self.workingDirectory = workingDirectory
        self.files = files
        self.imageConfiguration = imageConfiguration
    }

    /// How long its texts are, in bytes, and those of its image.
    public var textBytes: Int {
        var bytes = image.utf8.count
        for word in command { bytes += word.utf8.count }
        for word in arguments { bytes += word.utf8.count }
        for variable in environment { bytes += variable.textBytes }
        for mount in mounts { bytes += mount.path.utf8.count + mount.subPath.utf8.count }
        if let imageConfiguration { bytes += imageConfiguration.textBytes }
        return bytes
    }
}

/// One variable of a container's environment.
public struct EnvironmentVariable: Sendable, Hashable {
    /// What is known of a variable's value.
    public enum Value: Sendable, Hashable {
        /// Written out in the specification, before `$(NAME)` is expanded. A missing value is the empty one.
        case literal(String)
        /// Taken from somewhere that cannot be seen (`valueFrom`).
        case reference
    }

    public var name: String
    public var value: Value

    public init(name: String, value: Value) {
        self.name = name
        self.value = value
    }

    /// How long its texts are, in bytes.
    var textBytes: Int {
        guard case .literal(let value) = value else { return name.utf8.count }
        return name.utf8.count + value.utf8.count
    }
}

/// A set of variables whose names and values cannot be seen (`envFrom`).
public struct EnvironmentSource: Sendable, Hashable {
    /// Put before every key of the source to make the variable's name; often empty.
    public var prefix: String

    public init(prefix: String = "") {
        self.prefix = prefix
    }
}

/// Something mounted into the container.
public struct Mount: Sendable, Hashable {
    /// Where it appears in the container.
    public var path: String
    /// Which file or folder of the volume appears there; empty for the whole volume.
    public var subPath: String

    public init(path: String, subPath: String = "") {
        self.path = path
        self.subPath = subPath
    }
}
