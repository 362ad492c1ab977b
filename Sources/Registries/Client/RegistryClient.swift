import Catalogue
import NIOCore
import NIOHTTP1
import OpenSSLTLS
import Synchronization

/// Reads from registries (OCI distribution specification, "Pull"), for threads that may wait.
public final class RegistryClient: Sendable {
    let limits: RegistryLimits
    private let transport: HTTPTransport
    private let credentials: RegistryCredentials
    private let mirrors: RegistryMirrors
    private let sleep: @Sendable (TimeAmount) -> Void
    /// What opened a repository before, by endpoint and repository.
    private let authorizations = Mutex<[String: String]>([:])

    /// Registries on this machine that speak plain HTTP.
    private let plainOrigins = Mutex<Set<HTTPAddress.Origin>>([])

    /// The most authorizations that are kept.
    private static let mostAuthorizations = 4096

    /// - Parameters:
    ///   - tls: a client's.
    ///   - sleep: waits between attempts.
    public init(
        tls: TLSContext, credentials: RegistryCredentials = RegistryCredentials(),
        mirrors: RegistryMirrors = RegistryMirrors(), proxies: ProxySettings = ProxySettings(),
        limits: RegistryLimits = RegistryLimits(), sleep: @escaping @Sendable (TimeAmount) -> Void
    ) {
        self.limits = limits
        self.credentials = credentials
        self.mirrors = mirrors
        self.sleep = sleep
        transport = HTTPTransport(tls: tls, proxies: proxies, limits: limits)
    }

    /// Ends everything that is being read, for good: who waits for it gets an error soon.
    public func cancel() { transport.cancel() }

    /// Asks each endpoint of a registry in turn, until one has what is asked for.
    /// - Parameter path: what follows the repository's name, `manifests/latest`.
    /// - Throws: ``RegistryError``: of the registry itself, should mirrors have failed too.
    func get(
        _ reference: ImageReference, path: String, method: HTTPMethod = .GET, accept: [String] = [],
        deadline: NIODeadline
    ) throws(RegistryError) -> ClientResponse {
        var last = RegistryError(.unreachable, "\(reference.host): not a host's name")
        for endpoint in mirrors.endpoints(for: reference.host) {
            do {
                return try getPossiblyPlain(
                    endpoint, reference, path: path, method: method, accept: accept, deadline: deadline)
            } catch {
                last = error
            }
        }
        throw last
    }

    /// A registry on this machine may speak plain HTTP: nobody is in between. TLS is tried first.
    private func getPossiblyPlain(
        _ endpoint: RegistryMirrors.Endpoint, _ reference: ImageReference, path: String, method: HTTPMethod,
        accept: [String], deadline: NIODeadline
    ) throws(RegistryError) -> ClientResponse {
        var plain = endpoint
        plain.origin.isEncrypted = false
        let isKnownPlain = endpoint.origin.isLoopback && plainOrigins.withLock { $0.contains(plain.origin) }
        let failure: RegistryError
        do {
            return try get(
                isKnownPlain ? plain : endpoint, reference, path: path, method: method, accept: accept,
                deadline: deadline)
        } catch {
            guard error.reason == .tls, endpoint.origin.isEncrypted, endpoint.origin.isLoopback else {
                throw error
            }
            failure = error
        }
        do {
            defer { _ = plainOrigins.withLock { $0.insert(plain.origin) } }
            return try get(plain, reference, path: path, method: method, accept: accept, deadline: deadline)
        } catch {
            // What does not speak plain HTTP either had its say by TLS.
            let isHTTP = ![.malformed, .unreachable, .timeout].contains(error.reason)
            if !isHTTP { _ = plainOrigins.withLock { $0.remove(plain.origin) } }
            throw isHTTP ? error : failure
        }
    }

    private func get(
        _ endpoint: RegistryMirrors.Endpoint, _ reference: ImageReference, path: String, method: HTTPMethod,
        accept: [String], deadline: NIODeadline
    ) throws(RegistryError) -> ClientResponse {
        let repository = endpoint.prefix + reference.repository
        let address = HTTPAddress(origin: endpoint.origin, target: "/v2/\(repository)/\(path)")
        let key = "\(endpoint.origin.description)/\(repository)"
        var request = HTTPRequest(method: method, headers: ["User-Agent": "uwsgi-max-fd"])
        if !accept.isEmpty { request.headers.add(name: "Accept", value: accept.joined(separator: ", ")) }
        let first = try send(request, authorizations.withLock { $0[key] }, to: address, deadline)
        guard first.status == 401 else { return try checked(first, address) }
        first.discard()
        let challenges = first.head.headers["WWW-Authenticate"].flatMap {
            AuthenticationChallenge.all(in: $0)
        }
        var isTried = false
        for credential in candidates(endpoint.host, reference.repository, prefix: endpoint.prefix) {
            for challenge in challenges {
                guard
                    let authorization = try self.authorization(
                        challenge, credential, repository, endpoint, deadline)
                else { continue }
                isTried = isTried || credential != nil
                let answer = try send(request, authorization, to: address, deadline)
                guard answer.status != 401, answer.status != 403 else {
                    answer.discard()
                    continue
                }
                remember(authorization, key)
                return try checked(answer, address)
            }
        }
        throw RegistryError(
            .unauthorized,
            isTried
                ? "\(address.description): the registry refuses the credentials that there are for \(endpoint.host)"
                : "\(address.description): the registry asks for credentials: log in, or name a file with them by "
                    + "--registry-config"
        )
    }

