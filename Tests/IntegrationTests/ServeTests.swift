import Foundation
import TestSupport
import Testing

/// The built executable, talked to as the API server, an operator or an attacker would.
@Suite
struct ServeTests {
    private func curl(_ server: RunningServer, _ arguments: [String], input: [UInt8] = []) throws -> Completed
    {
        try Program.run(
            named: "curl",
            ["--silent", "--show-error", "--max-time", "10", "--cacert", server.authority] + arguments,
            input: input)
    }

    /// Posts a recorded review, as the API server does.
    private func post(_ server: RunningServer, _ path: String, _ body: [UInt8]) throws -> JSONTree {
        let answer = try curl(
            server,
            [
                "--fail-with-body", "--data-binary", "@-", "--header", "Content-Type: application/json",
                "--header", "Accept: application/json, */*", server.url + path,
            ], input: body)
        guard answer.status == 0 else { throw RunningServer.Failure(description: answer.error + answer.text) }
        return try JSONTree(answer.output)
    }

    @Test
    func
        `curl, which verifies the CA, gets openedx-lms patched, refused and warned of; each review is logged`()
        throws
    {
        let server = try RunningServer()
        let body = try Fixtures.review("openedx-lms.pod")
        let mutated = try post(server, "/mutate?timeout=10s", body)
        #expect(mutated["response"]?["allowed"]?.bool == true)
        #expect(mutated["response"]?["patchType"]?.string == "JSONPatch")
        let strict = try post(server, "/strict?timeout=10s", body)
        #expect(strict["response"]?["allowed"]?.bool == false)
        #expect(strict["response"]?["status"]?["code"]?.number == 403)
        let audit = try post(server, "/audit?timeout=10s", body)
        #expect(audit["response"]?["warnings"]?.array?.count == 1)
        _ = try server.wait { $0.contains(#""policy":"audit""#) }
        let records = try server.admissions()
        #expect(records.map { $0["policy"]?.string } == ["mutate", "strict", "audit"])
        #expect(records.map { $0["decision"]?.string } == ["patched", "denied", "warned"])
        #expect(records.allSatisfy { $0["uid"]?.string == "2434988f-7dbe-4f49-90bf-360337ad13ba" })
        #expect(server.stop() == 0)
    }

    @Test
    func `Every recorded review is answered over TLS with its own uid, and the log stays JSON, line by line`()
        throws
    {
        let server = try RunningServer()
        for name in Fixtures.reviewNames {
            let body = try Fixtures.review(name)
            let answer = try post(server, "/mutate", body)
            #expect(answer["response"]?["uid"] == (try JSONTree(body))["request"]?["uid"], "\(name)")
        }
        #expect(server.stop() == 0)
        for line in server.log { _ = try JSONTree(text: line) }
        #expect(try server.admissions().count == Fixtures.reviewNames.count)
    }

    @Test
    func `Nothing secret of hostile-strings comes out anywhere`() throws {
        let server = try RunningServer(["--log-level", "debug"])
        let body = try Fixtures.review("hostile-strings.pod")
        var everything = ""
        for path in ["/mutate", "/strict", "/audit"] { everything += try post(server, path, body).text }
        everything += try curl(server, [server.adminURL + "/metrics"]).text
        #expect(server.stop() == 0)
        everything += server.log.joined(separator: "\n")
        #expect(try server.admissions().count == 3)
        for secret in ["hunter2", "should-never-be-logged", "\u{1B}", "\u{2028}", "\u{202E}", "ünïcödé"] {
            #expect(!everything.contains(secret), "\(secret.debugDescription)")
        }
    }

    @Test(arguments: [
        ("GET /mutate", ["--request", "GET"], "/mutate", 405),
        ("PUT /strict", ["--request", "PUT"], "/strict", 405),
        ("no such path", ["--request", "POST"], "/nothing", 404),
        ("root", ["--request", "POST"], "/", 404),
        ("other case", ["--request", "POST"], "/Mutate", 404),
        ("form data", ["--data", "a=b"], "/mutate", 415),
        ("no JSON", ["--data", "{", "--header", "Content-Type: application/json"], "/mutate", 400),
        ("empty", ["--data", "", "--header", "Content-Type: application/json"], "/mutate", 400),
        (
            "no review", ["--data", "{}", "--header", "Content-Type: Application/JSON; charset=utf-8"],
            "/audit", 400
        ),
    ])
    func `The statuses of the contract, and the next request is served`(
        what: String, arguments: [String], path: String, status: Int
    ) throws {
        let server = try RunningServer()
        let answer = try curl(
            server, arguments + ["--include", "--write-out", "\n%{http_code}", server.url + path])
        #expect(answer.text.hasSuffix("\n\(status)"), "\(answer.text) \(answer.error)")
        #expect(answer.text.contains(#"{"error":"#))
        if status == 405 { #expect(answer.text.lowercased().contains("\r\nallow: post\r\n")) }
        let next = try post(server, "/mutate", Fixtures.review("plain-command-no-env.pod"))
        #expect(next["response"]?["allowed"]?.bool == true)
    }

    @Test
    func `Chunked bodies, Expect: 100-continue and a body over the limit`() throws {
        let server = try RunningServer(["--max-body-bytes", "100000"])
        let body = try Fixtures.review("large-60k.pod")
        let json = ["--header", "Content-Type: application/json", "--data-binary", "@-"]
        for extra in [["--header", "Transfer-Encoding: chunked"], ["--header", "Expect: 100-continue"]] {
            let answer = try curl(server, json + extra + ["--fail", server.url + "/mutate"], input: body)
            #expect(answer.status == 0, "\(extra) \(answer.error)")
            #expect(try JSONTree(answer.output)["response"]?["patch"] != nil)
        }
        let tooLarge = try Fixtures.review("large-900k.pod")
        for extra in [
            ["--header", "Transfer-Encoding: chunked"], ["--header", "Expect: 100-continue"],
            ["--header", "Expect:"],
        ] {
            let answer = try curl(
                server,
                json + extra + [
                    "--output", "/dev/null", "--write-out", "%{http_code}", server.url + "/mutate",
                ],
                input: tooLarge)
            #expect(answer.text == "413", "\(extra) \(answer.error)")
        }
    }

    @Test
    func `Pipelined requests are answered in their order, on one connection`() async throws {
        let server = try RunningServer()
        let client = try TLSClient(port: server.port, authority: server.authority)
        let names = ["openedx-lms.pod", "openedx-lms-worker.pod", "plain-command-no-env.pod", "set-env"]
        let bodies = try names.dropLast().map { try Fixtures.review($0) }
        var bytes = bodies.enumerated().flatMap { request(body: $1, close: false) }
        bytes += request("GET", "/mutate", close: true)
        let answers = String(decoding: try await client.exchange([bytes]), as: UTF8.self)
        let heads = answers.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
        #expect(heads == ["200", "200", "200", "405"])
        var position = answers.startIndex
        for body in bodies {
            let uid = try #require(try JSONTree(body)["request"]?["uid"]?.string)
            let found = try #require(answers.range(of: uid, range: position..<answers.endIndex))
            position = found.upperBound
        }
    }

    @Test(arguments: [
        "GARBAGE\r\n\r\n", "POST /mutate HTTP/9.9\r\n\r\n",
        "POST /mutate HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /mutate HTTP/1.1\r\nHo st: a\r\n\r\n",
    ])
    func `Malformed HTTP ends in 400 and a closed connection, and the next request is served`(text: String)
        async throws
    {
        let server = try RunningServer()
        let client = try TLSClient(port: server.port, authority: server.authority)
        let answer = try await client.send(text)
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        let good = try await client.exchange([request(body: try Fixtures.review("openedx-lms.pod"))])
        #expect(String(decoding: good, as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
    }

    @Test
    func `openssl s_client: TLS 1.3 with a verified name; 1.2 only on request`() throws {
        func connect(_ server: RunningServer, _ arguments: [String]) throws -> Completed {
            try Program.run(
                named: "openssl",
                [
                    "s_client", "-connect", "127.0.0.1:\(server.port)", "-CAfile", server.authority,
                    "-verify_return_error",
                ]
                    + arguments, input: Array("Q\n".utf8))
        }
        let server = try RunningServer()
        let modern = try connect(server, ["-verify_hostname", "localhost", "-alpn", "http/1.1"])
        #expect(modern.text.contains("TLSv1.3"))
        #expect(
            modern.text.contains("Verification: OK") || modern.text.contains("Verify return code: 0 (ok)"))
        #expect(modern.text.contains("ALPN protocol: http/1.1"))
        #expect(try connect(server, ["-verify_hostname", "other.example"]).status != 0)
        #expect(try connect(server, ["-tls1_2"]).status != 0)
        #expect(try connect(server, ["-alpn", "h2"]).status != 0)
        let older = try RunningServer(["--tls-min-version", "1.2"])
        #expect(try connect(older, ["-tls1_2"]).text.contains("TLSv1.2"))
        #expect(try connect(older, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]).status != 0)
    }

    @Test
    func `SIGTERM: readiness fails, requests are answered with Connection: close, exit 0`() throws {
        let server = try RunningServer(["--drain-delay", "1s", "--drain-timeout", "2s"])
        #expect(try curl(server, ["--fail", server.adminURL + "/readyz"]).status == 0)
        server.process.send(SIGTERM)
        _ = try server.wait { $0.contains("draining") }
        let readiness = try curl(server, ["--write-out", "%{http_code}", server.adminURL + "/readyz"])
        #expect(readiness.text.hasSuffix("503"), "\(readiness.text)")
        let answer = try curl(
            server,
            [
                "--include", "--data-binary", "@-", "--header", "Content-Type: application/json",
                server.url + "/mutate",
            ],
            input: Fixtures.review("openedx-lms.pod"))
        #expect(answer.text.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.text.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(server.process.wait() == .exited(0))
        #expect(try curl(server, [server.url + "/mutate"]).status != 0)
    }

    @Test(
        arguments: [
            ([], "a certificate is missing"), (["--tls-cert", "x"], "go together"),
            (["--tls-cert", "/nonexistent.pem", "--tls-key", "/nonexistent.key"], "/nonexistent.pem"),
            (["--self-signed", "localhost", "--bind", "nowhere"], "--bind"),
            (["--self-signed", "localhost", "--max-fd", "10"], "--max-fd must be from 64"),
            (["--self-signed", "localhost", "--request-timeout", "fast"], "--request-timeout"),
            (
                ["--self-signed", "localhost", "--max-connections", "0"],
                "--max-connections is 0: give a number from 1 to 1048576"
            ),
            (
                ["--self-signed", "localhost", "--idle-timeout", "0s"],
                "--idle-timeout is 0.0 seconds: give a time"
            ),
            (["--self-signed", "localhost", "--strict-exemptions", "some"], "--strict-exemptions"),
            (["--self-signed", "localhost", "--env-from", "some"], "--env-from"),
            (["--self-signed", "localhost", "--client-name", "a"], "--client-ca"),
            (["--self-signed", "not a name"], "not a name"),
            (["--self-signed", "localhost", "--tls-min-version", "1.1"], "1.1"),
            (["--self-signed", "localhost", "--tls-ciphersuites", "NONE"], "NONE"),
            (["--self-signed", "localhost", "--bind", "203.0.113.1:1"], "cannot listen on 203.0.113.1:1"),
        ] as [([String], String)])
    func `A wrong call says what is wrong, and ends with 2`(arguments: [String], message: String) throws {
        let result = try BuiltExecutable.run(["serve"] + arguments, limit: 10)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.error.contains(message), "\(result.error)")
    }
}
