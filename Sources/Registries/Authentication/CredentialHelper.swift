import Basics
import JSON
import System

/// A program that knows the credentials of hosts: `docker-credential-NAME get` is given the host on standard input.
/// Source: docker/docker-credential-helpers, README.md, "Protocol".
enum CredentialHelper {
    private static let seconds = 10
    private static let largestAnswer = 64 << 10
    private static let longestName = 128

    /// `nil` where it knows none, is not there, or does not answer: another credential may do.
    static func credential(helper: String, host: String) -> RegistryCredential? {
        // The file's author may run programs of such names, and no others.
        let isName = helper.utf8.allSatisfy { $0.isIdentifierByte || "-.".utf8.contains($0) }
        guard isName, !helper.isEmpty, helper.utf8.count <= longestName else { return nil }
        let server = host == "docker.io" ? "https://index.docker.io/v1/" : host
        guard
            let output = try? ProgramRun.output(
                of: "docker-credential-\(helper)", ["get"], input: Array(server.utf8),
                limit: largestAnswer, seconds: seconds),
            let json = try? JSONParser(maximumDepth: 8).parse(output),
            let user = json["Username"]?.string, let secret = json["Secret"]?.string
        else { return nil }
        return user == "<token>" ? .identityToken(secret) : .password(user: user, password: secret)
    }
}
