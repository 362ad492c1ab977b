import Foundation
import TestSupport
import Testing

@testable import UWSGI

/// Generated scripts and command lines, run by the real programs and read by detection: both have to lead to the
/// same uWSGI, or to none.
@Suite(.serialized) struct DifferentialTests {
    // MARK: Shells

    @Test(.enabled(if: RealPrograms.has("dash"), "dash is not installed"))
    func `Dash`() throws { try compare(shell: "dash", seed: 1, count: 120) }

    @Test(.enabled(if: RealPrograms.has("bash"), "bash is not installed"))
    func `Bash`() throws { try compare(shell: "bash", seed: 2, count: 120) }

    @Test(.enabled(if: RealPrograms.has("busybox"), "busybox is not installed"))
    func `Busybox`() throws { try compare(shell: "busybox", seed: 3, count: 40) }

    private func compare(shell: String, seed: UInt64, count: Int) throws {
        let programs = try RealPrograms()
        defer { programs.remove() }
        var generator = ScriptGenerator(seed: seed)
        var met = 0
        var doubtful = 0
        for _ in 0..<count {
            let script = generator.script()
            let command =
                (shell == "busybox" ? ["busybox", "sh"] : [shell]) + ["-c", script, "name", "uwsgi", "-M"]
            let environment = ["UWSGI_MAX_FD": "4096", "SERVER": "uwsgi", "EMPTY": "", "N": "256"]
            let calls = try programs.run(command, environment: environment)
            var example = container(command)
            example.environment = environment.sorted { $0.key < $1.key }.map {
                EnvironmentVariable(name: $0.key, value: .literal($0.value))
            }
            let detection = Detector().detect(example)
            // The variable alone makes whatever cannot be seen likely; here only what was read counts.
            let found = detection.evidence.contains { !$0.hasPrefix("env ") }
            #expect(found || calls.isEmpty, "\(script)\n\(calls)\n\(detection)")
            #expect(detection.certainty != .certain || !calls.isEmpty, "\(script)\n\(detection)")
            // What a shell refuses to read may have been anything.
            if found, calls.isEmpty { doubtful += 1 }
            if let expected = RealPrograms.expected(calls), found {
                met += 1
                #expect(detection.maxFD.number == expected.number, "\(script)\n\(calls)\n\(detection.maxFD)")
            }
        }
        // A generator that never leads to uWSGI would prove nothing.
        #expect(met > count / 4)
        #expect(doubtful <= count / 20)
    }

    // MARK: Wrappers

