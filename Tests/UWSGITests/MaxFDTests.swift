import Testing

@testable import UWSGI

/// The max-fd of a visible server: values, spellings, precedence, cures.
@Suite struct MaxFDTests {
    /// What uWSGI 2.0 on glibc makes of a value; measured with uwsgi-core 2.0.21.
    @Test(arguments: [
        ("1024", 1024), (" 1024 ", 1024), ("+1024", 1024), ("64k", 64), ("10_000", 10), ("1e4", 1),
        ("1e+06", 1),
        ("1.048576e+06", 1), ("1,048,576", 1), ("10240.0", 10240), ("", 0), ("0", 0), ("abc", 0),
        ("0x400", 0),
        ("\"1024\"", 0), ("unlimited", 0), ("-1", -1), ("2147483647", 2_147_483_647),
        ("2147483648", -2_147_483_648), ("4294967296", 0), ("4294968320", 1024),
        ("99999999999999999999999", -1),
        ("-99999999999999999999999", 0), ("\t\n12", 12), ("- 5", 0), ("+-5", 0), ("٤", 0),
    ])
    func `Reads numbers`(_ text: String, _ number: Int) {
        #expect(MaxFDValue(reading: text).number == number)
    }

    /// The state that a value of `UWSGI_MAX_FD` means, and its cure.
    @Test(arguments: [
        ("4096", MaxFD.State.set), ("64", .set), ("1048576", .set), ("64k", .set), (" 1024", .set),
        ("1048577", .excessive), ("2147483647", .excessive), ("", .ineffective), ("0", .ineffective),
        ("abc", .ineffective), ("0x400", .ineffective), ("4294967296", .ineffective),
        ("$(NOT_SET)", .ineffective),
        ("1.048576e+06", .harmful), ("63", .harmful), ("-1", .harmful), ("2147483648", .harmful),
        ("1_048_576", .harmful),
    ])
    func `Variable`(_ text: String, _ state: MaxFD.State) {
        let maxFD = detect("uwsgi --http :80", ["A": "b", "UWSGI_MAX_FD": text]).maxFD
        #expect(maxFD.state == state, "\(maxFD)")
        #expect(maxFD.value == text)
        #expect(maxFD.source == "env UWSGI_MAX_FD")
        let isCurable = state == .ineffective || state == .harmful
        #expect(maxFD.cure == (isCurable ? .replace(index: 1, prefix: "") : nil))
    }

    /// Options that give max-fd.
    @Test(arguments: [
        "--max-fd 4096", "--max-fd=4096", "--max-f 4096", "--max-f=4096", "--set max-fd=4096",
        "--set=max-fd=4096",
        "-S max-fd=4096", "-Smax-fd=4096", "-MTS max-fd=4096", "--max-fd 1 --max-fd 4096",
        "--max-fd 4096 --ini /x.ini", "--ini /x.ini --max-fd 4096",
        "/x.ini --max-fd 4096", ":8080 --max-fd 4096", "--set max-fd=9 --max-fd 4096",
        "--set-ph n=4096 --max-fd %(n)",
        "--set n=4096 --max-fd=%(n)", "--set-placeholder n=40 --max-fd %(n)96", "--max-fd $(FD)",
        "--max-fd $$(FD)",
    ])
    func `Options give max-fd`(_ options: String) {
        let maxFD = detect("uwsgi " + options, ["FD": "4096"]).maxFD
        #expect(maxFD.state == .set && maxFD.number == 4096, "\(maxFD)")
        #expect(maxFD.source?.hasPrefix("command[") ?? false)
    }

    /// Words that look like it and do not.
    @Test(arguments: [
        "--max_fd 4096", "--MAX-FD 4096", "-max-fd 4096", "--set max_fd=4096", "--set 'max-fd = 4096'",
        "--set-ph max-fd=4096", "--pyargv '--max-fd 4096'", "--pyargv --max-fd", "--env UWSGI_MAX_FD=4096",
        "--envdir /x", "-- --max-fd 4096", "--max 4096", "--max- 4096", "--max-fds 4096", "max-fd=4096",
        "--http --max-fd", "--ini --max-fd=4096",
    ])
    func `Options give none`(_ options: String) {
        #expect(detect("uwsgi " + options).maxFD == MaxFD(state: .unset, cure: .add))
    }

    /// Which variables count, and which only look like it.
    @Test(arguments: [
        ("UWSGI_MAX_FD", true), ("UWSGI_Max_Fd", true), ("UWSGI_max-fd", true), ("UWSGI_MAX-FD", true),
        ("UWSGI_MAXFD", false), ("UWSGI_MAX_F", false), ("UWSGI_MAX.FD", false), ("uwsgi_max_fd", false),
        ("DD_UWSGI_MAX_FD", false), ("UWSGI_MAX_FDS", false), ("MAX_FD", false), ("UWSGI__MAX_FD", false),
        ("UWSGI_VASSAL_MAX_FD", false), ("UWSGI_SET_PH", false),
    ])
    func `Variable names`(_ name: String, _ counts: Bool) {
        let example = ContainerSpecification(
            image: "", command: ["uwsgi"],
            environment: [EnvironmentVariable(name: name, value: .literal("4096"))])
        #expect((Detector().detect(example).maxFD.state == .set) == counts)
    }

