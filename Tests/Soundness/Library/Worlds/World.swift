/// A shell that runs the scripts.
public enum Shell: String, Sendable, CaseIterable { case dash, bash, busybox }

/// What a script finds where it runs, beyond what its container's specification says.
struct World: Sendable, Equatable {
    /// How a program ends.
    enum Status: String, Sendable {
        case succeeds = "0"
        case fails = "1"
        case succeedsLater = "once"
        /// It starts what its arguments name, as an entry point does, or what it is fed with.
        case handsOn = "hands"
        /// It runs what it is fed with.
        case runsInput = "feeds"
        /// It puts uWSGI where `PATH` leads to.
        case installs
    }

    struct File: Sendable, Equatable {
        var path: String
        var text: String
    }

    var shell: Shell
    /// Programs that do not succeed; `server` is uWSGI.
    var statuses: [String: Status] = [:]
    /// Whether programs that a script may ask for are installed: ``optionalPrograms``.
    var hasOptionalPrograms = true
    /// Whether uWSGI is not installed, unless a program does that.
    var lacksUWSGI = false
    /// Whether ``wrappers`` pass over options that those of this machine refuse: which ones an image's know cannot be seen.
    var hasLenientWrappers = false
    /// Files, and folders by a slash at the end.
    var files: [File] = []
    /// What references and `envFrom` give.
    var variables: [String: String] = [:]
    /// Whether the image has a say too: it may set variables, and its own programs may start others.
    var isOfImage = false

    /// The file that stands for standard input.
    static let input = ".input"

    /// The programs that are stood in for, and what they print.
    static let programs: [(name: String, output: String)] = [
        ("migrate", ""), ("celery", ""), ("gunicorn", ""), ("sleep", ""), ("mkdir", ""), ("touch", ""),
        ("chown", ""), ("pkill", ""), ("pgrep", "42"), ("nc", ""), ("curl", "ok"), ("grep", ""),
        ("pg_isready", ""), ("pip", ""), ("id", "0"), ("which", ""), ("start.sh", ""),
        // Words that stand elsewhere in scripts, and may come to stand where a program is named.
        ("web", ""), ("worker", ""), ("x", ""), ("a", ""), ("b", ""), ("name", ""), ("2", ""), ("4096", ""),
        ("r", ""), ("u", ""), ("h", ""), ("e", ""), ("g", ""), ("cmd", ""), ("M", ""), ("y", ""),
        ("time", ""),
        ("app-uwsgi", ""),
        ("UWSGI", ""), ("-M", ""), ("-f", ""), ("--max-fd", ""), ("--http-socket", ""),
        ("--max-fd=4096", ""), ("--max-fd=2048", ""), ("--if-env", ""), ("--set", ""), ("--version", ""),
        // What expansions leave of such words, and functions that are not defined where they are called.
        ("i", ""), ("ry", ""), ("celer", ""), ("app", ""), ("f1", ""), ("f2", ""), ("f3", ""), ("f4", ""),
    ]

    /// How programs end where a world does not say so: dash has no word of its own for `time`.
    static func usualStatus(of program: String) -> Status { program == "time" ? .handsOn : .succeeds }

    /// Programs of which nothing says what they do.
    static let unknownPrograms = [
        "r", "u", "h", "e", "g", "cmd", "M", "y", "start.sh", "web", "worker", "x", "a", "b", "name", "2",
        "4096",
        "app-uwsgi", "-M", "-f", "--max-fd",
        "--http-socket",
    ]

    /// Programs that start the one that their arguments name, and that an image may have in a version of its own.
    static let wrappers = ["env", "nice", "nohup", "setsid", "timeout", "xargs"]

    /// Programs that may install others, or run an application's own code, which may.
    private static let installers = ["pip", "curl", "migrate", "celery", "gunicorn"]

    static let optionalPrograms: Set = ["gunicorn", "nc", "curl", "pgrep"]

    /// Whether something in it may itself name uWSGI.
    var namesUWSGI: Bool {
        variables.values.contains { $0.contains("uwsgi") } || files.contains { $0.text.contains("uwsgi") }
    }