    /// Command lines by the program that they need; `%` stands for uWSGI and its options, `@` for the folder of
    /// the stand-in, where `PATH` does not get through.
    ///
    /// Two forms are left out: `tini uwsgi --http …` and `runuser -u user uwsgi --http …` without `--`, which
    /// glibc's `getopt` refuses and others accept. Detection takes them for what their author meant.
    private static let wrappers: [(program: String, needsRoot: Bool, lines: [String])] = [
        (
            "env", false,
            [
                "env %", "env A=1 %", "env UWSGI_MAX_FD=9 %", "env -u UWSGI_MAX_FD %",
                "env --unset=UWSGI_MAX_FD %",
                "env -uUWSGI_MAX_FD A=1 %", "env -C / %", "env --chdir=/ %", "env -S 'A=1 %'", "env '-S%'",
                "env -- A=1 %",
                "env -u A -u UWSGI_MAX_FD -- UWSGI_MAX_FD=77 %", "env --unse UWSGI_MAX_FD %",
                "env -S 'uwsgi \"a b\"' c",
                "env -u uwsgi celery", "env uwsgi=1 celery", "env -C / celery uwsgi",
            ]
        ),
        (
            "nice", false,
            [
                "nice %", "nice -n 5 %", "nice -5 %", "nice --adjustment=5 %", "nice --adj 5 %", "nice -n5 %",
                "nice celery uwsgi",
            ]
        ),
        (
            "timeout", false,
            [
                "timeout 5 %", "timeout -s INT 5 %", "timeout -k 1 5 %",
                "timeout --kill-after=1 --preserve-status 5s %",
                "timeout -sINT -k1 5 %", "timeout --foreground 5 %", "timeout --sig INT 5 %",
                "timeout 5 celery uwsgi",
            ]
        ),
        ("nohup", false, ["nohup %", "nohup -- %", "nohup celery uwsgi"]),
        (
            "stdbuf", false,
            ["stdbuf -oL %", "stdbuf -o L -e 0 %", "stdbuf --output=L %", "stdbuf -oL celery uwsgi"]
        ),
        ("setsid", false, ["setsid -w %", "setsid --wait %"]),
        ("ionice", false, ["ionice -c 2 -n 7 %", "ionice -c2 %", "ionice --class 3 %", "ionice -t -c 3 %"]),
        ("chrt", false, ["chrt -b 0 %", "chrt --batch 0 %", "chrt -o 0 %"]),
        ("taskset", false, ["taskset 0x1 %", "taskset -c 0 %", "taskset --cpu-list 0 %"]),
        (
            "flock", false,
            ["flock /tmp %", "flock -n /tmp %", "flock -w 5 /tmp %", "flock /tmp -c 'uwsgi -M'"]
        ),
        ("setarch", false, ["setarch x86_64 %", "setarch x86_64 -R %", "setarch -R %"]),
        ("prlimit", false, ["prlimit --nofile=9000 %", "prlimit -n9000:9000 %", "prlimit --core=0 -- %"]),
        ("script", false, ["script -q -c 'uwsgi -M' /dev/null", "script -qec 'uwsgi --http :1' /dev/null"]),
        ("xargs", false, ["xargs %", "xargs -n 1 %", "xargs -r celery uwsgi"]),
        ("tini", false, ["tini -s -- %", "tini -s -g -- %", "tini -sv celery uwsgi"]),
        (
            "dumb-init", false,
            [
                "dumb-init %", "dumb-init -- %", "dumb-init --single-child -r 15:2 %",
                "dumb-init -c --rewrite=15:2 %",
            ]
        ),
        (
            "busybox", false,
            ["busybox env -u UWSGI_MAX_FD %", "busybox timeout 5 %", "busybox sh -c 'exec uwsgi'"]
        ),
        (
            "start-stop-daemon", true,
            ["start-stop-daemon --start --pidfile /nonexistent --startas @/uwsgi -- -M"]
        ),
        (
            "setpriv", true,
            [
                "setpriv --reuid=65534 --clear-groups %",
                "setpriv --reuid 65534 --regid 65534 --clear-groups -- %",
                "setpriv --no-new-privs --reuid=65534 --keep-groups %", "setpriv --reset-env @/uwsgi",
            ]
        ),
        ("chroot", true, ["chroot / @/uwsgi -M", "chroot --userspec=65534:65534 / @/uwsgi --max-fd 5"]),
        ("unshare", true, ["unshare --fork %", "unshare -f %", "unshare -m %"]),
        ("gosu", true, ["gosu nobody %", "gosu nobody:nogroup celery uwsgi"]),
        (
            "su", true,
            [
                "su nobody -s /bin/sh -c 'uwsgi -M'", "su -s /bin/sh -c 'exec uwsgi --max-fd 5' nobody",
                "su -m -s /bin/sh nobody -c uwsgi", "su --shell=/bin/sh --command='uwsgi -M' nobody",
                "su -s /bin/sh nobody -c 'exec \"$0\" \"$@\"' -- uwsgi -M",
                "su -s /bin/sh nobody -- -c 'uwsgi -M'",
                "su - nobody -s /bin/sh -c '@/uwsgi -M'", "su -l -s /bin/sh nobody -c '@/uwsgi'",
                "su -w UWSGI_MAX_FD -l -s /bin/sh nobody -c '@/uwsgi'",
                "su -s /bin/sh nobody -c 'celery uwsgi'",
            ]
        ),
        (
            "runuser", true,
            [
                "runuser -u nobody -- %", "runuser --user=nobody -- %", "runuser -u nobody celery uwsgi",
                "runuser nobody -s /bin/sh -c 'uwsgi -M'", "runuser -l nobody -s /bin/sh -c '@/uwsgi -M'",
                "runuser - nobody -s /bin/sh -c @/uwsgi",
            ]
        ),
        (
            "sudo", true,
            [
                "sudo @/uwsgi -M", "sudo -E @/uwsgi", "sudo -u nobody @/uwsgi -M", "sudo -Eu nobody @/uwsgi",
                "sudo --preserve-env=UWSGI_MAX_FD @/uwsgi", "sudo --preserve-env=PATH @/uwsgi",
                "sudo --preserve-env @/uwsgi",
                "sudo UWSGI_MAX_FD=7 @/uwsgi", "sudo -n -- @/uwsgi --max-fd 5",
                "sudo -unobody @/celery uwsgi",
                "sudo -H --user=nobody @/uwsgi -M", "sudo -E -u nobody env -u UWSGI_MAX_FD @/uwsgi",
            ]
        ),
    ]