    @Test func `Set by variable`() {
        #expect(detect("uwsgi", ["UWSGI_SET": "max-fd=4096"]).maxFD.number == 4096)
        #expect(detect("uwsgi", ["UWSGI_SET": "other=4096"]).maxFD.state == .unset)
        let maxFD = detect("uwsgi", ["A": "", "UWSGI_SET": "max-fd=0"]).maxFD
        #expect(maxFD.state == .ineffective && maxFD.cure == .replace(index: 1, prefix: "max-fd="))
    }

    /// The later of two options wins over the earlier, and any option over a variable.
    @Test(arguments: [
        ("--max-fd 4096", "1024", MaxFD.State.set, 4096), ("--max-fd 0", "1024", .incurable, 0),
        ("--max-fd abc", "1024", .incurable, 0), ("--max-fd 10", "1024", .incurable, 10),
        ("--max-fd -5", "1024", .incurable, -5), ("--max-fd -5 --max-fd 4096", "1024", .incurable, -5),
        ("--max-fd 4096", "0", .set, 4096), ("--max-fd 4096", "-1", .harmful, -1),
        ("--max-fd 4096", "2147483648", .harmful, -2_147_483_648), ("--max-fd 4096", "1e6", .set, 4096),
        ("--max-fd 2000000", "1024", .excessive, 2_000_000), ("--max-fd $(NONE)", "1024", .incurable, 0),
    ])
    func `Precedence`(_ options: String, _ variable: String, _ state: MaxFD.State, _ number: Int) {
        let maxFD = detect("uwsgi " + options, ["UWSGI_MAX_FD": variable]).maxFD
        #expect(maxFD.state == state && maxFD.number == number, "\(maxFD)")
    }

    @Test func `Later duplicate counts`() {
        let maxFD = detect("uwsgi", ["UWSGI_MAX_FD": "4096", "A": "", "UWSGI_MAX_FD": "0"]).maxFD
        #expect(maxFD.state == .ineffective && maxFD.cure == .replace(index: 2, prefix: ""))
        #expect(detect("uwsgi", ["UWSGI_MAX_FD": "0", "UWSGI_MAX_FD": "4096"]).maxFD.state == .set)
    }

    /// Which of several spellings is applied last is not their author's to choose, so the worst counts; and two
    /// bad ones are more than one replacement can mend.
    @Test func `Several spellings`() {
        let mixed = detect("uwsgi", ["UWSGI_MAX_FD": "4096", "UWSGI_max_fd": "0"]).maxFD
        #expect(mixed.state == .ineffective && mixed.cure == .replace(index: 1, prefix: ""))
        let bad = detect("uwsgi", ["UWSGI_MAX_FD": "", "UWSGI_max_fd": "0"]).maxFD
        #expect(bad.state == .incurable && bad.cure == nil)
    }

    /// References between variables: those before count, `$$` escapes, and uWSGI itself resolves what is left.
    @Test(arguments: [
        ("FD=4096 UWSGI_MAX_FD=$(FD)", MaxFD.State.set), ("UWSGI_MAX_FD=$(FD) FD=4096", .set),
        ("FD=4096 UWSGI_MAX_FD=$$(FD)", .set), ("A=40 B=96 UWSGI_MAX_FD=$(A)$(B)", .set),
        ("UWSGI_MAX_FD=$(FD)", .ineffective), ("A=$(B) B=4096 UWSGI_MAX_FD=$(A)", .set),
        ("UWSGI_MAX_FD=$FD FD=4096", .ineffective), ("FD=4096 UWSGI_MAX_FD=$(FD", .ineffective),
    ])
    func `References`(_ environment: String, _ state: MaxFD.State) {
        var example = container(["uwsgi"])
        example.environment = environment.split(separator: " ").map { entry in
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            return EnvironmentVariable(name: parts[0], value: .literal(parts[1]))
        }
        #expect(Detector().detect(example).maxFD.state == state)
    }

