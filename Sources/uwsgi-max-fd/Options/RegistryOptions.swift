import ArgumentParser
import NIOCore
import OpenSSLTLS
import Registries

import Glibc

/// How registries are asked.
struct RegistryOptions: ParsableArguments {
    @Option(
        name: .customLong("registry-config"),
        help: ArgumentHelp(
            "Credentials, as docker login and podman login write them (default: the files where these keep them).",
            valueName: "file"))
    var configuration: String?

    @Option(
        name: .customLong("registry-ca"),
        help: ArgumentHelp("CAs to trust beside the system's, in PEM.", valueName: "file"))
    var authorities: String?

    @Option(
        name: .customLong("registry-mirror"),
        help: ArgumentHelp(
            "Where to ask first for a registry's images; an address with http:// allows plain HTTP for it. May be "
                + "repeated.", valueName: "host=url"))
    var mirrors: [String] = []

    /// Whether none of them is given.
    var isEmpty: Bool { configuration == nil && authorities == nil && mirrors.isEmpty }

    func validate() throws {
        for mirror in mirrors {
            var all = RegistryMirrors()
            guard all.add(mirror) else {
                throw ValidationError(
                    "--registry-mirror \(mirror): not HOST=URL, such as docker.io=https://mirror.example.org")
            }
        }
    }

    /// Whether an image's registry is asked because a Pod names it.
    func allows(_ host: String) -> Bool { registryMirrors.allows(host) }

    private var registryMirrors: RegistryMirrors {
        var all = RegistryMirrors()
        for mirror in mirrors { _ = all.add(mirror) }
        return all
    }

    /// - Throws: ``CommandFailure`` when a file cannot be read.
    func client(limits: RegistryLimits = RegistryLimits()) throws -> RegistryClient {
        let environment = Environment.variables
        do {
            var tls = TLSClientConfiguration(
                trustRoots: authorities.map { .file($0) }, resumesSessions: false)
            // A session of one host is nothing for another, which would not be verified again.
            tls.trustsSystem = true
            var files = RegistryCredentials.usualFiles(environment: environment)
                .filter { access($0, F_OK) == 0 }
            if let configuration { files = [configuration] }
            return RegistryClient(
                tls: try TLSContext(client: tls), credentials: try RegistryCredentials(files: files),
                mirrors: registryMirrors, proxies: try ProxySettings(environment: environment),
                limits: limits, sleep: Self.sleep)
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    private static func sleep(_ time: TimeAmount) {
        // No signal is handled here, so that it is not cut short.
        var wait = timespec()
        wait.tv_sec = Int(time.nanoseconds / 1_000_000_000)
        wait.tv_nsec = Int(time.nanoseconds % 1_000_000_000)
        nanosleep(&wait, nil)
    }
}

/// The process's variables that registries are asked by.
private enum Environment {
    private static let names = [
        "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "DOCKER_CONFIG",
        "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "HOME",
    ]

    static var variables: [String: String] {
        var found: [String: String] = [:]
        for name in names {
            if let value = getenv(name) { found[name] = String(cString: value) }
        }
        return found
    }
}
