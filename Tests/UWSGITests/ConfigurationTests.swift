import Testing

@testable import UWSGI

/// What uWSGI makes of its configuration files.
@Suite struct ConfigurationTests {
    /// Files in `/app`, which is the working directory; everything else is not known.
    private func read(
        _ files: [String: String], _ arguments: [String] = ["--ini=a.ini"],
        _ variables: [String: String] = [:],
        build: UWSGIBuild = .debian
    ) -> ConfigurationOptions {
        ConfigurationExample(files, arguments, variables).read(in: "/app", build: build)
    }

    private func summary(_ ini: String, _ variables: [String: String] = [:]) -> ConfigurationSummary {
        ConfigurationSummary(read(["a.ini": ini], ["--ini=a.ini"], variables))
    }

    @Test(arguments: ConfigurationCases.ini)
    func `max-fd of an ini file`(ini: String, expected: Int?) {
        let summary = summary(ini, ConfigurationCases.variables)
        #expect(summary.settledMaxFD == expected)
        #expect(summary.maxFDMayBeUnset == (expected == nil))
        #expect(summary.isComplete && !summary.exits)
    }

    @Test(arguments: ConfigurationCases.naming)
    func `Files that name files`(files: [String: String], expected: Int?) {
        let summary = ConfigurationSummary(read(files))
        #expect(summary.settledMaxFD == expected)
        #expect(summary.maxFDMayBeUnset == (expected == nil))
        #expect(summary.isComplete && !summary.exits)
    }

    @Test(arguments: ConfigurationCases.precedence)
    func `Precedence`(arguments: [String], variables: [String: String], expected: Int) {
        let files = ConfigurationCases.precedenceFiles
        #expect(ConfigurationSummary(read(files, arguments, variables)).settledMaxFD == expected)
    }

    @Test(arguments: ConfigurationCases.refused)
    func `What makes uWSGI exit`(files: [String: String]) {
        #expect(ConfigurationSummary(read(files, ["--ini=a.ini"], ["FD": "5"])).exits)
    }

    @Test(arguments: ConfigurationCases.others)
    func `max-fd of yaml, json and xml`(name: String, text: String, expected: Int?) {
        let summary = ConfigurationSummary(read([name: text], [name]))
        #expect(summary.settledMaxFD == expected)
        #expect(summary.maxFDMayBeUnset == (expected == nil))
        #expect(summary.isComplete && !summary.exits)
    }

    @Test(arguments: [
        ("a.yaml", "uwsgi:\n  max-fd: \"1024\"\n", [1024, 0], false),
        ("a.yaml", "uwsgi:\n  x:\n    - y\n  max-fd: 1024\n", [1024], true),
        ("a.yaml", "uwsgi:\n  max-fd: 1024\n", [1024], false),
        ("a.xml", "<uwsgi><max-fd>\n1024</max-fd></uwsgi>", [1024, 0], false),
        ("a.xml", "<uwsgi><max-fd>1024</max-fd></uwsgi>", [1024], false),
    ])
    func `What builds read differently is open`(name: String, text: String, numbers: [Int], mayBeUnset: Bool)
    {
        let summary = ConfigurationSummary(read([name: text], [name], build: UWSGIBuild()))
        #expect(summary.maxFD.compactMap(\.number) == numbers.filter { $0 > 0 })
        #expect(summary.maxFDMayBeUnset == (mayBeUnset || numbers.contains(0)))
    }

    @Test func `Line reader of YAML`() {
        let build = UWSGIBuild(hasLibYAML: false)
        let text = "# c\nuwsgi:\n  max-fd: 1024 # c\n\n\tx:\ty\n  - z\n  max-fd: 9\n"
        let options = read(["a.yaml": text], ["a.yaml"], build: build)
        #expect(options.options.map(\.name).suffix(2) == ["max-fd", "x"])
        #expect(ConfigurationSummary(options).settledMaxFD == 1024)
    }

    @Test(arguments: [
        ("a.ini", "[uwsgi]\n\nx = 1\nmax-fd = 5\n", 4),
        ("a.ini", "[uwsgi]\nx = %\ny = 1\nmax-fd = 5\n", 4),
        ("a.yaml", "# c\nuwsgi:\n  x: 1\n  max-fd: 5\n", 4),
        ("a.json", "{\n\"uwsgi\": {\n\"x\": /*\n*/ 1,\n\"max-fd\": 5}}", 5),
        ("a.xml", "<uwsgi>\n <x>\n1</x>\n <max-fd>5</max-fd>\n</uwsgi>", 4),
    ])
    func `Places`(name: String, text: String, line: Int) {
        let summary = ConfigurationSummary(read([name: text], [name]))
        #expect(summary.maxFD.map(\.origin) == [.file(path: "/app/\(name)", line: line)])
        #expect(summary.maxFD.first?.origin.description == "/app/\(name):\(line)")
    }

    @Test func `Routers and hazards`() {
        let summary = summary(
            """
            [uwsgi]
            http = :80
            https = :443
            http-processes = 3
            fastrouter = :1
            gevent = 2000
            max-fd = 1024
            cron = 1 1 1 1 1 x
            attach-daemon = celery
            """)
        #expect(summary.routers.map(\.name) == ["http", "https", "fastrouter"])
        #expect(summary.routerProcesses == [.http: 3, .fastrouter: 1])
        #expect(summary.hazards.map(\.kind) == [.cron, .daemon, .concurrencyAboveMaxFD])
        #expect(summary.hazards.last?.option.name == "gevent")
    }

    @Test func `Vassals of an emperor`() {
        var example = ConfigurationExample()
        example.files = [
            "one.ini": Array("[uwsgi]\nmax-fd = 1024\nx = %n".utf8), "readme": [],
            "two.ini": Array("[uwsgi]".utf8),
        ]
        let world = ConfigurationWorld(
            file: { path in
                if path == "/v" { return .folder(example.files.keys.sorted()) }
                return path.hasPrefix("/v/")
                    ? example.files[String(path.dropFirst(3))].map { .bytes($0) } ?? .absent : .unknown
            }, workingDirectory: "/")
        var reader = ConfigurationReader(world)
        reader.add("emperor", value: "v", from: .given(0))
        reader.add("vassal-set", value: "max-fd=512", from: .given(1))
        let vassals = Vassals(of: reader.result(), environment: [], in: world)
        #expect(vassals.vassals.map(\.path) == ["/v/one.ini", "/v/two.ini"])
        #expect(vassals.vassals.map { ConfigurationSummary($0.options).settledMaxFD } == [1024, 512])
        #expect(!vassals.mayBeMore)
        var unknown = ConfigurationReader(ConfigurationWorld())
        unknown.add("emperor", value: "/v", from: .given(0))
        #expect(Vassals(of: unknown.result(), environment: [], in: ConfigurationWorld()).mayBeMore)
    }
}
