import Catalogue
import Synchronization
import System

/// All credentials that there are for registries.
public final class RegistryCredentials: Sendable {
    private let files: [DockerConfiguration]
    /// What programs have said, by program and host: each is asked once.
    private let answers = Mutex<[[String]: RegistryCredential?]>([:])

    /// None.
    public init() { files = [] }

    /// - Parameter paths: files as Docker and podman write them.
    /// - Throws: ``RegistryError`` that names the file.
    public init(files paths: [String]) throws(RegistryError) {
        var files: [DockerConfiguration] = []
        for path in paths {
            let bytes: [UInt8]
            do {
                bytes = try FileReading.bytes(of: path, limit: DockerConfiguration.largest, regularOnly: true)
            } catch {
                throw RegistryError(.malformed, "\(path): \(Self.text(error))")
            }
            do {
                files.append(try DockerConfiguration(bytes))
            } catch {
                throw RegistryError(.malformed, "\(path): \(error)")
            }
        }
        self.files = files
    }

    /// Where the credentials of the user are kept: Docker's file, and those of podman and skopeo.
    public static func usualFiles(environment: [String: String]) -> [String] {
        var paths: [String] = []
        if let folder = environment["DOCKER_CONFIG"] { paths.append("\(folder)/config.json") }
        if let file = environment["REGISTRY_AUTH_FILE"] { paths.append(file) }
        if let folder = environment["XDG_RUNTIME_DIR"] { paths.append("\(folder)/containers/auth.json") }
        if let home = environment["HOME"] {
            if environment["DOCKER_CONFIG"] == nil { paths.append("\(home)/.docker/config.json") }
            paths.append("\(home)/.config/containers/auth.json")
        }
        return paths
    }

    /// Everything that may open a repository, in the order in which it is tried.
    func candidates(host: String, repository: String) -> [RegistryCredential] {
        var found: [RegistryCredential] = []
        for file in files {
            for credential in file.candidates(host: host, repository: repository, ask: ask)
            where !found.contains(credential) {
                found.append(credential)
            }
        }
        return found
    }

    private func ask(_ helper: String, _ host: String) -> RegistryCredential? {
        if let known = answers.withLock({ $0[[helper, host]] }) { return known }
        let answer = CredentialHelper.credential(helper: helper, host: host)
        answers.withLock { $0[[helper, host]] = .some(answer) }
        return answer
    }

    private static func text(_ failure: FileReading.Failure) -> String {
        switch failure {
        case .cannotOpen(let error), .cannotRead(let error): "\(error)"
        case .notRegular: "not a regular file"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        }
    }
}
