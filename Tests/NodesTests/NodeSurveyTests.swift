import Basics
import JSON
import Testing

@testable import Nodes

/// A node's processes, put together from texts.
@Suite struct NodeSurveyTests {
    private static let uid = "2434988f-7dbe-4f49-90bf-360337ad13ba"
    private static let id = String(repeating: "0123456789abcdef", count: 4)

    private static func survey() -> NodeSurvey {
        NodeSurvey(
            mostOpen: Array("1073741816\n".utf8), fileMax: Array("9223372036854775807\n".utf8),
            uptime: Array("100000.50 1.0\n".utf8))
    }

    private static func files(
        _ name: String, parent: Int = 1, limit: String, words: [String], start: Int = 1000
    ) -> NodeSurvey.Files {
        NodeSurvey.Files(
            stat: Array("9 (\(name)) S \(parent) 7 7 0 -1 1 1 0 0 0 1 2 3 4 20 0 1 0 \(start) 1 1\n".utf8),
            limits: Array("Max open files  \(limit)  \(limit)  files\n".utf8),
            commandLine: Array(words.map { $0 + "\0" }.joined().utf8))
    }

    private static func more(anonymous: Int) -> NodeSurvey.MoreFiles {
        NodeSurvey.MoreFiles(
            status: Array("VmRSS:\t\(anonymous + 5000) kB\nRssAnon:\t\(anonymous) kB\n".utf8),
            cgroup: Array("0::/kubepods/pod\(uid)/\(id)\n".utf8))
    }

    @Test func `The incident: a master, its router with 8 GiB, a worker`() {
        var survey = Self.survey()
        let words = ["uwsgi", "--http", ":8000", "--master", "--module", "lms.wsgi"]
        survey.add(
            pid: 100,
            Self.files("containerd-shim", limit: "1073741816", words: ["/usr/bin/containerd-shim-runc-v2"])
        ) {
            Self.more(anonymous: 0)
        }
        survey.add(pid: 200, Self.files("uwsgi", parent: 100, limit: "1073741816", words: words)) {
            Self.more(anonymous: 9000)
        }
        survey.add(pid: 201, Self.files("uwsgi", parent: 200, limit: "1073741816", words: words)) {
            Self.more(anonymous: 80000)
        }
        survey.add(pid: 202, Self.files("uwsgi", parent: 200, limit: "1073741816", words: words)) {
            Self.more(anonymous: 8_388_640)
        }
        survey.add(pid: 300, Self.files("mysqld", limit: "1073741816", words: ["mysqld"])) {
            Self.more(anonymous: 1)
        }
        #expect(survey.uwsgi.map(\.pid) == [202, 201, 200])
        #expect(survey.uwsgi.map(\.role) == [.router, .worker, .master])
        #expect(survey.uwsgi.map(\.state) == [.danger, .slow, .slow])
        #expect(survey.uwsgi.first?.expectedTable == 8_589_934_528)
        #expect(survey.uwsgi.first?.container.podUID == Self.uid)
        #expect(survey.othersOverThreshold == 2)
        #expect(survey.isDangerous)
    }

    @Test func `With max-fd nothing is in danger`() {
        var survey = Self.survey()
        let words = ["uwsgi", "--http", ":8000", "--max-fd", "1048576"]
        survey.add(pid: 200, Self.files("uwsgi", limit: "1048576", words: words)) {
            Self.more(anonymous: 9000)
        }
        survey.add(pid: 201, Self.files("uwsgi", parent: 200, limit: "1048576", words: words)) {
            Self.more(anonymous: 17000)
        }
        #expect(survey.uwsgi.allSatisfy { $0.state == .safe })
        #expect(!survey.isDangerous)
    }

    @Test(arguments: [
        ("uwsgi", ["uwsgi", "--http", ":80"], true), ("uwsgi", ["uWSGI http 1"], true),
        ("uwsgi", ["uWSGI master"], true),
        ("python3", ["/venv/bin/python3", "/venv/bin/uwsgi", "--http", ":80"], true),
        ("uwsgi", [], true), ("sh", ["sh", "-c", "uwsgi --http :80"], false),
        ("tini", ["tini", "--", "uwsgi"], false),
        ("gunicorn", ["gunicorn", "uwsgi:app"], false), ("uwsgi_exporter", ["uwsgi_exporter"], false),
        ("kworker/0:1", [], false),
    ])
    func `Processes that are uWSGI, and those that are not`(
        _ name: String, _ words: [String], _ isUWSGI: Bool
    ) {
        var survey = Self.survey()
        survey.add(pid: 5, Self.files(name, limit: "1024", words: words)) { Self.more(anonymous: 1) }
        #expect(survey.uwsgiCount == (isUWSGI ? 1 : 0))
    }

