import Foundation
import TestSupport

/// Debian's `docker-registry`.
final class RunningRegistry {
    let port: Int
    /// Where its CA is, `ca.crt`, and the client's credentials, `auth.json`.
    let folder: TemporaryFolder
    private let process: ChildProcess
    private let output = LineReader()

    static var isInstalled: Bool {
        ["docker-registry", "skopeo", "umoci"].allSatisfy(Program.exists)
    }

    /// What bcrypt makes of the password `pass:word`.
    private static let user = "reader:$2b$05$0wLJaOYhjpfelF.YWoN4DeXxiwx0p3SrxkIczQjdm2F60c51W1YjK"

    /// - Parameters:
    ///   - isOpen: whether it speaks plain HTTP and asks for nothing; over TLS and for a password otherwise.
    ///   - settings: more of its configuration.
    init(isOpen: Bool = false, settings: String = "") throws {
        folder = try TemporaryFolder()
        var http = "http: {addr: 127.0.0.1:0}"
        var more = settings
        if !isOpen {
            let made = try BuiltExecutable.run(
                ["certs", "localhost", "127.0.0.1", "--directory", folder.path])
            guard made.status == 0 else { throw RunningServer.Failure(description: made.error) }
            try folder.write(Self.user, to: "htpasswd")
            let tls = "{certificate: \(folder.path("tls.crt")), key: \(folder.path("tls.key"))}"
            http = "http: {addr: 127.0.0.1:0, tls: \(tls)}"
            more += "auth: {htpasswd: {realm: test, path: \(folder.path("htpasswd"))}}\n"
        }
        let configuration = try folder.write(
            "version: 0.1\nstorage: {filesystem: {rootdirectory: \(folder.path("data"))}}\n\(http)\n\(more)\n",
            to: "registry.yml")
        process = try output.start(Program.path(of: "docker-registry") ?? "", ["serve", configuration])
        let beginning = "listening on 127.0.0.1:"
        guard let line = output.wait(seconds: 60, for: { $0.contains(beginning) }),
            let place = line.firstRange(of: beginning),
            let port = Int(line[place.upperBound...].prefix { $0.isNumber })
        else { throw RunningServer.Failure(description: output.lines.joined(separator: "\n")) }
        self.port = port
        let login = Data("reader:pass:word".utf8).base64EncodedString()
        try folder.write(#"{"auths": {"localhost:\#(port)": {"auth": "\#(login)"}}}"#, to: "auth.json")
    }

    deinit {
        process.send(SIGKILL)
        _ = process.wait()
    }

    /// Every request that it has answered: method and path.
    var requests: [Substring] {
        output.lines.compactMap { line in line.firstMatch(of: /"((GET|HEAD) [^ ]+) HTTP/)?.output.1 }
    }

    /// Puts an image of a layout into it, by skopeo.
    func push(_ source: String, as name: String) throws {
        let pushed = try Program.run(
            named: "skopeo",
            [
                "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds=reader:pass:word", "--all",
                source,
                "docker://localhost:\(port)/\(name)",
            ])
        guard pushed.status == 0 else { throw RunningServer.Failure(description: pushed.error) }
    }
}
