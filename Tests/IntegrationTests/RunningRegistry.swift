import Foundation
import TestSupport

/// Debian's `docker-registry`.
final class RunningRegistry {
    let port: Int
    /// Where its CA is, `ca.crt`, and the client's credentials, `auth.json`.
    let folder: TemporaryFolder
    private let isOpen: Bool
    private let process: ChildProcess
    private let output = LineReader()

    static var isInstalled: Bool {
        ["docker-registry", "skopeo", "umoci", "openssl"].allSatisfy(Program.exists)
    }

    private static let login = "reader:pass:word"
    /// What bcrypt makes of the password `pass:word`.
    private static let user = "reader:$2b$05$0wLJaOYhjpfelF.YWoN4DeXxiwx0p3SrxkIczQjdm2F60c51W1YjK"

    /// What it asks for before it answers.
    enum Authentication {
        /// Nothing, and it speaks plain HTTP.
        case none
        /// The password, over TLS.
        case password
        /// A token, over TLS, which ``RunningTokenServer`` gives for the password.
        case token
    }

    /// The server of its tokens.
    private(set) var tokens: RunningTokenServer?

    /// - Parameter origin: of which registry it is the mirror.
    init(_ authentication: Authentication = .password, mirroring origin: RunningRegistry? = nil) throws {
        folder = try TemporaryFolder()
        var settings = ""
        var environment = Program.environment()
        if authentication != .none { try Self.makeCertificate(in: folder) }
        switch authentication {
        case .none: break
        case .password:
            try folder.write(Self.user, to: "htpasswd")
            settings = "auth: {htpasswd: {realm: test, path: \(folder.path("htpasswd"))}}\n"
        case .token:
            let server = try RunningTokenServer(in: folder, login: Self.login)
            settings = server.settings
            tokens = server
        }
        if let origin {
            settings += origin.mirrorSettings
            environment["SSL_CERT_FILE"] = origin.folder.path("ca.crt")
        }
        let tls = "tls: {certificate: \(folder.path("tls.crt")), key: \(folder.path("tls.key"))}"
        let configuration = try folder.write(
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(folder.path("data"))}}
            http: {addr: 127.0.0.1:0\(authentication == .none ? "" : ", " + tls)}
            \(settings)
            """, to: "registry.yml")
        process = try output.start(
            Program.path(of: "docker-registry") ?? "", ["serve", configuration], environment: environment)
        let beginning = "listening on 127.0.0.1:"
        guard let line = output.wait(seconds: 60, for: { $0.contains(beginning) }),
            let place = line.firstRange(of: beginning),
            let port = Int(line[place.upperBound...].prefix { $0.isNumber })
        else { throw RunningServer.Failure(description: output.lines.joined(separator: "\n")) }
        self.port = port
        isOpen = authentication == .none
        let login = Data(Self.login.utf8).base64EncodedString()
        try folder.write(#"{"auths": {"localhost:\#(port)": {"auth": "\#(login)"}}}"#, to: "auth.json")
    }

    private static func makeCertificate(in folder: TemporaryFolder) throws {
        let made = try BuiltExecutable.run(["certs", "localhost", "127.0.0.1", "--directory", folder.path])
        guard made.status == 0 else { throw RunningServer.Failure(description: made.error) }
    }

    var url: String { "\(isOpen ? "http" : "https")://localhost:\(port)" }

    /// What a mirror of this registry has to be told. Where passwords are asked for without tokens, it cannot log in.
    private var mirrorSettings: String {
        let login = isOpen ? "" : ", username: reader, password: \"pass:word\""
        return "proxy: {remoteurl: \"\(url)\"\(login)}\n"
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
    /// - Parameter options: further ones of `skopeo copy`.
    func push(_ source: String, as name: String, _ options: [String] = []) throws {
        let pushed = try Program.run(
            named: "skopeo",
            [
                "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds=\(Self.login)", "--all",
            ] + options + [source, "docker://localhost:\(port)/\(name)"])
        guard pushed.status == 0 else { throw RunningServer.Failure(description: pushed.error) }
    }
}