    @Test func `Hidden values`() {
        var example = container(["uwsgi"])
        example.environment = [EnvironmentVariable(name: "UWSGI_MAX_FD", value: .reference)]
        #expect(Detector().detect(example).maxFD == MaxFD(state: .hidden, source: "env UWSGI_MAX_FD"))
        example.environment = [
            EnvironmentVariable(name: "FD", value: .reference),
            EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("$(FD)")),
        ]
        #expect(Detector().detect(example).maxFD.state == .hidden)
        example.environment[1].value = .literal("4096")
        example.command = ["uwsgi", "--max-fd", "$(FD)"]
        #expect(Detector().detect(example).maxFD.state == .hidden)
        example.command = ["uwsgi", "--max-fd", "@(/etc/fd)"]
        #expect(Detector().detect(example).maxFD.state == .hidden)
        example.command = ["uwsgi"]
        example.environment = []
        for prefix in ["", "UWSGI_", "APP_"] {
            example.environmentSources = [EnvironmentSource(prefix: prefix)]
            #expect(Detector().detect(example).maxFD == MaxFD(state: .unset, cure: .add))
        }
    }

    @Test func `Vassals of an emperor`() {
        #expect(detect("uwsgi --emperor /v --vassal-set max-fd=900").maxFD.state == .set)
        #expect(detect("uwsgi --emperor /v --vassal-set max-fd=0").maxFD.state == .unset)
        #expect(
            detect("uwsgi --emperor /v --vassal-set max-fd=900", ["UWSGI_MAX_FD": "0"]).maxFD.state
                == .ineffective)
    }

    /// A hard limit that a shell has lowered is not raised by max-fd (setrlimit(2)).
    @Test(arguments: [
        ("ulimit -n 600; exec uwsgi", MaxFD.State.set, 600), ("ulimit -Hn 600; exec uwsgi", .set, 600),
        ("ulimit -H -n 600 && exec uwsgi", .set, 600),
        ("ulimit -n 600; ulimit -n 900; exec uwsgi", .set, 600),
        ("ulimit -Sn 600; exec uwsgi", .set, 4096), ("ulimit -u 600; exec uwsgi", .set, 4096),
        ("(ulimit -n 600; :); exec uwsgi", .set, 4096), ("ulimit -n 9000; exec uwsgi", .set, 4096),
        ("ulimit -n unlimited; exec uwsgi", .set, 4096), ("ulimit -n $LIMIT; exec uwsgi", .set, 4096),
        ("ulimit -n 600; exec uwsgi --max-fd 2000000", .set, 600),
        ("ulimit -n 1500000; exec uwsgi --max-fd 2000000", .excessive, 1_500_000),
    ])
    func `Hard limit of a shell`(_ script: String, _ state: MaxFD.State, _ number: Int) {
        let container = ContainerSpecification(
            image: "i", command: ["sh", "-c", script],
            environment: [EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("4096"))])
        let maxFD = Detector().detect(container).maxFD
        #expect(maxFD.state == state && maxFD.number == number, "\(maxFD)")
    }

    @Test func `Ceiling is adjustable`() {
        let detector = Detector(ceiling: 1000)
        #expect(detector.detect(container(["uwsgi", "--max-fd", "1001"])).maxFD.state == .excessive)
        #expect(detector.detect(container(["uwsgi", "--max-fd", "1000"])).maxFD.state == .set)
    }

    // MARK: Details

    @Test(arguments: [
        ("--http :80", 1, ["--http"]), ("--http-socket :80", 0, []), ("--http :80 --http :81", 1, ["--http"]),
        ("--http :80 --https :443,a,b", 1, ["--http", "--https"]),
        ("--http :80 --http-workers 4", 4, ["--http"]),
        ("--http :80 --http-processes=3 --fastrouter :1", 4, ["--http", "--fastrouter"]),
        ("--http-to 127.0.0.1:1", 0, []), ("--rawrouter :1 --rawrouter-processes 2", 2, ["--rawrouter"]),
        ("--http-workers 4", 0, []), ("--set http=:80", 1, ["--http"]),
        ("--http :80 --http-workers 1000", 64, ["--http"]),
    ])
    func `Routers`(_ options: String, _ count: Int, _ names: [String]) {
        let details = detect("uwsgi " + options).details
        #expect(details.routerProcesses == count)
        #expect(details.routers == names)
    }

    @Test func `Unseen configuration may start routers`() {
        #expect(detect("uwsgi --ini /x.ini --http :80").details.routerProcesses == nil)
        #expect(detect("uwsgi /x.ini").details.routerProcesses == nil)
        #expect(detect("uwsgi", ["UWSGI_INI": "/x.ini"]).details.routerProcesses == nil)
        #expect(
            detect("uwsgi", ["UWSGI_HTTP": ":80", "UWSGI_HTTP_WORKERS": "2"]).details.routerProcesses == 2)
    }

    @Test func `Hazards`() {
        #expect(
            detect("uwsgi --async 2000 --max-fd 1024").details.hazards.contains {
                $0.contains("--async 2000")
            })
        #expect(detect("uwsgi --async 100 --max-fd 1024").details.hazards.isEmpty)
        let strict = detect("uwsgi --strict", ["UWSGI_SERVICE_HOST": "10.0.0.1"]).details.hazards
        #expect(strict.contains { $0.contains("UWSGI_SERVICE_HOST") && $0.contains("enableServiceLinks") })
        #expect(detect("uwsgi", ["UWSGI_SERVICE_HOST": "10.0.0.1"]).details.hazards.isEmpty)
        #expect(detect("uwsgi --max-fd 64k").details.hazards.contains { $0.contains("64") })
        #expect(
            detect("uwsgi", ["UWSGI_VERSION": "2.0"]).details.hazards.contains {
                $0.contains("UWSGI_VERSION")
            })
    }
}
