import Basics
import Catalogue
import JSON
import NIOCore
import NIOHTTP1

/// Asks the server that a registry names for a token (distribution, `docs/spec/auth/token.md`, `oauth.md`).
struct TokenServer {
    let realm: HTTPAddress
    let service: String?
    /// The repository that is to be read.
    let repository: String

    private static let largestAnswer = 1 << 20
    private static let longestToken = 64 << 10

    /// - Returns: what `Authorization` has to say; `nil` when these credentials get no token.
    /// - Throws: ``RegistryError``
    func authorization(
        for credential: RegistryCredential?, _ transport: HTTPTransport, deadline: NIODeadline
    ) throws(RegistryError) -> String? {
        let (request, target) = self.request(for: credential)
        let address = HTTPAddress(origin: realm.origin, target: target)
        let answer = try transport.send(request, to: address, deadline: deadline)
        switch answer.status {
        case 200: break
        case 400, 401, 403, 404:
            answer.discard()
            return nil
        default:
            throw RegistryError(
                .unauthorized, "\(address.description): status \(answer.status) instead of a token")
        }
        let body = try answer.body(limit: Self.largestAnswer)
        guard let json = try? JSONParser(maximumDepth: 16).parse(body),
            let token = (json["token"] ?? json["access_token"])?.string, !token.isEmpty,
            token.utf8.count <= Self.longestToken, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw RegistryError(.malformed, "\(address.description): an answer without a token") }
        return "Bearer \(token)"
    }

    private func request(for credential: RegistryCredential?) -> (HTTPRequest, target: String) {
        // What is asked for is less than what a registry may propose: to read this repository.
        let scope = "repository:\(repository):pull".percentEncoded()
        let service = service.map { "service=\($0.percentEncoded())&" } ?? ""
        if case .identityToken(let token) = credential {
            let form =
                "grant_type=refresh_token&\(service)scope=\(scope)&client_id=uwsgi-max-fd&refresh_token="
                + token.percentEncoded()
            return (
                HTTPRequest(
                    method: .POST, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: Array(form.utf8)), realm.target
            )
        }
        var headers: HTTPHeaders = [:]
        if let basic = credential?.basic { headers.add(name: "Authorization", value: basic) }
        let separator = realm.target.contains("?") ? "&" : "?"
        return (HTTPRequest(headers: headers), "\(realm.target)\(separator)\(service)scope=\(scope)")
    }
}