    @Test func `Processes that vanish, and foreign bytes`() {
        var survey = Self.survey()
        survey.add(pid: 1, NodeSurvey.Files(stat: [], limits: [], commandLine: [])) {
            Self.more(anonymous: 1)
        }
        survey.add(
            pid: 2, NodeSurvey.Files(stat: [0xFF, 0x28, 0x29], limits: [0xFF], commandLine: [0xFF, 0])
        ) {
            Self.more(anonymous: 1)
        }
        // It was uWSGI, and ended before its memory could be read.
        survey.add(pid: 3, Self.files("uwsgi", limit: "1073741816", words: ["uwsgi", "--http", ":80"])) {
            NodeSurvey.MoreFiles(status: [], cgroup: [0xFF, 0xFE])
        }
        #expect(survey.processes == 1)
        #expect(survey.uwsgi.first?.memory.resident == 0)
    }

    @Test(arguments: [(every: 100, uwsgi: 200, kept: 200), (every: 1, uwsgi: 20_000, kept: 4096)])
    func `Of 20,000 processes only uWSGI's are looked at further, and only so many are kept`(
        _ expected: (every: Int, uwsgi: Int, kept: Int)
    ) {
        var survey = Self.survey()
        var looks = 0
        for pid in 1...20_000 {
            let isUWSGI = pid.isMultiple(of: expected.every)
            let files = Self.files(
                isUWSGI ? "uwsgi" : "sleep", limit: "1024",
                words: isUWSGI ? ["uwsgi"] : ["sleep", "\(pid % 50)"])
            survey.add(pid: pid, files) {
                looks += 1
                return Self.more(anonymous: 1)
            }
        }
        #expect(survey.processes == 20_000)
        #expect(survey.uwsgiCount == expected.uwsgi)
        #expect(looks == expected.kept)
        #expect(survey.uwsgi.count == expected.kept)
    }

    @Test func `Pods get their names, and foreign ones cannot write to the terminal`() throws {
        let list = """
            {"kind":"List","items":[{"kind":"Pod","metadata":{"uid":"\(Self.uid)","name":"lms\\u001b[31m","namespace":"shop"},
            "status":{"containerStatuses":[{"name":"lms","containerID":"containerd://\(Self.id)"}]}},{"kind":"Node"},7]}
            """
        let names = PodNames(try JSONParser().parse(Array(list.utf8)))
        var survey = Self.survey()
        survey.add(pid: 7, Self.files("uwsgi", limit: "1024", words: ["uwsgi", "--http", ":80"])) {
            Self.more(anonymous: 1)
        }
        let text = NodeReportText.rendered(survey, names: names)
        #expect(text.contains("shop/lms\u{FFFD}[31m/lms"))
        #expect(!text.contains("\u{1B}"))
        let json = try JSONParser().parse(NodeReportJSON.rendered(survey, names: names))
        #expect(json["uwsgi"]?.elements.map { $0["container"]?.string } == ["lms"])
        #expect(json["limits"]?["nrOpen"]?.integer == 1_073_741_816)
        #expect(json["dangerous"]?.bool == false)
    }

    @Test func `Metrics have fixed labels`() {
        var survey = Self.survey()
        survey.add(pid: 1, Self.files("containerd", limit: "1048576", words: ["/usr/bin/containerd"])) {
            Self.more(anonymous: 1)
        }
        let text = NodeReportMetrics.rendered(survey)
        #expect(text.contains("uwsgi_max_fd_node_nofile_limit{source=\"nr_open\"} 1073741816\n"))
        #expect(text.contains("uwsgi_max_fd_node_nofile_limit{source=\"containerd\"} 1048576\n"))
        #expect(text.contains("uwsgi_max_fd_node_uwsgi_processes{state=\"danger\"} 0\n"))
        let families = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map {
            String($0.split(separator: " ")[2])
        }
        #expect(families.sorted() == PublicNames.nodeMetrics.sorted())
    }
}
