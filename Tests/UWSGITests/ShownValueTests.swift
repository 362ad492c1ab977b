import Testing
import UWSGI

/// What is shown of a value that came of an expansion is at most a number: it may be a password that somebody put
/// into the wrong place.
@Suite struct ShownValueTests {
    static let password = "hunter2-9b1c"

    /// A command and variables that bring the password to max-fd, and what is shown of it.
    private static let leaks: [(command: [String], variables: [(String, String)], value: String?)] = [
        (["uwsgi"], [("UWSGI_MAX_FD", "$(PASSWORD)")], "$(PASSWORD)"),
        (["uwsgi"], [("UWSGI_MAX_FD", "x$(PASSWORD)y")], "x$(PASSWORD)y"),
        (["uwsgi"], [("UWSGI_SET", "max-fd=$(PASSWORD)")], "$(PASSWORD)"),
        (["uwsgi"], [("ALL", "max-fd=$(PASSWORD)"), ("UWSGI_SET", "$(ALL)")], "$(ALL)"),
        (["uwsgi"], [("A", "$(PASSWORD)"), ("UWSGI_MAX_FD", "$(A)")], "$(A)"),
        (["uwsgi", "--max-fd", "$(PASSWORD)"], [], "$(PASSWORD)"),
        (["uwsgi", "--max-fd=$(PASSWORD)"], [], "$(PASSWORD)"),
        (["uwsgi", "--set", "max-fd=$(PASSWORD)"], [], "$(PASSWORD)"),
        (["uwsgi", "$(OPTION)"], [("OPTION", "--max-fd=$(PASSWORD)")], "$(OPTION)"),
        (["env", "UWSGI_MAX_FD=$(PASSWORD)", "uwsgi"], [], "(expanded)"),
        (["env", "-S", "uwsgi --max-fd $(PASSWORD)"], [], "(expanded)"),
        (["sh", "-c", "uwsgi --max-fd $PASSWORD"], [], "(expanded)"),
        (["sh", "-c", "uwsgi --max-fd=\"${PASSWORD}\""], [], "(expanded)"),
        (["sh", "-c", "UWSGI_MAX_FD=$PASSWORD uwsgi"], [], "(expanded)"),
        (["sh", "-c", "export UWSGI_MAX_FD=${PASSWORD:-1024}; exec uwsgi"], [], "(expanded)"),
        (["sh", "-c", "uwsgi --max-fd $1", "sh", "$(PASSWORD)"], [], "(expanded)"),
        (["sh", "-c", "uwsgi --max-fd $(PASSWORD)"], [], "(expanded)"),
        (["sh", "-c", "exec uwsgi \"$@\"", "sh", "--max-fd=$(PASSWORD)"], [], "$(PASSWORD)"),
    ]

    @Test(arguments: leaks)
    func `A password is never shown`(command: [String], variables: [(String, String)], value: String?) {
        let detection = Self.detect(command, [("PASSWORD", Self.password)] + variables)
        #expect(detection.runsUWSGI)
        #expect(detection.maxFD.value == value)
        #expect([MaxFD.State.ineffective, .incurable].contains(detection.maxFD.state))
        #expect(!"\(detection)".contains("hunter2"))
    }

    @Test(
        arguments: [
            (["uwsgi", "--max-fd", "4k"], [], "4k"), (["uwsgi", "--max-fd=4k"], [], "4k"),
            (["uwsgi", "--set", "max-fd=4k"], [], "4k"),
            (["env", "UWSGI_MAX_FD=4k", "uwsgi"], [], "4k"),
            (["sh", "-c", "uwsgi --max-fd 4k --http :$PORT"], [], "4k"),
            (["sh", "-c", "uwsgi --max-fd='4k'"], [], "4k"),
            (["sh", "-c", "UWSGI_MAX_FD=4k exec uwsgi"], [], "4k"),
            (["uwsgi"], [("UWSGI_MAX_FD", "4k")], "4k"), (["uwsgi"], [("UWSGI_SET", "max-fd=4k")], "4k"),
            (["uwsgi"], [("UWSGI_MAX_FD", "$(NONE)")], "$(NONE)"),
            // A number is one wherever it comes from.
            (["uwsgi"], [("N", "0"), ("UWSGI_MAX_FD", "$(N)")], "0"),
            (["sh", "-c", "uwsgi --max-fd $N"], [("N", "0")], "0"),
        ] as [([String], [(String, String)], String)])
    func `What its author wrote is shown`(command: [String], variables: [(String, String)], value: String) {
        #expect(Self.detect(command, variables).maxFD.value == value)
    }

    @Test
    func `A number that is too long for max-fd is not shown`() {
        let card = "4111111111111111"
        let detection = Self.detect(["uwsgi"], [("CARD", card), ("UWSGI_MAX_FD", "$(CARD)")])
        #expect(detection.maxFD.value == "$(CARD)")
        #expect(!"\(detection)".contains(card))
    }

    @Test
    func `A script's name that came of an expansion is not shown`() {
        let detection = Self.detect(
            ["/opt/run-$(PASSWORD)-uwsgi.sh"], [("PASSWORD", Self.password)])
        #expect(detection.evidence == ["command[0] (expanded)"])
    }

    private static func detect(_ command: [String], _ variables: [(String, String)]) -> Detection {
        Detector().detect(
            ContainerSpecification(
                image: "example", command: command,
                environment: variables.map { EnvironmentVariable(name: $0.0, value: .literal($0.1)) }))
    }
}
