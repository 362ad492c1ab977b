import Foundation
import OpenSSLTLS
import TestServerSupport
import TestSupport

/// The server that hands out a registry's tokens (distribution, `docs/spec/auth/token.md` and `jwt.md`): JSON Web Tokens,
/// signed with an RSA key by openssl. It tells who asked for what.
final class RunningTokenServer: Sendable {
    static let service = "registry.test"
    private static let issuer = "tokens.test"

    /// What a registry has to be told: `REGISTRY_AUTH_TOKEN_REALM` and the like, as its configuration has them.
    let settings: String
    private let server: ScriptedServer

    /// - Parameters:
    ///   - folder: where its key is made; it holds the certificate `tls.crt` and its key `tls.key`, too.
    ///   - login: the user and the password that may do what they ask for; others get a token that allows nothing.
    init(in folder: TemporaryFolder, login: String) throws {
        let key = folder.path("token.key")
        let certificate = folder.path("token.crt")
        let made = try Program.run(
            named: "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tokens",
                "-keyout", key,
                "-out", certificate,
            ])
        guard made.status == 0 else { throw RunningServer.Failure(description: made.error) }
        // The certificate's bytes, in base 64 without the lines that PEM has around them (RFC 7515, 4.1.6).
        let chain = try String(contentsOfFile: certificate, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("-----") }.joined()
        let basic = "Basic " + Data(login.utf8).base64EncodedString()
        let tls = try TLSContext(
            server: TLSServerConfiguration(
                certificate: .files(certificate: folder.path("tls.crt"), key: folder.path("tls.key"))))
        server = try ScriptedServer(tls: tls) { request in
            let asked = URLComponents(string: request.target)?.queryItems ?? []
            func values(_ name: String) -> [String] { asked.filter { $0.name == name }.compactMap(\.value) }
            let credentials = request.headers["authorization"]
            guard credentials == nil || credentials == basic, values("service") == [Self.service] else {
                return .answer(401)
            }
            // Without credentials there is a token all the same, as public repositories need one: it opens nothing here.
            let access = credentials == nil ? [] : values("scope").compactMap(Self.access)
            guard let token = try? Self.token(access: access, chain: chain, key: key) else {
                return .answer(500)
            }
            return .answer(200, [], JSONTree.object(["token": .string(token)]).encoded)
        }
        settings =
            "auth: {token: {realm: \"https://localhost:\(server.port)/token\", service: \(Self.service), "
            + "issuer: \(Self.issuer), rootcertbundle: \(certificate)}}\n"
    }

    /// Whether somebody has asked with credentials, and for what, in the order of asking.
    var requests: [(hasCredentials: Bool, scope: String)] {
        server.requests.map { request in
            let asked = URLComponents(string: request.target)?.queryItems ?? []
            return (
                request.headers["authorization"] != nil,
                asked.first { $0.name == "scope" }?.value ?? ""
            )
        }
    }

    /// `repository:team/app:pull,push` as a token grants it.
    private static func access(_ scope: String) -> JSONTree? {
        let parts = scope.split(separator: ":").map(String.init)
        guard parts.count == 3 else { return nil }
        return .object([
            "type": .string(parts[0]), "name": .string(parts[1]),
            "actions": .array(parts[2].split(separator: ",").map { .string(String($0)) }),
        ])
    }

    private static func token(access: [JSONTree], chain: String, key: String) throws -> String {
        let now = Date().timeIntervalSince1970.rounded(.down)
        let header = JSONTree.object([
            "typ": .string("JWT"), "alg": .string("RS256"), "x5c": .array([.string(chain)]),
        ])
        let claims = JSONTree.object([
            "iss": .string(issuer), "sub": .string("reader"), "aud": .string(service), "jti": .string("1"),
            "nbf": .number(now - 60), "iat": .number(now), "exp": .number(now + 600),
            "access": .array(access),
        ])
        let signed = base64URL(header.encoded) + "." + base64URL(claims.encoded)
        let signature = try Program.run(
            named: "openssl", ["dgst", "-sha256", "-sign", key], input: Array(signed.utf8))
        guard signature.status == 0 else { throw RunningServer.Failure(description: signature.error) }
        return signed + "." + base64URL(signature.output)
    }

    /// RFC 7515, appendix C.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
