import Basics
import Catalogue
import Synchronization
import TestSupport
import TestServerSupport
import Testing

@testable import Registries

struct RegistryClientTests {
    private func credentials(_ auths: String, in folder: TemporaryFolder) throws -> RegistryCredentials {
        try RegistryCredentials(files: [try folder.write(#"{"auths": {\#(auths)}}"#, to: "config.json")])
    }

    private func auth(_ pair: String) -> String { #"{"auth": "\#(Base64.encode(Array(pair.utf8)))"}"# }

    @Test(arguments: [true, false])
    func `An image is read by tag, over TLS and on this machine without`(isEncrypted: Bool) throws {
        let repository = try TestRepository()
        let server = try ScriptedServer(tls: isEncrypted ? Registry.server : nil) { repository.reply($0) }
        let entry = try Registry.read(Registry.client(), server.port)
        #expect(entry.digest.description == repository.manifest)
        #expect(entry.digests.map(\.description).contains(repository.index))
        #expect(
            entry.entrypoint == ["/start.sh"] && entry.references == ["localhost:\(server.port)/team/app:1"])
        // The tag by HEAD, which registries do not count; each layer once.
        #expect(server.requests.first?.method == "HEAD")
        #expect(server.requests.count { $0.target.hasSuffix(repository.layer) } == 1)
    }

    @Test func `Basic credentials are sent when they are asked for, the longest path first, then the others`()
        throws
    {
        let repository = try TestRepository()
        let server = try ScriptedServer { request in
            request.headers["authorization"] == "Basic " + Base64.encode(Array("b:2".utf8))
                ? repository.reply(request) : .answer(401, ["WWW-Authenticate: Basic realm=\"x, y\""])
        }
        let folder = try TemporaryFolder()
        let host = "localhost:\(server.port)"
        let all = [
            #""\#(host)": \#(auth("b:2"))"#, #""\#(host)/team": \#(auth("a:1"))"#,
            #""\#(host)/other": \#(auth("c:3"))"#,
        ].joined(separator: ",")
        let client = try Registry.client(credentials: credentials(all, in: folder))
        #expect(try Registry.read(client, server.port).digest.description == repository.manifest)
        let sent = server.requests.prefix(3).map { $0.headers["authorization"] }
        #expect(
            sent == [
                nil, "Basic " + Base64.encode(Array("a:1".utf8)), "Basic " + Base64.encode(Array("b:2".utf8)),
            ])
        // Once it is known what opens the repository, nothing else is tried.
        #expect(server.requests.dropFirst(3).allSatisfy { $0.headers["authorization"] == sent[2] })
    }

    @Test func `A token is asked for with the credentials, for reading one repository`() throws {
        let repository = try TestRepository()
        let tokens = try ScriptedServer { request in
            request.headers["authorization"] == nil
                ? .answer(401) : .answer(200, [], Array(#"{"access_token": "T0"}"#.utf8))
        }
        let realm = "http://localhost:\(tokens.port)/token?a=1"
        let server = try ScriptedServer { request in
            request.headers["authorization"] == "Bearer T0"
                ? repository.reply(request)
                : .answer(
                    401,
                    [#"Www-Authenticate: Bearer realm="\#(realm)",service="the registry",scope="x:y:push""#])
        }
        let folder = try TemporaryFolder()
        let client = try Registry.client(
            credentials: credentials(#""localhost:\#(server.port)": \#(auth("a:1"))"#, in: folder))
        #expect(try Registry.read(client, server.port).digest.description == repository.manifest)
        #expect(tokens.requests.count == 1)
        #expect(
            tokens.requests.first?.target
                == "/token?a=1&service=the%20registry&scope=repository%3Ateam%2Fapp%3Apull")
    }

    @Test func `An identity token is exchanged by POST`() throws {
        let repository = try TestRepository()
        let tokens = try ScriptedServer { request in
            request.method == "POST" && request.body.contains("refresh_token=s%2Bt")
                ? .answer(200, [], Array(#"{"token": "T1"}"#.utf8)) : .answer(400)
        }
        let server = try ScriptedServer { request in
            request.headers["authorization"] == "Bearer T1"
                ? repository.reply(request)
                : .answer(401, ["WWW-Authenticate: Bearer realm=\"http://localhost:\(tokens.port)/t\""])
        }
        let folder = try TemporaryFolder()
        let client = try Registry.client(
            credentials: credentials(#""localhost:\#(server.port)": {"identitytoken": "s+t"}"#, in: folder))
        #expect(try Registry.read(client, server.port).digest.description == repository.manifest)
    }

    @Test func `Credentials do not follow a redirect to another host, and layers may be there`() throws {
        let repository = try TestRepository()
        let store = try ScriptedServer { request in
            .answer(200, [], repository.blobs[String(request.target.dropFirst().prefix { $0 != "?" })] ?? [])
        }
        let server = try ScriptedServer { request in
            guard request.headers["authorization"] != nil else {
                return .answer(401, ["WWW-Authenticate: Basic realm=x"])
            }
            guard request.target.contains("/blobs/") else { return repository.reply(request) }
            let name = request.target.split(separator: "/").last ?? ""
            return .answer(307, ["Location: http://127.0.0.1:\(store.port)/\(name)?signature=s"])
        }
        let folder = try TemporaryFolder()
        let client = try Registry.client(
            credentials: credentials(#""localhost:\#(server.port)": \#(auth("a:1"))"#, in: folder))
        #expect(try Registry.read(client, server.port).digest.description == repository.manifest)
        #expect(store.requests.count == 2 && store.requests.allSatisfy { $0.headers["authorization"] == nil })
    }

    @Test func `A mirror is asked first, and what it does not have the registry`() throws {
        let repository = try TestRepository()
        let mirror = try ScriptedServer { request in
            guard request.target.contains("/blobs/") == false else { return .answer(404) }
            let target = request.target.replacing("/v2/proxy/team", with: "/v2/team")
            var inner = request
            inner.target = target
            return repository.reply(inner)
        }
        let server = try ScriptedServer(tls: Registry.server) { repository.reply($0) }
        var mirrors = RegistryMirrors()
        _ = mirrors.add("localhost:\(server.port)=http://127.0.0.1:\(mirror.port)/proxy")
        let client = try Registry.client(mirrors: mirrors)
        #expect(try Registry.read(client, server.port).digest.description == repository.manifest)
        #expect(mirror.requests.first?.target == "/v2/proxy/team/app/manifests/1")
        #expect(!server.requests.isEmpty && server.requests.allSatisfy { $0.target.contains("/blobs/") })
    }

    @Test func `A busy registry is asked again when it says so`() throws {
        let repository = try TestRepository()
        let count = Mutex(0)
        let server = try ScriptedServer { request in
            let number = count.withLock { value in
                value += 1
                return value
            }
            if number == 1 { return .answer(429, ["Retry-After: 7"]) }
            if number == 2 { return .answer(503) }
            return repository.reply(request)
        }
        let waits = Waits()
        var mirrors = RegistryMirrors()
        _ = mirrors.add("localhost:\(server.port)=http://localhost:\(server.port)")
        #expect(
            try Registry.read(Registry.client(mirrors: mirrors, waits: waits), server.port).digest.description
                == repository.manifest)
        #expect(waits.seconds == [7, 1])
    }

    @Test func `A proxy is asked for a way to the host`() throws {
        let proxy = try ScriptedServer { _ in .raw("HTTP/1.1 403 Forbidden\r\n\r\n", .close) }
        let proxies = try ProxySettings(environment: ["HTTPS_PROXY": "http://u:p%40@127.0.0.1:\(proxy.port)"])
        let failure = #expect(throws: RegistryError.self) {
            try Registry.read(Registry.client(proxies: proxies), 443, host: "registry.test")
        }
        #expect(failure?.description == "https://registry.test: the proxy refuses to connect: 403")
        #expect(
            proxy.requests.first?.method == "CONNECT" && proxy.requests.first?.target == "registry.test:443")
        #expect(
            proxy.requests.first?.headers["proxy-authorization"] == "Basic "
                + Base64.encode(Array("u:p@".utf8)))
    }
}
