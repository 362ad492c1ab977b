import Foundation
import Testing
import UWSGI

/// The containers of `Fixtures/corpus.json`: command lines as people write them, each with what was found when it
/// was run or read.
struct CorpusCase: Sendable, CustomTestStringConvertible {
    /// The least information that settles the case.
    enum Settlement: String, Sendable {
        case spec
        case configMap = "configmap"
        case imageMetadata = "image-metadata"
        case imageContent = "image-content"
    }

    var id: String
    var container: ContainerSpecification
    /// What there is to know of its image.
    var image: ImageConfiguration
    /// `nil` where the specification alone cannot tell.
    var runsUWSGI: Bool?
    /// `nil` where the specification alone cannot tell.
    var maxFDSet: Bool?
    var effectiveMaxFD: Int?
    var hasCorerouter: Bool?
    var startupFails: Bool
    var settlement: Settlement
    var reason: String
    /// Files in the container, by path.
    var files: [String: String]
    /// The container with all that its image and its ConfigMaps say.
    var whole: ContainerSpecification

    var testDescription: String { id }

    static let all: [CorpusCase] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/corpus.json")
        guard let data = try? Data(contentsOf: file),
            let cases = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return [] }
        return cases.compactMap(CorpusCase.init)
    }()

    private init?(_ fields: [String: Any]) {
        guard let id = fields["id"] as? String, let image = fields["image"] as? String,
            let settlement = (fields["evidence"] as? String).flatMap(Settlement.init)
        else { return nil }
        self.id = id
        self.settlement = settlement
        let environment = (fields["env"] as? [[String: Any]] ?? []).map { entry in
            EnvironmentVariable(
                name: entry["name"] as? String ?? "",
                value: entry["valueFrom"] != nil ? .reference : .literal(entry["value"] as? String ?? ""))
        }
        let sources = (fields["envFrom"] as? [[String: Any]] ?? []).map {
            EnvironmentSource(prefix: $0["prefix"] as? String ?? "")
        }
        let mounts = (fields["volumeMounts"] as? [[String: Any]] ?? []).map {
            Mount(path: $0["mountPath"] as? String ?? "", subPath: $0["subPath"] as? String ?? "")
        }
        container = ContainerSpecification(
            image: image, command: fields["command"] as? [String] ?? [],
            arguments: fields["args"] as? [String] ?? [], environment: environment,
            environmentSources: sources,
            mounts: mounts)
        self.image = Self.image(fields)
        runsUWSGI = fields["runsUwsgi"] as? Bool
        maxFDSet = fields["maxFdSet"] as? Bool
        effectiveMaxFD = fields["effectiveMaxFd"] as? Int
        hasCorerouter = fields["corerouter"] as? Bool
        startupFails = fields["startupFails"] as? Bool ?? false
        reason = fields["why"] as? String ?? ""
        files = fields["files"] as? [String: String] ?? [:]
        whole = container
        if whole.command.isEmpty {
            whole.command = fields["imageEntrypoint"] as? [String] ?? []
            if whole.arguments.isEmpty { whole.arguments = fields["imageCmd"] as? [String] ?? [] }
            if whole.command.isEmpty { swap(&whole.command, &whole.arguments) }
        }
        whole.environment =
            (fields["imageEnv"] as? [[String: String]] ?? []).map {
                EnvironmentVariable(name: $0["name"] ?? "", value: .literal($0["value"] ?? ""))
            } + environment
        // What a ConfigMap of variables holds.
        if let data = fields["envFromData"] as? [String: [String: String]] {
            whole.environmentSources = []
            for source in data.values.flatMap({ $0 }).sorted(by: { $0.key < $1.key }) {
                whole.environment.insert(
                    EnvironmentVariable(name: source.key, value: .literal(source.value)), at: 0)
            }
        }
        whole.workingDirectory = fields["workingDir"] as? String ?? ""
        whole.files = KnownFiles(files.mapValues { .text($0) })
    }

    private static func image(_ fields: [String: Any]) -> ImageConfiguration {
        let environment = (fields["imageEnv"] as? [[String: Any]] ?? []).map { entry in
            EnvironmentVariable(
                name: entry["name"] as? String ?? "", value: .literal(entry["value"] as? String ?? ""))
        }
        let files = (fields["files"] as? [String: String] ?? [:]).mapValues { KnownFiles.Answer.text($0) }
        return ImageConfiguration(
            entrypoint: fields["imageEntrypoint"] as? [String] ?? [],
            command: fields["imageCmd"] as? [String] ?? [], environment: environment,
            workingDirectory: fields["workingDir"] as? String ?? "", files: KnownFiles(files))
    }
}