    @Test(
        .enabled(if: wrappers.contains { RealPrograms.has($0.program) }, "none of the wrappers is installed"))
    func `Wrappers start what we say`() throws {
        let programs = try RealPrograms()
        defer { programs.remove() }
        var compared = 0
        for wrapper in Self.wrappers {
            guard RealPrograms.has(wrapper.program) else {
                print("differential test: \(wrapper.program) skipped, it is not installed")
                continue
            }
            guard !wrapper.needsRoot || RealPrograms.isRoot else {
                print("differential test: \(wrapper.program) skipped, it needs root")
                continue
            }
            for line in wrapper.lines {
                if let reason = try Self.obstacle(to: line, programs) {
                    print("differential test: \(line) skipped, \(reason)")
                    continue
                }
                for options in ["-M", "--max-fd 2048", "--max-fd=0 x"]
                where line.contains("%") || options == "-M" {
                    try compare(line, options: options, programs)
                    compared += 1
                }
            }
        }
        #expect(compared > 50)
    }

    /// Why a wrapper cannot start even the simplest program where the tests run: in a container without privileges,
    /// say, or without a terminal. What it cannot start there proves nothing about it.
    private static func obstacle(to line: String, _ programs: RealPrograms) throws -> String? {
        // Where `PATH` does not get through, the stand-ins' folder is named, which has no `true`.
        let harmless = line.replacing("@/uwsgi", with: "/bin/true").replacing("@/celery", with: "/bin/true")
            .replacing("%", with: "true").replacing("uwsgi", with: "true").replacing("celery", with: "true")
        let command = words(harmless)
        guard let path = command.first.flatMap({ Program.path(of: $0) }) else { return "it is not installed" }
        do {
            let ended = try Program.run(
                path, Array(command.dropFirst()), environment: ["PATH": programs.searchPath], limit: 10)
            return ended.status == 0 ? nil : "here it cannot even start `true`: \(ended.error)"
        } catch is Program.TimedOut {
            return "here it does not end"
        }
    }

