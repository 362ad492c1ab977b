import Basics

/// How a user proves to a registry who they are. It is never shown.
package enum RegistryCredential: Sendable, Hashable {
    case password(user: String, password: String)
    /// Exchanged for a token at the registry's token server.
    case identityToken(String)
    /// Sent as it is.
    case registryToken(String)

    /// As `Authorization` has it for Basic (RFC 7617); `nil` for a token.
    var basic: String? {
        guard case .password(let user, let password) = self else { return nil }
        return "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
    }
}
