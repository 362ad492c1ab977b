import UWSGI

/// A container whose command line is a generated script.
struct Example: Sendable {
    /// How the script's shell is called, and which shells that name may be.
    struct Invocation: Sendable {
        var words: [String]
        /// Options and all else that stands before the script.
        var options: [String]
        var shells: [Shell]
    }

    /// A variable of the container: a text, or `nil` where a reference gives it.
    struct Variable: Sendable {
        var name: String
        var value: String?
    }

    var invocation: Invocation
    var script: ScriptTree
    /// What follows the script: its name, and its positional parameters.
    var arguments: [String]
    var variables: [Variable]
    /// Whether there is an `envFrom`.
    var hasSource: Bool

    /// What a shell reads; the end of the last line is left out.
    var scriptText: String {
        var text = script.text
        while text.hasSuffix("\n") || text.hasSuffix(" ") || text.hasSuffix(";") && !text.hasSuffix(";;") {
            text.removeLast()
        }
        return text
    }

    var container: ContainerSpecification {
        ContainerSpecification(
            image: "registry.example.com/team/app:1.0",
            command: invocation.words + invocation.options + [scriptText] + arguments,
            environment: variables.map {
                EnvironmentVariable(name: $0.name, value: $0.value.map { .literal($0) } ?? .reference)
            },
            environmentSources: hasSource ? [EnvironmentSource()] : [])
    }

    /// The command line as a person would type it.
    var description: String {
        let environment = variables.map { "\($0.name)=\($0.value.map(Self.quoted) ?? "<by reference>")" }
        let source = hasSource ? ["<envFrom>"] : []
        let words = environment + source + invocation.words + invocation.options
        return "\(words.joined(separator: " ")) \(Self.quoted(scriptText)) "
            + arguments.map(Self.quoted).joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}

extension Example {
    /// A random one.
    init(random: inout SplitMix64) {
        invocation = Self.invocation(&random)
        let isBash = invocation.shells == [.bash] || invocation.shells.contains(.bash) && random.oneIn(8)
        var generator = ScriptGenerator(
            dialect: isBash ? .bash : .posix, random: SplitMix64(seed: random.next()))
        script = generator.script()
        arguments = random.oneIn(2) ? [] : ["name"] + random.pick(Self.argumentLists)
        variables = []
        for (name, values) in Self.values where random.oneIn(4) {
            variables.append(Variable(name: name, value: random.oneIn(4) ? nil : random.pick(values)))
        }
        hasSource = random.oneIn(3)
    }

    private static func invocation(_ random: inout SplitMix64) -> Invocation {
        let options = random.oneIn(8) ? ["-ec"] : random.oneIn(20) ? ["-o", "errexit", "-c"] : ["-c"]
        switch random.below(10) {
        case 0...3: return Invocation(words: ["sh"], options: options, shells: Shell.allCases)
        case 4: return Invocation(words: ["/bin/sh"], options: options, shells: Shell.allCases)
        case 5...7: return Invocation(words: ["bash"], options: options, shells: [.bash])
        case 8: return Invocation(words: ["dash"], options: options, shells: [.dash])
        default: return Invocation(words: ["busybox", "sh"], options: options, shells: [.busybox])
        }
    }

    private static let argumentLists: [[String]] = [
        [], ["uwsgi"], ["uwsgi", "-M"], ["web"], ["web", "uwsgi"], ["-M"], ["--http-socket", ":0"],
        ["celery"], ["--max-fd", "4096"], ["x", "uwsgi", "--max-fd", "4096"], ["-f", "4096"], [""],
    ]

    /// The variables that a container, or a ConfigMap, may set, and to what.
    static let values: [(name: String, values: [String])] = [
        ("UWSGI_MAX_FD", ["4096", "0", "", "2048"]),
        ("MODE", ["web", "uwsgi", "worker", "", "0"]),
        ("X", ["uwsgi", "celery", "uwsgi -M", "web", "bin/uwsgi", ""]),
        ("FD", ["4096", "0", "512", ""]),
        ("OPTS", ["-M", "--max-fd 4096", "", "--http-socket :0"]),
        ("CMD", ["celery", "uwsgi", "uwsgi -M"]),
    ]
}
