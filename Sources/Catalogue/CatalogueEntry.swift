import Basics
import UWSGI

/// What is kept of one image: a line of a catalogue.
public struct CatalogueEntry: Sendable, Hashable {
    /// Of the platform's manifest, or of the configuration where no manifest was seen.
    public var digest: ImageDigest
    /// Others that mean the same: of the index, of the configuration.
    public var digests: Set<ImageDigest>
    /// Complete references by tag that meant this image when it was read: `docker.io/library/nginx:1.29`.
    public var references: Set<String>
    /// `linux/amd64`
    public var platform: String
    public var entrypoint: [String]
    public var cmd: [String]
    /// ENV; a value that nothing needs is left out, and so a reference.
    public var environment: [EnvironmentVariable]
    public var workingDirectory: String
    public var user: String
    /// The files that the start names.
    public var files: [File]
    /// Paths that were named and not kept, with the reason.
    public var omitted: [Omission]
    /// When the image was read: RFC 3339.
    public var read: String

    /// A file's text.
    public struct File: Sendable, Hashable {
        public var path: String
        public var text: String

        public init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// A file whose text was not kept.
    public struct Omission: Sendable, Hashable {
        public var path: String
        public var reason: String

        public init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    /// The most files that are kept of an image.
    public static let mostFiles = 64
    /// The largest file that is kept, in bytes.
    public static let largestFile = 64 << 10
    /// The most paths that are named without a text; where there are more, none is looked for any more.
    public static let mostOmitted = 256

    public init(
        digest: ImageDigest, digests: Set<ImageDigest> = [], references: Set<String> = [],
        platform: String = "", entrypoint: [String] = [], cmd: [String] = [],
        environment: [EnvironmentVariable] = [], workingDirectory: String = "", user: String = "",
        files: [File] = [], omitted: [Omission] = [], read: String = ""
    ) {
        self.digest = digest
        self.digests = digests
        self.references = references
        self.platform = platform
        self.entrypoint = entrypoint
        self.cmd = cmd
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.files = files
        self.omitted = omitted
        self.read = read
    }

    /// Drops the values of variables that nothing needs: they may be secrets. `PATH`, uWSGI's own and those that the
    /// start command and the kept files mention stay.
    public mutating func dropNeedlessValues() {
        let texts = entrypoint + cmd + files.map(\.text)
        environment = environment.map { variable in
            if variable.name == "PATH" || variable.name.uppercased().hasPrefix("UWSGI_")
                || texts.contains(where: { $0.mentions(variable.name) })
            {
                return variable
            }
            return EnvironmentVariable(name: variable.name, value: .reference)
        }
    }
}

// MARK: - For detection

extension CatalogueEntry {
    /// Whether containers that run from the image lead to files of it that nobody has looked for.
    public func lacksFiles(of containers: [ContainerSpecification], _ detector: Detector = Detector()) -> Bool
    {
        let configuration = exactConfiguration(from: .catalogue)
        return containers.contains { container in
            var container = container
            container.imageConfiguration = configuration
            let unread = detector.detect(container).unreadPaths
            return !container.unreadImageFiles(among: unread).isEmpty
        }
    }

    /// As detection takes it, for a container that names the image itself.
    /// - Parameter origin: what evidence names as where the entry comes from.
    func exactConfiguration(from origin: ImageCatalogue.Origin) -> ImageConfiguration {
        var known = KnownFiles()
        for file in files { known[file.path] = .text(file.text) }
        for omission in omitted { known.noteWithoutText(omission.path) }
        if omitted.count >= Self.mostOmitted { known.endSearch() }
        let time = read.isEmpty ? "" : " read \(read)"
        return ImageConfiguration(
            entrypoint: entrypoint, command: cmd, environment: environment,
            workingDirectory: workingDirectory, files: known,
            evidence: "image \(digest.short)\(time) (\(origin.rawValue))", isExact: true)
    }

    /// The same for a container that names a tag.
    /// - Parameter exact: that of the image itself.
    func configuration(
        tag: Substring, from origin: ImageCatalogue.Origin, of exact: ImageConfiguration
    ) -> ImageConfiguration {
        ImageConfiguration(
            exact, evidence: "image tag \(tag) as of \(read) (\(origin.rawValue))", isExact: false)
    }
}

extension String {
    /// Whether a name stands in a text as a word of its own.
    fileprivate func mentions(_ name: String) -> Bool {
        guard !name.isEmpty else { return false }
        var word: [UInt8] = []
        let wanted = Array(name.utf8)
        // A name with other characters in it is looked for as it is.
        if !wanted.allSatisfy(\.isIdentifierByte) { return firstRange(of: name) != nil }
        for byte in utf8 {
            if byte.isIdentifierByte {
                word.append(byte)
            } else {
                if word == wanted { return true }
                word.removeAll(keepingCapacity: true)
            }
        }
        return word == wanted
    }
}
