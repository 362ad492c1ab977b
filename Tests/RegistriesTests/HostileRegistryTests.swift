import Catalogue
import Images
import NIOCore
import TestSupport
import TestServerSupport
import Testing

@testable import OpenSSLTLS
@testable import Registries

/// Registries that do everything wrong: each ends in one clear error, in time.
struct HostileRegistryTests {
    /// A way to misbehave, and what is said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let reply: @Sendable (ScriptedServer.Request, TestRepository) -> ScriptedServer.Reply

        init(
            _ name: String, _ message: String,
            reply: @escaping @Sendable (ScriptedServer.Request, TestRepository) -> ScriptedServer.Reply
        ) {
            testDescription = name
            self.message = message
            self.reply = reply
        }

        /// Misbehaves at the layer only.
        static func layer(_ name: String, _ message: String, _ reply: ScriptedServer.Reply) -> Case {
            Case(name, message) { request, repository in
                request.target.hasSuffix(repository.layer) ? reply : repository.reply(request)
            }
        }
    }

    private static let silent = "no answer in time"

    static let cases: [Case] = [
        Case("silence", silent) { _, _ in .raw("") },
        Case("half a head", silent) { _, _ in .raw("HTTP/1.1 200 OK\r\nConte") },
        Case("not HTTP", "not HTTP/1.1") { _, _ in .raw("SSH-2.0-OpenSSH_9.2\r\n\r\n") },
        Case("closed at once", "closed the connection early") { _, _ in .raw("", .close) },
        Case("reset", "Connection reset by peer") { _, _ in .raw("HTTP/1.1 200 OK\r\nConte", .reset) },
        Case("a head without end", "not HTTP/1.1") { _, _ in .raw("HTTP/1.1 200 OK\r\nA: ", .endless) },
        Case("an endless manifest", "larger than the 4 MiB") { request, repository in
            request.method == "HEAD"
                ? repository.reply(request)
                : .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n", .endless)
        },
        Case("a manifest of 10 GB", "10000000000 bytes, which is more") { request, repository in
            request.method == "HEAD"
                ? repository.reply(request) : .raw("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        },
        Case("another manifest", "the content has another digest") { request, repository in
            request.method == "HEAD" ? repository.reply(request) : .answer(200, [], Array("{}".utf8))
        },
        Case("a manifest that is not JSON", "not valid JSON") { request, _ in
            .answer(200, [], Array("<html>".utf8), isHead: request.method == "HEAD")
        },
        .layer(
            "a layer that is another", "the content's digest is",
            .answer(200, [], TestRepository.emptyArchive.dropLast() + [1])),
        .layer(
            "a layer of 10 GB", "announces 10000000000 bytes",
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")),
        .layer(
            "a layer without end", "sends more than the 1536 bytes",
            .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n", .endless)),
        .layer(
            "a layer that is reset", "Connection reset by peer",
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 1536\r\n\r\nabc", .reset)),
        .layer(
            "a layer that ends early", "closed the connection early",
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 1536\r\n\r\nabc", .close)),
        .layer(
            "a layer that stops", silent,
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 1536\r\n\r\nabc")),
        Case("redirects in circles", "in circles perhaps") { request, _ in
            .answer(302, ["Location: \(request.target)"])
        },
        Case("a redirect to a file", "a redirect to what is not an address") { _, _ in
            .answer(302, ["Location: file:///etc/passwd"])
        },
        Case("a redirect without a place", "a redirect to what is not an address") { _, _ in .answer(302) },
        Case("401 whatever is sent", "asks for credentials") { _, _ in
            .answer(401, ["WWW-Authenticate: Basic realm=x"])
        },
        Case("a token whatever is sent", "asks for credentials") { request, _ in
            request.target.hasPrefix("/token")
                ? .answer(200, [], Array(#"{"token": "T"}"#.utf8))
                : .answer(
                    401,
                    ["WWW-Authenticate: Bearer realm=\"https://\(request.headers["host"] ?? "")/token\""])
        },
        Case("a token server that is silent", silent) { request, _ in
            request.target.hasPrefix("/token")
                ? .raw("")
                : .answer(
                    401,
                    ["WWW-Authenticate: Bearer realm=\"https://\(request.headers["host"] ?? "")/token\""])
        },
        Case("401 without a way", "asks for credentials") { _, _ in .answer(401) },
        Case("a token server that is not an address", "a token server that is not an address") { _, _ in
            .answer(401, ["WWW-Authenticate: Bearer realm=\"gopher://x\""])
        },
        Case("429 for an hour", "it says to wait 3600 s: log in, or ask a mirror") { _, _ in
            .answer(429, ["Retry-After: 3600"])
        },
        Case("429 always", "too many requests") { _, _ in .answer(429, ["Retry-After: 1"]) },
        Case("500 always", "status 500") { _, _ in .answer(500) },
        Case("418", "status 418") { _, _ in .answer(418) },
        Case("not there", "not found") { _, _ in .answer(404) },
        Case("schema 1", "schema 1, which registries no longer accept") { request, _ in
            .answer(200, [], Array(#"{"schemaVersion":1}"#.utf8), isHead: request.method == "HEAD")
        },
    ]

    @Test(arguments: cases)
    func `Whatever a registry does, there is one clear error`(_ fault: Case) throws {
        let repository = try TestRepository()
        let server = try ScriptedServer(tls: Registry.server) { fault.reply($0, repository) }
        // Only where silence is the fault is it cut short: a busy machine may take its time for all others.
        let silence: TimeAmount = fault.message == Self.silent ? .milliseconds(300) : .seconds(30)
        let failure = #expect(throws: (any Error).self) {
            try Registry.read(Registry.client(silence: silence), server.port)
        }
        #expect("\(failure.map { "\($0)" } ?? "none")".contains(fault.message))
    }

    @Test func `A redirect from https to http is not followed`() throws {
        let server = try ScriptedServer(tls: Registry.server) { _ in
            .answer(302, ["Location: http://127.0.0.1:1/"])
        }
        let failure = #expect(throws: RegistryError.self) {
            try Registry.read(Registry.client(), server.port)
        }
        #expect(failure?.description.hasSuffix("a redirect from https to http://127.0.0.1:1") == true)
    }

    /// What comes byte by byte is never silent for long: it ends when the whole image has taken too long.
    @Test(arguments: ["a head", "a manifest", "a layer"])
    func `However slowly a registry answers, there is an end`(_ place: String) throws {
        let repository = try TestRepository()
        let server = try ScriptedServer(tls: Registry.server) { request in
            let isLayer = request.target.hasSuffix(repository.layer)
            switch place {
            case "a head": return .raw("HTTP/1.1 200 OK\r\nA: ", .trickle)
            case "a manifest" where request.method == "HEAD", "a layer" where !isLayer:
                return repository.reply(request)
            default: return .raw("HTTP/1.1 200 OK\r\nContent-Length: 1536\r\n\r\n", .trickle)
            }
        }
        let failure = #expect(throws: (any Error).self) {
            try Registry.read(Registry.client(image: .seconds(2)), server.port)
        }
        let message = failure.map { "\($0)" } ?? "none"
        let isOver = message.contains(Self.silent) || message.contains("the time for one image is over")
        #expect(isOver, "\(message)")
    }

    @Test func `A handshake that is never answered ends`() throws {
        let server = try ScriptedServer(ignoresHandshakes: true) { _ in .answer(404) }
        let failure = #expect(throws: RegistryError.self) {
            try Registry.read(Registry.client(connect: .milliseconds(300)), server.port)
        }
        #expect(failure?.reason == .timeout)
    }

    @Test func `A layer that the manifest says is too large is not asked for`() throws {
        let repository = try TestRepository(layerSize: 10_000_000_000)
        let server = try ScriptedServer(tls: Registry.server) { repository.reply($0) }
        let failure = #expect(throws: (any Error).self) { try Registry.read(Registry.client(), server.port) }
        #expect("\(failure.map { "\($0)" } ?? "")".contains("9536 MiB, more than the 8192 MiB"))
        #expect(!server.requests.contains { $0.target.hasSuffix(repository.layer) })
    }

    @Test func `A certificate for another name, of an unknown authority, or that has expired, is refused`()
        throws
    {
        let other = try CertificateAuthority.make()
        // One that was valid for a day in 2023.
        let past = CertificateValidity(lifetime: 86_400, now: 1_700_000_000)
        for (authority, name, validity) in [
            (Registry.authority, "other.test", CertificateValidity.days(1)), (other, "localhost", .days(1)),
            (Registry.authority, "localhost", past),
        ] {
            let context = try TLSContext(
                server: TLSServerConfiguration(
                    certificate: .memory(
                        authority.issueServerCertificate(names: SubjectNames([name]), validity: validity))),
                now: validity.now)
            let server = try ScriptedServer(tls: context) { _ in .answer(404) }
            let failure = #expect(throws: RegistryError.self) {
                try Registry.read(Registry.client(), server.port)
            }
            #expect(failure?.reason == .certificate)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `Nothing secret stands in an error`() throws {
        let folder = try TemporaryFolder()
        let server = try ScriptedServer(tls: Registry.server) { request in
            request.target.contains("signature")
                ? .answer(500)
                : request.headers["authorization"] == nil
                    ? .answer(401, ["WWW-Authenticate: Basic realm=x"])
                    : .answer(307, ["Location: /x?signature=SECRET"])
        }
        let file = try folder.write(
            #"{"auths": {"localhost:\#(server.port)": {"username": "u", "password": "SECRET"}}}"#,
            to: "c.json")
        let client = try Registry.client(credentials: try RegistryCredentials(files: [file]))
        let failure = #expect(throws: RegistryError.self) { try Registry.read(client, server.port) }
        #expect(failure?.reason == .status && failure?.description.contains("SECRET") == false)
    }
}
