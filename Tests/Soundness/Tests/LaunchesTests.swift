import Soundness
import Testing
import UWSGI

/// Detection held against `Fixtures/launches.json`. `swift run soundness launches` prints the same, and all at once.
@Suite struct LaunchesTests {
    /// What detection cannot get right, by the command line and with the reason; each has still to be wrong.
    private static let excused: [(line: String, reason: String)] = [
        (
            "sleep infinity",
            "a lifecycle hook is a command line of its own, which admission gives to detection (PostStartHook)"
        ),
        (
            "uwsgi --ini f/s.ini:web",
            "the limit stands in a file of the image, which cannot be seen"
        ),
        (
            "uwsgi f/m.ini",
            "the limit stands in a file of the image, which cannot be seen"
        ),
        (
            "sh -c '[ \"$(id -u)\" = 0 ] && exec su root -c \"uwsgi --http-socket :0\"'",
            "PAM set the limit on the machine where it was recorded, and does not elsewhere"
        ),
        (
            "s6-softlimit -o 4096 uwsgi --http-socket :0",
            "recorded without the wrapper: uWSGI takes the soft limit, which it lowers"
        ),
        (
            "chpst -o 4096 uwsgi --http-socket :0",
            "recorded without the wrapper: uWSGI takes the soft limit, which it lowers"
        ),
        (
            "softlimit -o 4096 uwsgi --http-socket :0",
            "recorded without the wrapper: uWSGI takes the soft limit, which it lowers"
        ),
        (
            "sh -c 'exec $(cat /srv/cmdfile)'",
            "the program stands in a file of the image, and nothing speaks for uWSGI"
        ),
        (
            "sh -c 'UWSGI_MAX_FD=4096 : ; uwsgi --http-socket :0'",
            "dash does not pass on what is assigned before a special built-in command; bash called sh does"
        ),
        (
            "sh -c 'UWSGI_MAX_FD=4096 . /dev/null; uwsgi --http-socket :0'",
            "dash does not pass on what is assigned before a special built-in command; bash called sh does"
        ),
        (
            "UWSGI_MAX_FD=4096 sh -c '[ -f /etc/passwd ] && unset UWSGI_MAX_FD; exec uwsgi --http-socket :0'",
            "with or without a limit, as a file or a variable decides that cannot be seen"
        ),
        (
            "sh -c 'OPTS=\"--http-socket :0\"; [ \"$HOSTNAME\" = x ] && OPTS=\"$OPTS --max-fd 4096\"; uwsgi $OPTS'",
            "with or without a limit, as a file or a variable decides that cannot be seen"
        ),
    ]

    private static func failures() throws -> [LaunchReport.Failure] {
        try LaunchReport(LaunchCase.all()).failures
    }

    @Test func `All launches are read`() throws {
        #expect(try LaunchCase.all().count == 723)
    }

    @Test(arguments: LaunchFault.allCases)
    func `No launch is unsound`(_ fault: LaunchFault) throws {
        for failure in try Self.failures() where failure.fault == fault {
            if let excuse = Self.excused.first(where: { $0.line == failure.example.commandLine }) {
                print("launches: left: \(failure.line): \(excuse.reason)")
            } else {
                Issue.record("\(failure.line)")
            }
        }
    }

    @Test func `Every excuse is needed`() throws {
        let wrong = Set(try Self.failures().map(\.example.commandLine))
        for excuse in Self.excused where !wrong.contains(excuse.line) {
            Issue.record("detection is right about this launch: remove it from the list: \(excuse.line)")
        }
    }

    /// A fault is found where there is one: each kind of verdict that is wrong, and right ones beside it.
    @Test func `Faults are told`() throws {
        let cases = try LaunchCase.all()
        let unlimited = try #require(cases.first { $0.startsUWSGI && $0.maxFD == nil })
        let limited = try #require(cases.first { $0.startsUWSGI && $0.maxFD == 4096 })
        let nothing = try #require(cases.first { !$0.startsUWSGI })
        func found(_ certainty: Certainty?, _ state: MaxFD.State, _ number: Int? = nil) -> Detection {
            Detection(certainty: certainty, evidence: [], maxFD: MaxFD(state: state, number: number))
        }
        #expect(LaunchFault(.none, of: unlimited) == .missed)
        #expect(LaunchFault(found(.likely, .unset), of: unlimited) == nil)
        #expect(LaunchFault(found(.certain, .set, 4096), of: unlimited) == .wronglySet)
        #expect(LaunchFault(found(.certain, .unset), of: limited) == .limitNotSeen)
        #expect(LaunchFault(found(.certain, .set, 4096), of: limited) == nil)
        #expect(LaunchFault(found(.certain, .set, 512), of: limited) == .otherLimit)
        #expect(LaunchFault(found(.certain, .unset), of: nothing) == .falselyCertain)
        #expect(LaunchFault(.none, of: nothing) == nil)
    }
}
