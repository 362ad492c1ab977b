import Testing

@testable import UWSGI

/// Inputs that are made to break readers: nothing crashes, recursion ends, and the work grows with the input.
@Suite struct HostileInputTests {
    private static func script(_ text: String) -> ContainerSpecification { container(["sh", "-c", text]) }

    /// Inputs by their size. Doubling the size must not do more than about double the work.
    private static let growing: [(name: String, make: @Sendable (Int) -> ContainerSpecification)] = [
        ("servers", { script(String(repeating: "uwsgi&", count: 500 * $0)) }),
        ("pipes", { script(String(repeating: "a|", count: 1000 * $0) + "b") }),
        ("alternatives", { script(String(repeating: "a||", count: 1000 * $0) + "b") }),
        ("assignments", { n in script((0..<500 * n).map { "A\($0)=b;" }.joined() + "uwsgi") }),
        ("tentative", { n in script((0..<300 * n).map { "[ $Z\($0) = a ] && A\($0)=b;" }.joined()) }),
        ("defaults", { n in script((0..<500 * n).map { ": ${A\($0):=b};" }.joined()) }),
        (
            "branches",
            {
                script(
                    "if a; then b;" + String(repeating: "elif [ $B = c ]; then d;", count: 40 * $0) + " fi")
            }
        ),
        (
            "patterns",
            { n in script("case $X in " + (0..<200 * n).map { "a\($0)) A=\($0);;" }.joined() + " esac") }
        ),
        (
            "documents",
            {
                script(
                    String(repeating: "cat <<A;", count: 200 * $0) + "\n"
                        + String(repeating: "A\n", count: 200 * $0))
            }
        ),
        (
            "calls",
            { script("a() { b; b; }; b() { c; c; }; c() { :; };" + String(repeating: "a;", count: 500 * $0)) }
        ),
        ("unknown programs", { container(["a"] + (0..<500 * $0).flatMap { _ in ["b", "--"] }) }),
        (
            "read-only variables",
            { n in script((0..<300 * n).map { "[ $Z\($0) ] && readonly A\($0)=b; A\($0)=c;" }.joined()) }
        ),
        ("wrappers", { container(Array(repeating: "nice", count: 5000 * $0)) }),
        ("options", { container(["uwsgi"] + Array(repeating: "--max-fd=%(x)", count: 1000 * $0)) }),
        (
            "parameters",
            { container(["sh", "-c", "\"$@\" \"$@\"", "x"] + Array(repeating: "a", count: 1000 * $0)) }
        ),
    ]

    @Test(arguments: growing.indices)
    func `Work grows with input`(_ index: Int) {
        let (name, make) = Self.growing[index]
        let single = Detector().steps(make(2))
        let double = Detector().steps(make(4))
        #expect(single > 0)
        #expect(double <= single * 5 / 2, "\(name): \(single) steps, \(double) for twice the input")
    }

    /// What a few bytes ask for is bounded by how many they are.
    @Test(arguments: [
        "f() { f; f; }; f", "f() { f | f & }; f",
        "a() { b; b; b; b; }; b() { c; c; c; c; }; c() { a; a; a; a; }; a",
        "while :; do while :; do while :; do x; done; done; done",
        "for i in 1 2 3 4 5 6 7 8; do for i in 1 2 3 4 5 6 7 8; do for i in 1 2 3 4 5 6 7 8; do for i in 1 2 3 4 5 6 7 8; "
            + "do for i in 1 2 3 4 5 6 7 8; do x; done; done; done; done; done",
        "A=xxxxxxxxxxxxxxxx; " + String(repeating: "A=$A$A$A$A; ", count: 40), "eval eval eval eval \"$0\"",
        "A='eval \"$A$A\"'; eval \"$A\"",
        "set -- a b c d e f g h; " + String(repeating: "set -- \"$@\" \"$@\"; ", count: 60),
    ])
    func `Short inputs end`(_ script: String) {
        let steps = Detector().steps(container(["sh", "-c", script]))
        #expect(steps <= 32 * 1024 + 64 * script.utf8.count, "\(steps)")
    }

    /// What a command copies or looks through is paid for, and not only the command: or else many of them cost the
    /// square of their number.
    @Test(arguments: [
        ["A=", "x", "", ": ${#A}"], ["A=", "x", "", ": ${A//b/c}"], ["A=(", "x ", ")", "A[7]=x"],
        ["A=(", "", ")", "A+=(x)"], ["set -- ", "x ", "", "shift"],
    ])
    func `Copies are paid for`(_ parts: [String]) {
        let start = parts[0] + String(repeating: parts[1], count: 400) + parts[2]
        let script = start + String(repeating: "\n" + parts[3], count: 400)
        #expect(Detector().steps(container(["bash", "-c", script])) > 400 * 400 / 3)
    }

