import Basics
@testable import UWSGI

/// Rewrites a uWSGI command line in ways that do not change what it does, as the input's bytes choose, and checks
/// that it is still found, for certain and with its max-fd.
func fuzzBypass(_ bytes: [UInt8]) throws {
    var rewriting = Rewriting(FuzzInput(bytes))
    rewriting.run()
    let detection = try examine(rewriting.container)
    try require(detection.certainty == .certain, "lost: \(rewriting.container)")
    try require(detection.maxFD.number == 2048, "max-fd lost: \(rewriting.container) \(detection.maxFD)")
    try require(detection.maxFD.state == .set, "not set: \(rewriting.container)")
}

/// A command line on its way through rewrites.
struct Rewriting {
    private var input: FuzzInput
    private var words: [String] = []
    private var environment: [EnvironmentVariable] = []
    private var isCleared = false

    init(_ input: FuzzInput) { self.input = input }

    private static let wrappers: [[String]] = [
        ["tini", "--"], ["dumb-init"], ["gosu", "uwsgi"], ["su-exec", "uwsgi:uwsgi"],
        ["sudo", "-E", "-u", "uwsgi"],
        ["setpriv", "--reuid=uwsgi", "--"], ["nice", "-n", "5"], ["ionice", "-c2"], ["nohup"],
        ["timeout", "-k", "5", "1h"],
        ["stdbuf", "-oL"], ["env", "A=1"], ["env", "-u", "B", "--"], ["setsid", "-w"], ["chrt", "-b", "0"],
        ["taskset", "-c", "0"], ["newrelic-admin", "run-program"], ["ddtrace-run"], ["poetry", "run"],
        ["uv", "run"],
        ["conda", "run", "-n", "uwsgi"], ["doppler", "run", "--"], ["dockerize", "-wait", "tcp://uwsgi:1"],
        ["wait-for-it.sh", "uwsgi:3031", "--"], ["s6-setuidgid", "uwsgi"], ["/docker-entrypoint.sh"],
        ["runuser", "-u", "uwsgi", "--"], ["busybox", "nice"], ["strace", "-f"], ["flock", "/tmp/uwsgi"],
        ["prlimit", "-n9999"],
        ["opentelemetry-instrument"], ["watchmedo", "auto-restart", "--"], ["/usr/bin/time", "-v"],
        ["unshare", "-f"],
        ["start-stop-daemon", "--start", "--exec"], ["chroot", "/"], ["xvfb-run", "-a"], ["with-contenv"],
        ["op", "run", "--"],
    ]

    var container: ContainerSpecification {
        ContainerSpecification(image: "x", command: words, environment: environment)
    }

    mutating func run() {
        let program = input.choice([
            "uwsgi", "/usr/bin/uwsgi", "uwsgi-core", "uwsgi_python3", "./venv/bin/uwsgi", "pyuwsgi",
        ])
        let option = input.choice([
            ["--max-fd", "2048"], ["--max-fd=2048"], ["--max-f", "2048"], ["--set", "max-fd=2048"],
            ["-S", "max-fd=2048"],
            ["-Smax-fd=2048"], ["--max-fd", "9", "--max-fd", "2048"],
            ["--set-ph", "n=2048", "--max-fd=%(n)"],
        ])
        // A file that cannot be seen may give a placeholder another value.
        let files = option[0] == "--set-ph" ? [] : [["/etc/app.ini"], ["--ini", "/etc/app.ini"]]
        let others = input.choice([[], ["--http", ":80"], ["-M", "-p", "4"]] + files)
        words = [program] + (input.byte() % 2 == 0 ? others + option : option + others)
        // Five functions in five shells nest deeper than any is followed to; what is too deep is only likely.
        for _ in 0..<(input.byte() % 5) { rewrite() }
        // Last, because a reference that a script quotes is none to the kubelet.
        for _ in 0..<(input.byte() % 3) { reference() }
    }

    private mutating func rewrite() {
        switch input.byte() % 5 {
        case 0, 1: wrap()
        case 2: words = [input.choice(["sh", "bash", "dash", "/bin/sh"]), "-c", script()]
        case 3:
            words =
                [
                    "sh", input.choice(["-c", "-ec", "-euc"]),
                    input.choice(["exec \"$@\"", "\"$@\"", "exec \"${@}\""]), "name",
                ] + words
        default:
            let user = input.choice(["app", "uwsgi"])
            words = input.choice([
                ["su", user, "-c", script()], ["runuser", user, "-c", script()],
                ["su", "-", user, "-c", script()],
            ])
        }
    }

    private mutating func wrap() {
        let wrapper = input.choice(Self.wrappers)
        if wrapper[0] == "start-stop-daemon" {
            words = wrapper + [words[0], "--"] + words.dropFirst()
        } else {
            words = wrapper + words
        }
    }

    /// A word by way of a variable of the container: `$(NAME)`.
    private mutating func reference() {
        let index = input.byte() % words.count
        // A dollar sign in a value would be expanded as well.
        guard !words[index].contains("$") else { return }
        let name = "V\(environment.count)"
        environment.append(EnvironmentVariable(name: name, value: .literal(words[index])))
        words[index] = "$(\(name))"
    }

    // MARK: Scripts

    private mutating func script() -> String {
        // The kubelet makes one dollar sign of two, so a script's own have to be doubled where it could.
        var line = words.map { quote($0) }.joined(separator: input.choice([" ", "  ", "\t", " \\\n "]))
        switch input.byte() % 16 {
        case 0: line = "exec \(line)"
        case 1: line = "cd /srv && \(line)"
        case 2: line = "(\(line))"
        case 3: line = "{ \(line); }"
        case 4: line = "\(line) & wait"
        case 5: line = "if true; then \(line); fi"
        case 6: line = "# uwsgi --max-fd 0\n\(line)"
        case 7: line = "cat <<E\nuwsgi --max-fd 0 '\nE\n\(line)\n"
        case 8: line = "run() { \(line); }; run"
        case 9: line = "\(line) 2>&1 | tee /tmp/log"
        case 10: line = "while :; do \(line); done"
        case 11: line = "case a in b) celery;; a) \(line);; esac"
        case 12: line = ">/tmp/log \(line)"
        case 13: line = "command \(line)"
        case 14: line = "set -- \(line); \"$@\""
        default: break
        }
        return line
    }

    private mutating func quote(_ word: String) -> String {
        switch input.byte() % 4 {
        case 0:
            return "'"
                + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
                + "'"
        case 1: return "\"" + word.map { "\"\\$`".contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
        case 2: return word.map { $0 == "\n" ? "'\n'" : "\\\($0)" }.joined()
        default:
            let isPlain =
                !word.isEmpty
                && word.utf8.allSatisfy {
                    $0.isIdentifierByte
                        || [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: ":")]
                            .contains($0)
                }
            return isPlain
                ? word
                : "'"
                    + word.split(separator: "'", omittingEmptySubsequences: false).joined(
                        separator: "'\"'\"'") + "'"
        }
    }
}