    /// With none at the end: what is public may be read when what there is has expired.
    private func candidates(_ host: String, _ repository: String, prefix: String) -> [RegistryCredential?] {
        credentials.candidates(host: host, repository: prefix + repository).map { $0 } + [nil]
    }

    private func remember(_ authorization: String, _ key: String) {
        authorizations.withLock {
            if $0.count >= Self.mostAuthorizations { $0 = [:] }
            $0[key] = authorization
        }
    }

    /// What a credential makes of a challenge; `nil` when they do not go together.
    private func authorization(
        _ challenge: AuthenticationChallenge, _ credential: RegistryCredential?, _ repository: String,
        _ endpoint: RegistryMirrors.Endpoint, _ deadline: NIODeadline
    ) throws(RegistryError) -> String? {
        switch challenge {
        case .basic: return credential?.basic
        case .bearer(let realm, let service):
            if case .registryToken(let token) = credential { return "Bearer \(token)" }
            guard let realm = HTTPAddress(realm) else {
                throw RegistryError(
                    .malformed,
                    "\(endpoint.origin.description): it names a token server that is not an address")
            }
            // Credentials go over the network encrypted, unless the registry itself is asked in the clear.
            guard realm.origin.isEncrypted || !endpoint.origin.isEncrypted || realm.origin.isLoopback else {
                throw RegistryError(
                    .malformed,
                    "\(endpoint.origin.description): its token server is not asked over plain HTTP")
            }
            return try TokenServer(realm: realm, service: service, repository: repository)
                .authorization(for: credential, transport, deadline: deadline)
        }
    }

    /// Sends a request, follows redirects, and sends it again when the registry is busy.
    private func send(
        _ request: HTTPRequest, _ authorization: String?, to address: HTTPAddress, _ deadline: NIODeadline
    ) throws(RegistryError) -> ClientResponse {
        for attempt in 1... {
            let isLast = attempt >= limits.mostAttempts
            let answer: ClientResponse
            do {
                answer = try follow(request, authorization, from: address, deadline)
            } catch  where error.reason == .unreachable && !isLast && attempt < 2 {
                try wait(RetryDelay.after(attempt, header: nil), address, error, deadline)
                continue
            }
            guard [429, 500, 502, 503, 504].contains(answer.status), !isLast else { return answer }
            let busy = status(answer, address)
            let delay = RetryDelay.after(attempt, header: answer.header("Retry-After"))
            answer.discard()
            try wait(delay, address, busy, deadline)
        }
        throw RegistryError(.unreachable, address.description)
    }

    private func wait(
        _ delay: TimeAmount, _ address: HTTPAddress, _ reason: RegistryError, _ deadline: NIODeadline
    ) throws(RegistryError) {
        guard delay <= limits.retryDelay, NIODeadline.now() + delay < deadline else { throw reason }
        sleep(delay)
    }

    /// Credentials never follow to another host; and none goes from TLS to plain HTTP.
    private func follow(
        _ request: HTTPRequest, _ authorization: String?, from address: HTTPAddress, _ deadline: NIODeadline
    ) throws(RegistryError) -> ClientResponse {
        var place = address
        for _ in 0...limits.mostRedirects {
            var request = request
            if let authorization, place.origin == address.origin {
                request.headers.replaceOrAdd(name: "Authorization", value: authorization)
            }
            let answer = try transport.send(request, to: place, deadline: deadline)
            guard [301, 302, 303, 307, 308].contains(answer.status) else { return answer }
            answer.discard()
            guard let next = answer.header("Location").flatMap({ place.redirected(to: $0) }) else {
                throw RegistryError(.malformed, "\(place.description): a redirect to what is not an address")
            }
            guard next.origin.isEncrypted || !place.origin.isEncrypted else {
                throw RegistryError(
                    .malformed, "\(place.description): a redirect from https to \(next.origin.description)")
            }
            place = next
        }
        throw RegistryError(
            .malformed,
            "\(address.description): more than \(limits.mostRedirects) redirects, in circles perhaps")
    }

    private func checked(
        _ answer: ClientResponse, _ address: HTTPAddress
    ) throws(RegistryError) -> ClientResponse {
        guard answer.status == 200 else {
            let error = status(answer, address)
            answer.discard()
            throw error
        }
        return answer
    }

    private func status(_ answer: ClientResponse, _ address: HTTPAddress) -> RegistryError {
        let name = address.description
        switch answer.status {
        case 401, 403: return RegistryError(.unauthorized, "\(name): the registry refuses (\(answer.status))")
        case 404: return RegistryError(.notFound, "\(name): not found")
        case 429:
            let wait =
                answer.header("Retry-After").flatMap { Int($0) }.map { "; it says to wait \($0) s" } ?? ""
            return RegistryError(.rateLimited, "\(name): too many requests\(wait): log in, or ask a mirror")
        default: return RegistryError(.status, "\(name): status \(answer.status)")
        }
    }
}