    /// Too deep, too long or no script at all: unknown, so that only hints speak.
    @Test(arguments: [
        String(repeating: "(", count: 10_000), String(repeating: "$(", count: 10_000),
        String(repeating: "${a:-", count: 10_000),
        String(repeating: "{ ", count: 10_000), String(repeating: "if ", count: 10_000),
        String(repeating: "`\\", count: 10_000),
        String(repeating: "case x in ", count: 10_000), String(repeating: "! ", count: 10_000) + "(((((",
        String(repeating: "$((", count: 10_000), "'", "\"", "`", "$(", "${", "${a", "${a:-", "uwsgi; '", "if",
        "case", "case x in",
        "for", "fi", "done", "}", ")", ";;", "&&", "| uwsgi", "<", "uwsgi <", "cat <<", "\u{0}", "\u{1}",
        "\\", "uwsgi \\",
        "x=(", "function", "a(", "a()", "[[", "[[ a", "((", "$", "${!", "${#", "$'",
        String(repeating: "a", count: 200_000), "uwsgi " + String(repeating: "a", count: 200_000),
    ])
    func `Unreadable scripts`(_ script: String) {
        for shell in ["sh", "bash"] {
            var example = container([shell, "-c", script])
            #expect(Detector().detect(example).certainty != .certain || script.hasPrefix("uwsgi"))
            example.environment = [EnvironmentVariable(name: "UWSGI_HTTP", value: .literal(":80"))]
            _ = Detector().detect(example)
        }
    }

    /// A line that a wrapper takes out of one word is longer than the line in which the word stands.
    @Test(arguments: [
        "env -S 'env env env env env env' $X", "env -S 'nice nice nice nice nice' $X $Y",
        "sg www 'nice nice nice' $X", "cp /usr/bin/nice n; ./n ./n ./n ./n $X", "nice nice nice $X",
    ])
    func `Lines that grow`(_ script: String) {
        for words in [["sh", "-c", script], ["bash", "-c", "exec " + script]] {
            #expect(Detector().detect(container(words)).certainty == nil)
        }
    }

    /// What is too long to be read may be anything that its words allow.
    @Test func `Too long script`() {
        let comment = " #" + String(repeating: "a", count: 2 << 20)
        #expect(
            Detector().detect(container(["sh", "-c", "uwsgi --http :80" + comment])).certainty == .likely)
        var example = container(["sh", "-c", "gunicorn app:app" + comment])
        #expect(Detector().detect(example).certainty == nil)
        example.environment = [EnvironmentVariable(name: "UWSGI_HTTP", value: .literal(":80"))]
        #expect(Detector().detect(example).certainty == .likely)
    }

    @Test func `Nested shells`() {
        var script = "exec uwsgi"
        for depth in 1..<20 {
            script =
                "sh -c '"
                + script.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
                + "'"
            guard script.utf8.count < 100_000 else { break }
            let detection = Detector().detect(container(["sh", "-c", script]))
            #expect(
                detection.certainty == (depth < 7 ? .certain : detection.certainty) && detection.runsUWSGI)
        }
    }

    /// References that double at each step reach no memory.
    @Test func `Exponential references`() {
        var example = container(["uwsgi", "--max-fd", "$(V63)"])
        example.environment = (0..<64).map { index in
            EnvironmentVariable(
                name: "V\(index)",
                value: .literal(index == 0 ? "12345678" : "$(V\(index - 1))$(V\(index - 1))"))
        }
        #expect(Detector().detect(example).maxFD.state == .hidden)
    }

    @Test func `Many variables`() {
        var example = container(["uwsgi", "--http", ":80"])
        example.environment = (0..<5_000).map {
            EnvironmentVariable(name: "UWSGI_A\($0)", value: .literal("$(B)"))
        }
        example.environment.append(EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("4096")))
        #expect(Detector().detect(example).maxFD.state == .set)
        example.command = ["/entrypoint.sh"]
        #expect(Detector().detect(example).evidence.count <= Evidence.most)
    }

    /// Names from a Pod are cut and cleaned before they are shown.
    @Test func `Evidence is safe`() {
        var example = container(["/bin/\u{1B}[31m\nentrypoint.sh"])
        example.environment = [
            EnvironmentVariable(
                name: "UWSGI_HTTP\n\"forged\": \u{202E}" + String(repeating: "x", count: 500),
                value: .literal(""))
        ]
        example.mounts = (0..<50).map { Mount(path: "/etc/uwsgi/\($0)\r.ini") }
        let detection = Detector().detect(example)
        #expect(detection.certainty == .likely && detection.evidence.count == Evidence.most)
        for entry in detection.evidence {
            #expect(entry.unicodeScalars.count <= 80)
            #expect(
                !entry.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0x202E })
        }
    }

    /// No value of a variable, which might be secret, is ever shown, but max-fd's own.
    @Test func `Values are not shown`() {
        let secret = "hunter2"
        let lines = [
            "uwsgi --http \(secret) --set-ph a=\(secret)",
            "sh -c 'A=\(secret) exec uwsgi --pyargv \(secret)'",
            "/entrypoint.sh uwsgi --http=\(secret)", "env A=\(secret) uwsgi \(secret).ini",
        ]
        for line in lines {
            let detection = detect(line, ["UWSGI_HTTP": secret, "UWSGI_UNKNOWN": secret])
            #expect(detection.runsUWSGI)
            #expect(!"\(detection)".contains(secret), "\(detection)")
        }
        var example = container([])
        example.arguments = ["--http=\(secret)", "--master"]
        #expect(!"\(Detector().detect(example))".contains(secret))
    }
}
