import Basics
import Registries

/// What a registry asks for, `WWW-Authenticate`.
func fuzzChallenge(_ bytes: [UInt8]) throws {
    let header = String(decoding: bytes, as: UTF8.self)
    let challenges = AuthenticationChallenge.all(in: header)
    try require(
        challenges == AuthenticationChallenge.all(in: header), "the same header asks for something else")
    try require(challenges.count <= header.utf8.count, "more challenges than bytes")
    for case .bearer(let realm, let service) in challenges {
        try require(
            realm.utf8.count + (service?.utf8.count ?? 0) <= header.utf8.count,
            "longer than what it was read from")
    }
}

/// Credentials as Docker and podman keep them.
func fuzzCredentials(_ bytes: [UInt8]) throws {
    let configuration: DockerConfiguration
    do throws(RegistryError) {
        configuration = try DockerConfiguration(bytes)
    } catch {
        let isPrintable = error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        try require(isPrintable, "an error that steers a terminal")
        return
    }
    for host in ["docker.io", "registry.example.org", "localhost:5000", ""] {
        var asked = 0
        let found = configuration.candidates(host: host, repository: "team/app") { _, _ in
            asked += 1
            return nil
        }
        try require(asked <= 1, "more than one program is asked")
        try require(found.count <= bytes.count, "more credentials than bytes")
    }
}
