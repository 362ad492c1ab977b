import Testing

@testable import UWSGI

/// What is not there to be run, or to be passed: names of nothing, words that come to nothing, programs that a shell did
/// not find.
@Suite struct ShellNothingThereTests {
    /// A script that ends where a program of that name would have to be started.
    @Test(arguments: [
        ["bash", "-ec", "'uwsgi -M'; uwsgi"],
        ["sh", "-c", "set -e; CMD='uwsgi -M'; \"$CMD\"; uwsgi"],
        ["sh", "-c", "while 'uwsgi -M'; do uwsgi; done"],
    ])
    func `No such program`(_ command: [String]) { #expect(Detector().detect(container(command)) == .none) }

    /// A program that is called a number, a file that is not named by its path, a word that is not a variable's name.
    @Test(arguments: [
        ["sh", "-ec", "X=$(nproc); X=$((X + 1)); ${X:=uwsgi}; uwsgi"],
        ["sh", "-c", "cp \"$(basename /usr/bin/uwsgi)\" www; ./www"], ["sh", "-c", "cp uwsgi www; ./www"],
        ["bash", "-c", "declare -n X=Y; for X in 1 2; do uwsgi; done"],
        ["dash", "-ec", "if [ -z \"$X\" ]; then env -S 'A=1 uwsgi -M' ${X:?}; fi"],
    ])
    func `Hardly there`(_ command: [String]) {
        #expect(Detector().detect(container(command)).certainty == .likely)
    }

    /// What does not come to be run does not hide the limit of what does.
    @Test(arguments: [
        ("bash", "exec $(command -v uwsgi) --max-fd 4096; printf '%s\\n' 'uwsgi -M' | sh"),
        ("bash", "X=$(which uwsgi); exec $(command -v uwsgi) --max-fd 4096; sh -c \"$X\""),
        ("bash", "exec $(command -v uwsgi) --max-fd 4096 &> log; uwsgi"),
        ("bash", "exec $(command -v uwsgi) --max-fd 4096; chown uwsgi conf && uwsgi"),
        ("sh", "uwsgi --max-fd 4096; trap 'uwsgi -M' EXIT; exec env A=1 x"),
        ("bash", "X=uwsgi; exec $(command -v uwsgi) --max-fd=40{96,96}; sh -c \"$X\""),
        ("sh", "command -v uwsgi || sh -c 'exec \"$0\" \"$@\"' uwsgi; uwsgi --max-fd 2048"),
        ("bash", "Z=$(uwsgi --max-fd 4096); ${!X}"),
        ("bash", "X=x; export X && exec uwsgi --max-fd 900; uwsgi"),
        ("sh", "for X in $OPTS uwsgi; do :; done; uwsgi --max-fd 900; \"$X\" --max-fd 4096"),
        ("sh", "while 'uwsgi -M'; do uwsgi; done; uwsgi --max-fd 4096"),
        ("bash", "case x in *) exec uwsgi --max-fd 900 ;& x) : ;;& *) uwsgi;; esac"),
        ("bash", "uwsgi --max-fd 4096; ${X/web/uwsgi} --version"),
        (
            "sh",
            "set -- a uwsgi; uwsgi --max-fd 900; while [ $# -gt 0 ]; do shift || break; done; exec \"$@\""
        ),
    ])
    func `Limit of what is there`(_ shell: String, _ script: String) {
        let detection = detect(script: script, shell: shell)
        #expect(detection.certainty == .certain && detection.maxFD.state == .set, "\(detection)")
    }

    /// bash gives up the line on which it cannot evaluate an expression, and goes on with the next one.
    @Test(arguments: ["{ X=$((X + 1))\n} > log\n$X", "X=$((X + 1))\n$X"])
    func `Lines that are given up`(_ script: String) {
        #expect(detect(script: script, shell: "bash", ["X": "bin/uwsgi"]).certainty == .likely)
    }

    /// Where the name of a program is not known, the options behind it may be uWSGI's.
    @Test func `Options behind a name that is not known`() {
        #expect(detect(script: "${X/web/uwsgi} --max-fd 4096", shell: "bash").maxFD.state == .hidden)
        #expect(detect(script: "${X/web/uwsgi} -M", shell: "bash").maxFD.state == .unset)
        #expect(detect(script: "$'uwsgi' --max-fd 4096").maxFD.state == .set)
    }

    /// Assignments before nothing are the shell's own.
    @Test(arguments: ["UWSGI_MAX_FD=0 $* $Y; uwsgi", "UWSGI_MAX_FD=0 $Y > /log; uwsgi"])
    func `Assignments before nothing`(_ script: String) {
        for shell in ["bash", "sh"] {
            let state = detect(script: script, shell: shell, ["UWSGI_MAX_FD": "4096"]).maxFD.state
            #expect(state != .set && state != .unset, "\(state)")
        }
    }

    /// What `xargs` adds may be the value of the option that comes last.
    @Test func `Values that xargs adds`() {
        let variables: KeyValuePairs = ["FD": "", "UWSGI_MAX_FD": "4096"]
        #expect(detect(script: "xargs uwsgi --max-fd $FD", variables).maxFD.state == .hidden)
        #expect(detect(script: "xargs uwsgi --max-fd 900", variables).maxFD.state == .set)
        #expect(detect(script: "xargs uwsgi").maxFD.state == .unset)
    }

    /// A program that is not where `PATH` leads to may be in a folder that cannot be seen.
    @Test func `Found in another folder`() {
        #expect(detect(script: "command -v uwsgi || $(cat f)/uwsgi").runsUWSGI)
        #expect(detect(script: "command -v uwsgi || chmod +x bin/uwsgi; uwsgi").runsUWSGI)
        #expect(detect(script: "trap 'uwsgi -M' EXIT; exec x").runsUWSGI)
        #expect(detect(script: "command -v uwsgi || echo uwsgi > bin/uwsgi; uwsgi").runsUWSGI)
        #expect(detect(script: "X=$(which uwsgi); command -v uwsgi || $X") == .none)
    }

    /// Should the image set the variable, it names what is executed, or answers a question.
    @Test func `Set by the image`() {
        let variables: KeyValuePairs = ["UWSGI_PROCESSES": "4"]
        #expect(detect(script: "[ -e /x ] && exec ${X#*-} || :", variables).certainty == .likely)
        #expect(detect(script: "eval ${X##*/} -M", variables).certainty == .likely)
        #expect(detect(script: "if [ -n \"${MODE:-}\" ]; then uwsgi; fi").certainty == .likely)
        #expect(detect(script: "\"$X\" && uwsgi").certainty == .likely)
    }
}
