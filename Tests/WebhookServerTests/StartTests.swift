import Admission
import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

@Suite struct StartTests {
    @Test func `The log says where it listens`() async throws {
        try await ServerUnderTest.run { server in
            let logged = try await server.eventually { !server.log.lines.isEmpty }
            #expect(logged)
            let line = try #require(server.log.lines.first)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["msg"] as? String == "started")
            #expect(object["level"] as? String == "info")
            #expect(object["version"] as? String == "1.2.3-test")
            #expect(object["address"] as? String == "127.0.0.1:\(server.port)")
            #expect(object["adminAddress"] as? String == "127.0.0.1:\(server.adminPort)")
            #expect(object["policies"] as? [String] == ["mutate", "strict", "audit"])
            #expect((object["openssl"] as? String)?.hasPrefix("3.") == true)
        }
    }

    @Test func `Every line is JSON`() async throws {
        var lines: [String] = []
        let configure: (inout ServerConfiguration) -> Void = { _ in }
        try await ServerUnderTest.run(configure, level: .debug) { server in
            try await server.expectGoodAnswer()
            let client = try await server.connect()
            try await client.send(
                Request.review(path: "/strict", body: Array("{\"kind\":\"a\\u001b\"}".utf8)))
            #expect(try await client.answer().status == 400)
            server.server.beginDrain()
            await server.server.waitUntilClosed()
            _ = await server.server.log.queue.close(within: .seconds(60))
            lines = server.log.lines
        }
        let messages = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["msg"]
                as? String
        }
        #expect(messages == ["started", "admission", "admission", "draining", "stopped"])
    }

    @Test func `Text for a terminal`() async throws {
        let log = try LogFile()
        let queue = LogQueue(descriptor: log.descriptor, format: .text)
        var configuration = ServerConfiguration(
            transport: .plaintext, admission: AdmissionSettings(), version: "1")
        configuration.bind = BindAddress(host: "127.0.0.1", port: 0)
        configuration.adminBind = configuration.bind
        configuration.drainDelay = .zero
        let server = WebhookServer(configuration: configuration, log: ServerLog(queue: queue))
        try await server.start()
        let client = try await RawClient(server.address?.port ?? 0)
        try await client.send(Request.review(path: "/audit"))
        #expect(try await client.answer().status == 200)
        server.beginDrain()
        await server.waitUntilClosed()
        #expect(await queue.close(within: .seconds(60)))
        #expect(log.lines.count == 4)
        #expect(log.lines[0].contains(" INFO started version=\"1\""))
        #expect(log.lines[1].contains(" INFO audit "))
        #expect(log.lines[1].hasSuffix("\u{B5}s)"))
    }

    @Test func `A port in use is named with a cure`() async throws {
        try await ServerUnderTest.run { running in
            for takesAdmin in [false, true] {
                var configuration = ServerConfiguration(
                    transport: .plaintext, admission: AdmissionSettings(), version: "1")
                let free = BindAddress(host: "127.0.0.1", port: 0)
                let taken = BindAddress(host: "127.0.0.1", port: running.port)
                configuration.bind = takesAdmin ? free : taken
                configuration.adminBind = takesAdmin ? taken : free
                let server = WebhookServer(configuration: configuration, log: running.server.log)
                let error = await #expect(throws: ServerError.self) { try await server.start() }
                let text = error?.description ?? ""
                #expect(text.contains("127.0.0.1:\(running.port)"))
                #expect(text.contains("Address already in use"))
                #expect(text.contains(takesAdmin ? "--admin-bind" : "--bind"))
                await server.waitUntilClosed()
            }
        }
    }

    @Test(arguments: [("203.0.113.1", "--bind"), ("no-such-host.invalid", "--bind")])
    func `Addresses that cannot be had`(_ host: String, _ flag: String) async throws {
        let log = try LogFile()
        var configuration = ServerConfiguration(
            transport: .plaintext, admission: AdmissionSettings(), version: "1")
        configuration.bind = BindAddress(host: host, port: 0)
        configuration.adminBind = BindAddress(host: "127.0.0.1", port: 0)
        let server = WebhookServer(
            configuration: configuration, log: ServerLog(queue: LogQueue(descriptor: log.descriptor)))
        let error = await #expect(throws: ServerError.self) { try await server.start() }
        #expect(error?.description.contains("\(host):0") == true)
        #expect(error?.description.contains(flag) == true)
    }

    struct Nonsense: Sendable, CustomTestStringConvertible {
        var flag: String
        var change: @Sendable (inout ServerConfiguration) -> Void
        var testDescription: String { flag }
    }

    private static let nonsense = [
        Nonsense(flag: "--max-body-bytes") { $0.maxBodyBytes = 0 },
        Nonsense(flag: "--max-body-bytes") { $0.maxBodyBytes = .max },
        Nonsense(flag: "--max-connections") { $0.maxConnections = -1 },
        Nonsense(flag: "--max-connections") { $0.maxConnections = .max },
        Nonsense(flag: "--threads") { $0.threads = 0 },
        Nonsense(flag: "--threads") { $0.threads = .max },
        Nonsense(flag: "--request-timeout") { $0.requestTimeout = .zero },
        Nonsense(flag: "--idle-timeout") { $0.idleTimeout = .seconds(-1) },
        Nonsense(flag: "--drain-delay") { $0.drainDelay = .seconds(-1) },
        Nonsense(flag: "--drain-timeout") { $0.drainTimeout = .seconds(1_000_000) },
    ]

    @Test(arguments: nonsense)
    func `Settings that make no sense are refused by the flag's name`(_ row: Nonsense) async throws {
        let log = try LogFile()
        var configuration = ServerConfiguration(
            transport: .plaintext, admission: AdmissionSettings(), version: "1")
        configuration.bind = BindAddress(host: "127.0.0.1", port: 0)
        configuration.adminBind = configuration.bind
        row.change(&configuration)
        let server = WebhookServer(
            configuration: configuration, log: ServerLog(queue: LogQueue(descriptor: log.descriptor)))
        let error = await #expect(throws: ServerError.self) { try await server.start() }
        #expect(error?.description.hasPrefix(row.flag + " is ") == true)
    }

    private static let hasIPv6 = FileManager.default.fileExists(atPath: "/proc/net/if_inet6")

    @Test(.enabled(if: hasIPv6, "this machine has no IPv6"))
    func `IPv6`() async throws {
        try await ServerUnderTest.run {
            $0.bind = BindAddress(host: "::", port: 0)
        } _: { server in
            #expect(server.server.address?.description.hasPrefix("[::]:") == true)
            let six = try await RawClient(server.port, host: "::1")
            try await six.send(Request.review())
            #expect(try await six.answer().status == 200)
            // The wildcard takes IPv4 too.
            try await server.expectGoodAnswer()
        }
    }
}