    private func compare(_ line: String, options: String, _ programs: RealPrograms) throws {
        let folder = programs.searchPath.prefix { $0 != ":" }
        let text = line.replacing("%", with: "uwsgi " + options).replacing("@", with: String(folder))
        let calls = try programs.run(words(text), environment: ["UWSGI_MAX_FD": "4096", "A": "b"])
        let detection = detect(text, ["UWSGI_MAX_FD": "4096", "A": "b"])
        #expect((detection.certainty == .certain) == !calls.isEmpty, "\(text)\n\(calls)\n\(detection)")
        guard let expected = RealPrograms.expected(calls), detection.runsUWSGI else { return }
        #expect(detection.maxFD.number == expected.number, "\(text)\n\(calls)\n\(detection.maxFD)")
        // Without the variable uWSGI would have none: then it must not seem to be in force.
        #expect(
            (detection.maxFD.state == .set) == (expected.state == .set),
            "\(text)\n\(calls)\n\(detection.maxFD)")
    }

    // MARK: uWSGI itself

    /// `--get` prints an option's value and exits: no server starts.
    @Test(.enabled(if: RealPrograms.has("uwsgi-core"), "uwsgi-core is not installed"))
    func `uWSGI reads options as we do`() throws {
        let lines = [
            "--max-fd 2048", "--max-fd=2048", "--max-f 2048", "--max-f=2048", "--set max-fd=2048",
            "--set=max-fd=2048",
            "-S max-fd=2048", "-Smax-fd=2048", "-MTSmax-fd=2048", "--set-ph n=2048 --max-fd %(n)",
            "--max-fd $(FD)",
            "--set n=20 --max-fd=%(n)48", "x --max-fd 2048 y", "--pyargv --max-fd", "--http-socket --max-fd",
            "-p 4 --max-fd 2048", "-p4 --max-fd 2048", "-M -s :0 --max-fd 64k", "--set max_fd=2048",
            "-- --max-fd 2048",
            "--set-ph max-fd=2048",
        ]
        for line in lines where !line.contains("pyargv") {
            for variable in [
                nil, "UWSGI_MAX_FD", "UWSGI_max-fd", "UWSGI_MAXFD", "uwsgi_max_fd", "UWSGI_MAX.FD",
            ] {
                let environment = variable.map { [$0: "4096"] } ?? [:]
                let printed = try value(ofMaxFD: words(line), environment: environment)
                var example = container(["uwsgi"] + words(line))
                example.environment = [EnvironmentVariable(name: "FD", value: .literal("2048"))]
                example.environment += environment.map {
                    EnvironmentVariable(name: $0.key, value: .literal($0.value))
                }
                let maxFD = Detector().detect(example).maxFD
                let isPlaceholder = line.contains("set-ph max-fd")
                guard let printed, !isPlaceholder else { continue }
                // `--get` prints the first value, so only whether there is one is compared.
                #expect(
                    printed.isEmpty == (maxFD.number == nil),
                    "\(line) \(variable ?? "-"): \(printed) \(maxFD)")
            }
        }
    }

    /// What uWSGI prints as its max-fd, or `nil` when it refuses the command line.
    private func value(ofMaxFD options: [String], environment: [String: String]) throws -> String? {
        let ended = try Program.run(
            named: "uwsgi-core", ["--get", "max-fd"] + options,
            environment: environment.merging(["PATH": "/usr/bin:/bin", "FD": "2048"]) { mine, _ in mine })
        guard ended.status == 0 else { return nil }
        return ended.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Makes scripts that every shell understands alike, that end, and that start nothing but stand-ins.
struct ScriptGenerator {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    private mutating func choice(_ elements: [String]) -> String {
        elements[random.next(below: elements.count)]
    }

    mutating func script() -> String {
        (0...random.next(below: 2)).map { _ in list(depth: 3) }.joined(
            separator: choice(["\n", "; ", " && "]))
    }

    private mutating func list(depth: Int) -> String {
        guard depth > 0 else { return command() }
        switch random.next(below: 18) {
        case 0: return "if \(test()); then \(list(depth: depth - 1)); else \(list(depth: depth - 1)); fi"
        case 1: return "\(test()) && \(list(depth: depth - 1))"
        case 2: return "\(test()) || \(list(depth: depth - 1))"
        case 3: return "(\(list(depth: depth - 1)))"
        case 4: return "{ \(list(depth: depth - 1)); }"
        case 5:
            return
                "case \(choice(["web", "$EMPTY", "\"$SERVER\"", "'a b'"])) in web) \(list(depth: depth - 1));; uw*) \(list(depth: depth - 1));; *) \(list(depth: depth - 1));; esac"
        case 6: return "f() { \(list(depth: depth - 1)); }; \(choice(["f", "f a", ":"]))"
        case 7: return "for i in \(choice(["", "1", "uwsgi", "a b"])); do \(list(depth: depth - 1)); done"
        case 8: return "while \(choice(["false", "[ a = b ]"])); do \(list(depth: depth - 1)); done"
        case 9: return "until \(choice(["true", "[ a = a ]"])); do \(list(depth: depth - 1)); done"
        case 10: return "\(assignment()); \(list(depth: depth - 1))"
        case 11: return "cat <<E >/dev/null\nuwsgi '\nE\n\(list(depth: depth - 1))"
        case 12:
            return
                "sh -c \(choice(["'uwsgi a'", "\"exec $SERVER b\"", "'exec \"$@\"' n uwsgi c", "'celery uwsgi'"]))"
        case 13: return "\(choice(["exit", "exec celery", "exec", ":"])); \(command())"
        case 14: return "\(command()) 2>&1 | cat"
        case 15: return "{ # uwsgi\n\(command()) # uwsgi\n}"
        default: return command()
        }
    }

    private mutating func test() -> String {
        choice([
            "true", "false", "[ -n \"$EMPTY\" ]", "[ -z \"$EMPTY\" ]", "[ \"$SERVER\" = uwsgi ]",
            "[ \"$SERVER\" != uwsgi ]",
            "! true", "! [ a = b ]", "test 1 -lt 2", "test 3 -le 2", "[ a = a -a b = c ]", "[ ! a = b ]",
            "[ -n \"${N:-}\" ]",
        ])
    }

    private mutating func assignment() -> String {
        choice([
            "X=uwsgi", "X='celery'", "export UWSGI_MAX_FD=\(random.next(below: 3) * 1024)", "UWSGI_MAX_FD=77",
            "unset UWSGI_MAX_FD",
            "export Y=\"a  b\"", "N=2048", ": ${N:=512}", "set -- uwsgi x", "shift", "SERVER=celery",
            "unset SERVER",
            "set -a; Z=1; set +a", "readonly R=1", "eval X=uwsgi",
        ])
    }

    private mutating func command() -> String {
        let prefix = choice([
            "", "", "", "exec ", "command ", "A=1 ", "UWSGI_MAX_FD=99 ", "nice ", "env -u UWSGI_MAX_FD ",
            "eval ",
        ])
        let program = choice([
            "uwsgi", "'uwsgi'", "uw\"sg\"i", "u\\wsgi", "$SERVER", "\"$SERVER\"", "${X:-celery}",
            "${SERVER:-celery}", "celery",
            "\"$1\"", "$1", "\"$@\"", "echo uwsgi", "${EMPTY:-uwsgi}", "${EMPTY-celery}", "$EMPTY uwsgi",
            "${SERVER:+celery}", "celery uwsgi",
            "$(which uwsgi)", "$(command -v uwsgi)", "`echo uwsgi`",
        ])
        let options = choice([
            "", "-M", "--max-fd 2048", "--max-fd $N", "--max-fd=${N:-512}", "'a b' \"c'd\"",
            "--max-fd \"20\"48", "$Y", "-M > /dev/null",
        ])
        return "\(prefix)\(program) \(options)"
    }
}
