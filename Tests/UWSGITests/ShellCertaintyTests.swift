import Testing

@testable import UWSGI

/// What decides whether uWSGI starts for certain, and under which limit, in less usual words of shells.
@Suite struct ShellCertaintyTests {
    /// What refuses, or is not there, ends a way.
    @Test(arguments: [
        ["bash", "-c", "shopt -s failglob; uwsgi *.none"], ["bash", "-O", "failglob", "-c", "uwsgi *.none"],
        ["sh", "-c", "if command -v uwsgi; then exit 1; else uwsgi; fi"],
        ["sh", "-c", "if command -v uwsgi; then exit 1; fi; env A=1 uwsgi"],
        ["env", "-M", "uwsgi"], ["nice", "-M", "uwsgi"], ["timeout", "-M", "5", "uwsgi"],
        ["setsid", "--none", "uwsgi"],
        ["dash", "-c", "exec -a www uwsgi"], ["sh", "-c", "set -e; ulimit -n unlimited; uwsgi"],
        ["sh", "-c", "set -e; ulimit -n 2147483647; uwsgi"], ["sh", "-ec", "env --max-fd 4096; uwsgi"],
        ["sh", "-ec", "nohup; uwsgi"], ["sh", "-ec", "env A=1 --version; uwsgi"],
        ["sh", "-ec", "'uwsgi -M'; uwsgi"], ["sh", "-ec", "''; uwsgi"], ["sh", "-ec", "./*.none; uwsgi"],
        ["dash", "-c", "ulimit -n ''; uwsgi"], ["bash", "-c", "declare X=$Y; ${X-uwsgi}"],
        ["sh", "-c", "X=$Y; ${X-uwsgi}"],
        ["bash", "-c", "X='uwsgi -M'; ${!X}; uwsgi"],
    ])
    func `Refused`(_ command: [String]) {
        #expect(Detector().detect(container(command)).certainty != .certain)
    }

    /// What a program is called, an option that it has, and what installs it, leave a start certain.
    @Test(arguments: [
        ["sh", "-c", "command -v uwsgi || pip install uwsgi; exec uwsgi"],
        ["sh", "-c", "command -v uwsgi || exit 1; exec uwsgi"],
        ["sh", "-c", "command -v uwsgi || (pip install uwsgi); exec uwsgi"],
        ["env", "-v", "uwsgi"], ["timeout", "--foreground", "5", "uwsgi"], ["nice", "-5", "uwsgi"],
        ["setsid", "-w", "uwsgi"], ["bash", "-c", "exec -a www uwsgi"],
        ["sh", "-c", "ulimit -n unlimited; uwsgi"],
        ["bash", "-c", "shopt -s failglob; exec uwsgi -M"], ["sh", "-c", "DB=$X; : ${DB:?}; exec uwsgi"],
    ])
    func `Not refused`(_ command: [String]) {
        #expect(Detector().detect(container(command)).certainty == .certain)
    }

