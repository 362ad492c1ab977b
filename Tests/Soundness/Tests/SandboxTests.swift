import Testing
import UWSGI

@testable import Soundness

/// What the sandbox reports of scripts of which everybody can say what they do.
@Suite(.serialized, .enabled(if: Sandbox.missingShell == nil, "a shell is not installed"))
struct SandboxTests {
    private static let unlimited: [Run.Start] = [.unlimited]
    private static let limited: [Run.Start] = [.limited(4096)]

    private static let scripts: [(script: String, starts: [Run.Start])] = [
        ("uwsgi", unlimited),
        ("exec uwsgi --http-socket :0 -Mp 2", unlimited),
        ("celery", []),
        ("bin/celery", []),
        ("gunicorn uwsgi:app", []),
        ("uwsgi --version", []),
        ("uwsgi --no-such-option", [.refused]),
        ("uwsgi --max-fd 4096", limited),
        ("uwsgi --max-fd=4096", limited),
        ("uwsgi -Smax-fd=4096", limited),
        ("uwsgi --max-fd 4096 --max-fd 0", unlimited),
        ("uwsgi --max-fd -1", [.refused]),
        ("uwsgi --http-socket --max-fd 4096", unlimited),
        ("uwsgi --if-env NONE --max-fd 4096 --endif", unlimited),
        ("uwsgi --if-not-env NONE --max-fd 4096 --endif", limited),
        ("UWSGI_MAX_FD=4096 uwsgi", limited),
        ("UWSGI_MAX_FD=4096 env -u UWSGI_MAX_FD uwsgi", unlimited),
        ("UWSGI_MAX_FD=4096 env -i PATH=\"$PATH\" uwsgi", unlimited),
        ("ulimit -n 4096; uwsgi", limited),
        ("ulimit -S -n 4096; uwsgi --max-fd 0", limited),
        ("uwsgi & uwsgi --max-fd 4096; wait", unlimited + limited),
        ("cp \"$(which uwsgi)\" www; ./www", unlimited),
        ("ln -s \"$(which uwsgi)\" www; ./www", unlimited),
        ("bin/uwsgi", unlimited),
        ("cd /; uwsgi", unlimited),
        ("migrate && uwsgi || celery", unlimited),
    ]

    @Test(arguments: Shell.allCases)
    func `Starts are noted`(in shell: Shell) throws {
        let sandbox = try Sandbox(SandboxPrograms(), patience: 20_000)
        for (script, starts) in Self.scripts {
            let run = try sandbox.run(Self.example(script, shell), in: .expected(shell))
            // Of two that run side by side either may come first.
            #expect(Set(run.starts.map(\.description)) == Set(starts.map(\.description)), "\(script)")
            #expect(run.hasEnded, "\(script)")
        }
    }

    /// No process outlives its script, not even one with a process group of its own; and the next script is run.
    @Test(arguments: [
        "while :; do :; done", "while :; do sleep 1; done & wait", "setsid sh -c 'while :; do :; done'",
    ])
    func `What loops is ended`(_ script: String) throws {
        let sandbox = try Sandbox(SandboxPrograms(), patience: 300)
        let example = Self.example(script, .dash)
        #expect(try !sandbox.run(example, in: .expected(.dash)).hasEnded)
        #expect(try !sandbox.run(example, in: .expected(.dash)).hasEnded)
    }

    /// What a world says is what a script meets.
    @Test(arguments: Shell.allCases)
    func `Worlds differ`(in shell: Shell) throws {
        let sandbox = try Sandbox(SandboxPrograms(), patience: 20_000)
        func starts(_ script: String, _ world: World) throws -> Bool {
            try !sandbox.run(Self.example(script, shell), in: world).starts.isEmpty
        }
        let plain = World(shell: shell)
        let other = World(
            shell: shell, statuses: ["migrate": .fails, "nc": .succeedsLater],
            files: [World.File(path: "ready", text: "x"), World.File(path: "logs/", text: "")],
            variables: ["MODE": "web"])
        for (script, inPlain, inOther) in [
            ("migrate && uwsgi", true, false), ("nc && uwsgi", true, false), ("nc; nc && uwsgi", true, true),
            ("[ -f ready ] && uwsgi", false, true), ("[ -d logs ] && uwsgi", false, true),
            ("[ \"$(cat ready)\" = x ] && uwsgi", false, true), ("[ \"$MODE\" = web ] && uwsgi", false, true),
            // Nothing is left of the script before.
            ("[ -e left ] && uwsgi; : > left", false, false),
        ] {
            #expect(try starts(script, plain) == inPlain, "\(script)")
            #expect(try starts(script, other) == inOther, "\(script)")
        }
    }

    private static func example(_ script: String, _ shell: Shell) -> Example {
        Example(
            invocation: Example.Invocation(words: ["sh"], options: ["-c"], shells: [shell]),
            script: ScriptTree(kind: .statement, parts: [.text(script)]), arguments: [], variables: [],
            hasSource: true)
    }
}
