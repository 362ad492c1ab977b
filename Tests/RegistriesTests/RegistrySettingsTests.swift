import TestSupport
import Testing

@testable import Registries

struct RegistrySettingsTests {
    @Test(arguments: [
        ("https://a.test", "https://a.test/"), ("HTTPS://A.test:443/x?y#z", "https://a.test/x?y"),
        ("http://[::1]:5000/v2/", "http://[::1]:5000/v2/"), ("https://a.test?x", "https://a.test/?x"),
        ("https://a_b.test:8443", "https://a_b.test:8443/"),
    ])
    func `Addresses are taken apart`(text: String, expected: String) {
        let address = HTTPAddress(text)
        #expect(address.map { $0.origin.description + $0.target } == expected)
    }

    @Test(arguments: [
        "", "https://", "ftp://a.test/", "https://user:password@a.test/", "https://a.test:0/",
        "https://a.test:x/",
        "https://a b/", "https://a.test/\r\nX: y", "https://[::1/", "https://[x]/", "//a.test/",
        "https://a.test:",
    ])
    func `What is not an address is none`(text: String) { #expect(HTTPAddress(text) == nil) }

    @Test(arguments: [
        (
            #"Bearer realm="https://a/t",service="s",scope="x,y:pull""#,
            [AuthenticationChallenge.bearer(realm: "https://a/t", service: "s")]
        ),
        (
            #"Basic realm="a \"b\", c", Bearer realm=https://a/t"#,
            [.basic, .bearer(realm: "https://a/t", service: nil)]
        ),
        ("Negotiate, basic", [.basic]), ("Bearer", []), ("", []), (",,= =", []),
        (#"Bearer realm="never closed"#, [.bearer(realm: "never closed", service: nil)]),
    ])
    func `Challenges are taken apart`(header: String, expected: [AuthenticationChallenge]) {
        #expect(AuthenticationChallenge.all(in: header) == expected)
    }

    @Test(arguments: [
        ("https://index.docker.io/v1/", "docker.io", "library/nginx", true),
        ("ghcr.io/team", "ghcr.io", "team/app", true), ("ghcr.io/team", "ghcr.io", "teamwork/app", false),
        ("*.azurecr.test", "my.azurecr.test", "app", true),
        ("*.azurecr.test", "a.b.azurecr.test", "app", false),
        ("localhost", "localhost:5000", "app", false),
        ("http://localhost:5000/v2/", "localhost:5000", "app", true),
    ])
    func `Credentials are for hosts and paths`(key: String, host: String, repository: String, isFor: Bool)
        throws
    {
        let text = #"{"auths": {"\#(key)": {"username": "u", "password": "p"}}}"#
        let file = try DockerConfiguration(Array(text.utf8))
        let found = file.candidates(host: host, repository: repository) { _, _ in nil }
        #expect(found == (isFor ? [.password(user: "u", password: "p")] : []))
    }

    @Test(arguments: [
        "", "[]", "{", #"{"auths": {"a": {"auth": "%"}}}"#, #"{"auths": {"a": {"auth": "bm90"}}}"#,
    ])
    func `A file that holds no credentials is named`(text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "config.json")
        let failure = #expect(throws: RegistryError.self) { try RegistryCredentials(files: [path]) }
        #expect(failure?.description.hasPrefix(path) == true)
    }

    @Test func `A program is asked once for the credentials of a host that it knows`() throws {
        let text = #"{"credHelpers": {"a.test": "one"}, "credsStore": "all"}"#
        let file = try DockerConfiguration(Array(text.utf8))
        var asked: [String] = []
        for host in ["a.test", "b.test"] {
            _ = file.candidates(host: host, repository: "x") { helper, host in
                asked.append("\(helper) \(host)")
                return nil
            }
        }
        #expect(asked == ["one a.test", "all b.test"])
    }

    @Test func `Hosts of NO_PROXY and this machine are reached directly`() throws {
        let proxies = try ProxySettings(environment: [
            "https_proxy": "proxy.test:3128", "NO_PROXY": ".internal.test, direct.test:8443",
        ])
        func isDirect(_ text: String) -> Bool {
            HTTPAddress(text).map { proxies.proxy(to: $0.origin) == nil } ?? false
        }
        #expect(!isDirect("https://a.test/") && !isDirect("https://direct.test/"))
        #expect(isDirect("https://a.internal.test/") && isDirect("https://direct.test:8443/"))
        #expect(isDirect("https://127.0.0.1/") && isDirect("https://localhost:5000/"))
        #expect(throws: RegistryError.self) {
            try ProxySettings(environment: ["HTTPS_PROXY": "socks5://p:1"])
        }
    }

    @Test(arguments: ["docker.io", "docker.io=", "=https://m.test", "docker.io=m.test", "a b=https://m.test"])
    func `What is not a mirror is refused`(text: String) {
        var mirrors = RegistryMirrors()
        let isMirror = mirrors.add(text)
        #expect(!isMirror)
    }

    @Test(arguments: [
        ("registry.example.org", true), ("docker.io", true), ("10.0.0.1:5000", true),
        ("[2001:db8::1]:5000", true), ("localhost:5000", false), ("127.0.0.1", false), ("127.1:80", false),
        ("2130706433", false), ("[::1]:5000", false), ("[::ffff:127.0.0.1]", false), ("[fe80::1]", false),
        ("169.254.169.254", false), ("0.0.0.0:8081", false), ("[::]", false), ("LOCALHOST", false),
        ("mirrored.localhost:5000", true), ("localhost:6000", true),
    ])
    func `This machine is not asked because somebody else names it`(host: String, isAllowed: Bool) {
        var mirrors = RegistryMirrors()
        let isMirror = mirrors.add("localhost:6000=http://localhost:6000")
        #expect(isMirror)
        #expect(mirrors.allows(host) == isAllowed)
    }
}