    /// A program that was not found may come to be there, or be looked for elsewhere.
    @Test(arguments: [
        "command -v uwsgi || PATH=/x:$PATH; uwsgi", "type uwsgi || chroot /x uwsgi", "which uwsgi || uwsgi",
        "command -v uwsgi || { . /venv/bin/activate; uwsgi; }", "command -v uwsgi || /venv/bin/uwsgi",
        "command -v uwsgi || sh -c 'pip install uwsgi; uwsgi'", "command -v uwsgi || { start.sh; uwsgi; }",
        "command -v uwsgi < /missing || uwsgi", "command -v uwsgi > /dev/full || uwsgi",
        "command -v uwsgi >&- || uwsgi", "{ command -v uwsgi; } 2> /dev/full || uwsgi",
        "exec > /dev/full; command -v uwsgi || uwsgi", "PATH=/x command -v uwsgi || uwsgi",
        "type -f uwsgi || uwsgi", "command -v -x uwsgi || uwsgi",
        "command -p -v uwsgi || uwsgi",
        "pip install uwsgi & command -v uwsgi || uwsgi", "command -v uwsgi || { cd /x; uwsgi; }",
    ])
    func `Found after all`(_ script: String) { #expect(detect(script: script).runsUWSGI) }

    /// Every shell that may be `sh` ends before uWSGI, or does not come to it.
    @Test(arguments: [
        "return; uwsgi", "return 1\nuwsgi", "exit() { :; }\nuwsgi", "eval 'exit() { :; }'; uwsgi",
        "if command -v uwsgi; then exit 1; else uwsgi; fi", "command -v uwsgi >/dev/null 2>&1 || uwsgi",
        "command -v uwsgi && exit; uwsgi; f() { uwsgi; }; f",
    ])
    func `The script has ended`(_ script: String) { #expect(detect(script: script).certainty == nil) }

    /// The same where one of them goes on.
    @Test(arguments: [
        "uwsgi; exit() { :; }", "if false; then exit() { :; }; fi; uwsgi", "command return; uwsgi",
        "return || uwsgi", "(exit() { :; }); uwsgi", "read X <<< uwsgi; $X",
    ])
    func `The script may go on`(_ script: String) { #expect(detect(script: script).certainty == .likely) }

    /// Ways that are not taken do not hide the limit of those that are.
    @Test(arguments: [
        ("sh", "uwsgi --max-fd 4096\nexit() { uwsgi; }; exit"), ("sh", "uwsgi --max-fd 4096; return; uwsgi"),
        ("sh", "uwsgi --max-fd 4096\nread X <<< uwsgi"), ("sh", "a[0]=uwsgi; uwsgi --max-fd 4096"),
        ("sh", "case $X in uw*) :;; uwsgi) uwsgi;; esac; uwsgi --max-fd 4096"),
        ("sh", "case $X in [!a]*) :;; uw*) uwsgi;; esac; uwsgi --max-fd 4096"),
        ("sh", "case $X in x) ${X-uwsgi};; esac; uwsgi --max-fd 4096"),
        (
            "sh",
            "case $M in x) uwsgi --if-env M --max-fd 4096 --endif;; y) :;; esac; UWSGI_MAX_FD=4096 uwsgi"
        ),
        ("sh", "$(basename /usr/bin/uwsgi) --max-fd 4096"), ("dash", "uwsgi --max-fd 4096; local X; uwsgi"),
        ("bash", "case x in x) :;;& *) exec uwsgi --max-fd 4096;; esac; uwsgi"),
        ("bash", "for ((i = 0; i < 2; i++)); do exec uwsgi --max-fd 4096; done; uwsgi"),
        ("sh", "uwsgi --max-fd 4096; if command -v uwsgi; then :; else uwsgi; fi"),
        ("sh", "uwsgi --processes $(nproc) --max-fd 4096"),
    ])
    func `Limit on each way`(_ shell: String, _ script: String) {
        let detection = detect(script: script, shell: shell)
        #expect(detection.certainty == .certain && detection.maxFD.state == .set, "\(detection)")
    }

    /// One way has no limit.
    @Test(arguments: [
        "[ -f x ] && export UWSGI_MAX_FD; UWSGI_MAX_FD=4096; uwsgi",
        "uwsgi() { command uwsgi \"$@\" --max-fd 4096; }; uwsgi --max-fd $FD",
        "uwsgi --processes $N --max-fd 4096", "exec env UWSGI_MAX_FD=4096 uwsgi &> log\nuwsgi",
        "exec uwsgi --max-fd 4096 &> log; uwsgi",
    ])
    func `Limit on one way alone`(_ script: String) {
        let detection = detect(script: script)
        #expect(detection.runsUWSGI && detection.maxFD.state != .set, "\(detection)")
    }

    /// Once it is exported by every way, or by the container, what is assigned is passed on.
    @Test func `Exported before it is assigned`() {
        #expect(detect(script: "export UWSGI_MAX_FD; UWSGI_MAX_FD=4096; uwsgi").maxFD.state == .set)
        let script = "[ -f x ] && export UWSGI_MAX_FD; UWSGI_MAX_FD=4096; uwsgi"
        #expect(detect(script: script, ["UWSGI_MAX_FD": "0"]).maxFD.state == .set)
        #expect(detect(script: "export UWSGI_MAX_FD; uwsgi").maxFD == MaxFD(state: .unset, cure: .add))
    }

    /// What an unseen variable may name, and an answer that is not on the menu.
    @Test func `Unseen names`() {
        #expect(detect(script: "xargs $X --max-fd 9", ["UWSGI_PROCESSES": "4"]).certainty == .likely)
        #expect(detect(script: "select X in a; do ${X:=uwsgi}; done", shell: "bash").runsUWSGI)
        #expect(detect(script: "X=$((Y + 1)); ${X:=uwsgi}").runsUWSGI == false)
    }
}