    /// In a few words, for a report; nothing where all is as a script's author means it.
    var description: String {
        var words = [shell.rawValue]
        words += statuses.sorted { $0.key < $1.key }.map {
            "\($0.key) \($0.value.description)"
        }
        if lacksUWSGI { words.append("uWSGI is not installed") }
        if hasLenientWrappers { words.append("env and its like take any option") }
        if !hasOptionalPrograms {
            words.append("\(Self.optionalPrograms.sorted().joined(separator: ", ")) are not installed")
        }
        words += files.filter { !$0.path.contains("/") || $0.path == "logs/" }.map {
            "\($0.path) is there\($0.text.isEmpty ? "" : ": \($0.text.debugDescription)")"
        }
        words += variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.debugDescription)" }
        return words.joined(separator: ", ")
    }
}

extension World {
    /// What a script's author expects: every program is there and succeeds, and so is every file that is read.
    static func expected(_ shell: Shell) -> World {
        let folders = ["", "logs/", "logs/logs/"]
        return World(
            shell: shell, statuses: ["pg_isready": .succeedsLater],
            files: folders.flatMap { folder in
                [
                    File(path: folder, text: ""), File(path: folder + "conf", text: "web\n"),
                    File(path: folder + "cmd", text: "celery"),
                    File(path: folder + "env.sh", text: "MODE=web\n"),
                ].filter { !$0.path.isEmpty }
            } + [File(path: input, text: "web\n")])
    }

    /// A random one for a container.
    init(_ example: Example, shell: Shell, isOfImage: Bool, random: inout SplitMix64) {
        self.shell = shell
        self.isOfImage = isOfImage
        let failing = random.pick([0, 0, 3, 2])
        for program in Self.programs where failing > 0 && random.oneIn(failing) {
            statuses[program.name] = random.oneIn(4) ? .succeedsLater : .fails
        }
        if isOfImage, random.oneIn(3) {
            for name in Self.unknownPrograms where random.oneIn(2) {
                statuses[name] = random.oneIn(3) ? .runsInput : .handsOn
            }
        }
        if isOfImage, random.oneIn(5) {
            lacksUWSGI = true
            statuses["which"] = .fails
            for name in Self.unknownPrograms + Self.installers where random.oneIn(2) {
                statuses[name] = .installs
            }
        }
        hasLenientWrappers = isOfImage && random.oneIn(4)
        hasOptionalPrograms = !random.oneIn(4)
        // What a loop waits for comes some time.
        statuses["pg_isready"] = random.oneIn(2) ? .succeedsLater : .succeeds
        if failing > 0 && random.oneIn(3) { statuses["server"] = .fails }
        for file in Self.possibleFiles where random.oneIn(2) {
            files.append(File(path: file.path, text: random.pick(file.texts)))
        }
        for (name, values) in Example.values where !random.oneIn(3) {
            variables[name] = random.pick(values + ["web", ""])
            // What an image sets may be any word that the script asks for.
            if isOfImage, random.oneIn(3) {
                variables[name] = random.pick(["x", "a", "name", "9999", "2", "uwsgi", "-x", "[x]", "--"])
            }
        }
        for name in Self.otherNames where random.oneIn(3) {
            variables[name] = random.pick(["celery", "web", ""] + (isOfImage ? ["[x]", "uwsgi"] : []))
        }
        keepVariables(of: example)
    }

    /// Variables that scripts set, and a source may set before them.
    private static let otherNames = ["Y", "Z", "a", "m", "M"]

    /// Drops the variables that nothing in a container's specification, nor its image, may set.
    mutating func keepVariables(of example: Example) {
        variables = variables.filter { name, _ in
            let last = example.variables.last { $0.name == name }
            return last.map { $0.value == nil } ?? (example.hasSource || isOfImage)
        }
    }

    private static let possibleFiles: [(path: String, texts: [String])] = [
        (input, ["web\n", "uwsgi\n"]), ("maintenance", [""]), ("ready", [""]), ("uwsgi", [""]),
        ("logs/", [""]), ("conf", ["web\n", ""]),
        ("cmd", ["celery", "uwsgi", ""]),
        ("env.sh", ["X=web\n", "X=uwsgi\n", "MODE=web\n", "exit 0\n", "false\n"]),
        ("s.sh", ["", "X=web\n"]), ("e.sh", ["", "X=web\n"]),
    ]
}

extension World.Status {
    /// In a report.
    var description: String {
        switch self {
        case .succeeds: "succeeds"
        case .fails: "fails"
        case .succeedsLater: "fails once"
        case .handsOn: "starts what its arguments name"
        case .runsInput: "runs what it is fed with"
        case .installs: "installs uWSGI"
        }
    }
}
