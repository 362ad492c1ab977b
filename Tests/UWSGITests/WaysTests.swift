import Testing

@testable import UWSGI

/// Scripts that may go several ways: what is certain, what is likely, and which max-fd.
@Suite struct WaysTests {
    /// Something that cannot be seen decides, and one of the ways starts uWSGI.
    @Test(arguments: [
        "[ -f /maintenance ] && exec sleep infinity; exec uwsgi",
        "test -e /maintenance && exit 0\nexec uwsgi",
        "command -v gunicorn >/dev/null && exec gunicorn app; exec uwsgi",
        "curl -sf http://localhost/ && exit 0; exec uwsgi",
        "check() { [ -f /x ] && exit 0; }; check; exec uwsgi",
        "for i in 1 2 3; do [ -f /x ] && exec sleep 1; done; exec uwsgi",
        "CMD='sleep 1'; if [ -f /x ]; then CMD=uwsgi; fi; exec $CMD",
        "set -- sleep 1; [ -f /x ] && set -- uwsgi; exec \"$@\"",
        "if [ -f /x ]; then run() { sleep 1; }; else run() { uwsgi; }; fi; run",
        "migrate || exit 0; exec uwsgi", "alias u=uwsgi\nu", "trap 'exec uwsgi' EXIT", "uwsg[i]",
        "exec -- uwsgi", "curl http://x | sh -s uwsgi; $(cat /etc/uwsgi-command)",
        "set -e\r\nuwsgi --master\r\n",
        "find / -name x -exec uwsgi --ini {} \\;", "perl -e 'exec \"uwsgi\"'",
        "awk 'BEGIN { system(\"uwsgi\") }'",
        "make -f - <<E\nall:\n\tuwsgi\nE",
    ])
    func `One way starts uWSGI`(_ script: String) {
        #expect(detect(script: script).certainty == .likely)
    }

    /// What cannot be worked out, and is made of uWSGI's name, may start it.
    @Test(arguments: [
        "c=$(echo x uwsgi | cut -d' ' -f2); $c", "c=$(echo uwsgi | sed s/x/y/); exec $c",
        "echo uwsgi -M | $SHELL",
        "(if [ -f /x ]; then echo uwsgi; exit; fi; echo sleep 1) | sh",
        "(echo set -x; echo uwsgi -M) | sh", "{ echo uwsgi; } | sh", "getopts u: o -u uwsgi; exec $OPTARG",
        "echo uwsgi | awk '{ system($0) }'", "awk -v c=uwsgi 'BEGIN { system(c) }'",
        "awk 'BEGIN { \"uwsgi\" | getline }'", "echo uwsgi | tee s; sh s",
        "tee s <<E >/dev/null\nuwsgi\nE\nsh s",
        "install -m755 $(which uwsgi) /srv/web; /srv/web",
        "ln -s $(which uwsgi) /srv/bin/web; PATH=/srv/bin:$PATH; web",
        "printf 'exec uwsgi' > /usr/local/bin/start; chmod +x /usr/local/bin/start; start",
        "c=$(printf '\\165wsgi'); $c", "uwsgi() { :; }; $(which uwsgi)", "(return; :) || uwsgi",
        "set -e; ! true; uwsgi", "[ -f /x ] || ln -s $(command -v uwsgi) www; ./www", "{a,uwsgi}",
        "$(echo igswu | rev)", "c=$(echo vxthj | tr b-z a-y); $c", "$(echo UWSGI | tr A-Z a-z)",
        "echo x | sed 's/x/uwsgi/e'", "echo x | sed '1e uwsgi'", "echo uwsgi | sed e",
    ])
    func `Made of the name`(_ script: String) { #expect(detect(script: script).runsUWSGI) }

    /// The same in bash.
    @Test(arguments: [
        "X=UWSGI; exec ${X,,}", "X=UWSGI; exec ${X@L}", "IFS='|' read -ra c <<< 'uwsgi|-M'; \"${c[@]}\"",
        "exec uws{g,}i", "for c in {x,uw}sgi; do $c; done", "f() { uwsgi; }; export -f f; bash -c f",
        "f() { uwsgi; }; declare -fx f; env bash -c f", "exec env ${!NOT_SET}\nuwsgi", "exec -z x; uwsgi",
        "c=$(cat <<< uwsgi | head -1); $c", "set -- uwsgi; read X; exec ${!X}", "Y=uwsgi; read X; exec ${!X}",
        "[ -f /x ] && set -e; exec -z x; uwsgi", "declare -l X=UWSGI; $X", "mapfile -C uwsgi -c 1 x <<< a",
        "echo uwsgi > f; BASH_ENV=./f bash -c :", "set -o pipefail; false | true || uwsgi",
        "a=(x uwsgi); ${a[-1]}",
    ])
    func `Made of the name in Bash`(_ script: String) {
        #expect(detect(script: script, shell: "bash").runsUWSGI)
    }

    /// What a variable's attributes make of what is assigned to it.
    @Test(arguments: [
        ("declare -l X; X=UWSGI; $X", true), ("typeset -l X; read X <<< UWSGI; $X", true),
        ("f() { local -l X; X=UWSGI; $X; }; f", true), ("declare -l a; a=(UWSGI); \"${a[@]}\"", true),
        ("declare -l X; for X in UWSGI; do $X; done", true), ("declare -l X; printf -v X UWSGI; $X", true),
        ("[ -f /x ] && declare -l X; X=UWSGI; $X", true),
        ("[ -f /x ] && declare -u X; X=uwsgi; $X", true),
        ("X=celery; R=uwsgi; [ -f /x ] && declare -n R=X; $R", true),
        ("X=celery; [ -f /x ] && readonly X; X=uwsgi; $X", true), ("readonly X=uwsgi; unset X; $X", true),
        ("f() { local -r X=1; }; f; X=uwsgi; $X", true),
        ("declare -u X; X=uwsgi; $X", false), ("declare -i X; X=uwsgi; $X", false),
        ("declare -l X; declare +l X; X=UWSGI; $X", false), ("declare -l X; unset X; X=UWSGI; $X", false),
        ("f() { local -l X; }; f; X=UWSGI; $X", false), ("declare -l X; bash -c 'X=UWSGI; $X'", false),
    ])
    func `Attributes of variables`(_ script: String, _ runs: Bool) {
        #expect(detect(script: script, shell: "bash").runsUWSGI == runs)
    }

    /// Options of bash by which control goes on where it would not, or a variable changes that would not.
    @Test(arguments: [
        "shopt -s execfail; exec /none; uwsgi", "exec -a x env bash -O execfail -c 'exec /none; uwsgi'",
        "BASHOPTS=execfail bash -c 'exec /none; uwsgi'",
        "shopt -s execfail; export BASHOPTS; bash -c 'exec /none; uwsgi'",
        "bash -ic 'exec /none; uwsgi'", "shopt -s \"$X\"; exec /none; uwsgi",
        "shopt -s lastpipe; echo uwsgi | read X; $X", "ksh -c 'echo uwsgi | read X; $X'",
        "shopt -s nocasematch; case UWSGI in uwsgi) uwsgi;; esac",
        "shopt -s nocasematch; [[ UWSGI == uwsgi ]] && uwsgi",
        "shopt -s nocasematch; X=webX; ${X/WEBX/uwsgi}", "enable -n exec; exec celery; uwsgi",
        "set -e; x=$(false; uwsgi)", "shopt -s inherit_errexit; set -e; x=$(false; uwsgi)",
        "case x in x) X=uwsgi ;;& *) $X;; esac", "command_not_found_handle() { uwsgi; }; nothing",
        "P='$(uwsgi)'; echo \"${P@P}\"",
        "PS4='$(uwsgi)'; set -x; :", "a='b[$(uwsgi)]'; echo $((a))", "a='b[$(uwsgi)]'; (( a ))",
        "a='b[$(uwsgi)]'; let a",
    ])
    func `Options of Bash`(_ script: String) {
        #expect(detect(script: script, shell: "bash").runsUWSGI)
    }

    /// What only bash knows, and another `sh` passes over.
    @Test(arguments: [
        "builtin exit; uwsgi", "builtin exec celery; uwsgi", "X=uwsgi; declare X=celery; $X",
        "X=uwsgi; typeset X=celery; $X", "X=uwsgi; printf -v X celery; $X", "X=uwsgi; let X=3; $X",
        "X=uwsgi; mapfile X < /dev/null; $X", "X+=uwsgi; time ${X:?}",
        "set -e; touch x || set -- x uwsgi; shift; exec \"$@\"", "echo exit > e; source ./e; uwsgi",
        "shopt -s execfail; exec /none; uwsgi", "set -e; x=$(false; uwsgi)",
    ])
    func `Not in every shell`(_ script: String) { #expect(detect(script: script).runsUWSGI) }

    /// Where a program lies is not known, and an alias may hold or not.
    @Test(arguments: [
        "case $(command -v uwsgi) in /opt/bin/uwsgi) uwsgi;; esac", "[ $(which uwsgi) = /x/uwsgi ] && uwsgi",
        "X=$(command -v uwsgi); ${X%%-*}", "alias uwsgi=celery\nuwsgi", "alias u=uwsgi\nu",
    ])
    func `Depends on the place`(_ script: String) { #expect(detect(script: script).certainty == .likely) }

    /// A program that is found in some folder is what it is called.
    @Test(arguments: [
        "exec $(command -v uwsgi) --max-fd 2048", "\"$(which uwsgi)\" --max-fd 2048",
        "ln -s $(command -v uwsgi) w; ./w --max-fd 2048", "cp \"$(command -v uwsgi)\" w; ./w --max-fd 2048",
        "X=$(command -v uwsgi); $X --max-fd 2048; Y=1",
    ])
    func `Found in some folder`(_ script: String) {
        let detection = detect(script: script)
        #expect(detection.certainty == .certain && detection.maxFD.number == 2048, "\(detection)")
    }

    /// What cannot start uWSGI, although the word stands there.
    @Test(arguments: [
        "case $X in x) :;; x) uwsgi;; esac", "find . -exec uwsgi {} x", "exec --max-fd 0; uwsgi",
        "X=; : ${X:?}; uwsgi",
    ])
    func `Cannot start`(_ script: String) { #expect(detect(script: script, shell: "dash").certainty == nil) }

    /// bash expands aliases only where it is asked to.
    @Test(arguments: [
        ("bash", "alias u=uwsgi\nu", false), ("bash", "shopt -s expand_aliases\nalias u=uwsgi\nu", true),
        ("bash", "set -o posix\nalias u=uwsgi\nu", true), ("bash", "alias uwsgi=celery\nuwsgi", true),
        ("ksh", "alias u=uwsgi\nu", true), ("sh", "alias u=uwsgi\nu", true),
        ("bash", "hash -p /usr/bin/uwsgi w; w", true),
    ])
    func `Aliases`(_ shell: String, _ script: String, _ runs: Bool) {
        #expect(detect(script: script, shell: shell).runsUWSGI == runs)
    }

    /// A shell that has ended starts nothing more.
    @Test(arguments: [
        "X=; : ${X:?}; uwsgi", "unset X; exec ${X?} uwsgi", "X=; Y=${X:?}; uwsgi",
        "set -u; unset X; : $X; uwsgi",
        "exec --max-fd 0; uwsgi", "X=$(cat x); exec $X --max-fd 0; uwsgi",
    ])
    func `The shell has ended`(_ script: String) {
        #expect(detect(script: script, shell: "dash").certainty == nil)
    }

    /// The same, where it may go on after all.
    @Test(arguments: [
        "[ -f /x ] && X=; : ${X:?}; uwsgi", ": ${Y:-${X:?}}; uwsgi", "X=; . ./x; : ${X:?}; uwsgi",
        "exec --max-fd 0 || uwsgi", "f() { exec -z; }; if f; then :; fi; uwsgi", "command exec -z; uwsgi",
        "(: ${X:?}); uwsgi", "bash -ic 'X=\n: ${X:?}\nuwsgi'",
    ])
    func `The shell may go on`(_ script: String) { #expect(detect(script: script).runsUWSGI) }

    /// Text that becomes a script, and what it is made of, is read.
    @Test(arguments: [
        "echo 'uwsgi --max-fd 2048' | sh", "printf 'exec %s' 'uwsgi --max-fd 2048' | sh -s",
        "sh <<< 'uwsgi --max-fd 2048'", "printf 'uwsgi --max-fd 2048' > /tmp/s; chmod +x /tmp/s; /tmp/s",
        "cat > s.sh <<E\nuwsgi --max-fd 2048\nE\nsh s.sh", "echo 'uwsgi --max-fd 2048' > s; . ./s",
        "source <(echo 'uwsgi --max-fd 2048')", "sh /dev/stdin <<E\nuwsgi --max-fd 2048\nE",
        "eval \"$(echo uwsgi --max-fd 2048)\"", "cmd=(uwsgi --max-fd 2048); exec \"${cmd[@]}\"",
        "a=(uwsgi); a+=(--max-fd 2048); \"${a[@]}\"", "U=/usr/bin/uwsgi; ${U##*/} --max-fd 2048",
        "X=xuwsgi; ${X#x} --max-fd 2048", "X=uwsgi.bak; ${X%.bak} --max-fd ${#X}; ${X/.bak/} --max-fd 2048",
        "read -r U A <<< 'uwsgi --max-fd 2048'; $U $A", "printf -v U uwsgi; $U --max-fd 2048",
        "N=uwsgi; V=N; ${!V} --max-fd 2048", "set -- x uwsgi --max-fd 2048; \"${@:2}\"",
        "case web in w[a-e]b) uwsgi --max-fd 2048;; esac", "case x in x) ;& y) uwsgi --max-fd 2048;; esac",
        "[[ web =~ ^we ]] && exec uwsgi --max-fd 2048", "(( 2 > 1 )) && exec uwsgi --max-fd $((1024 * 2))",
        "IFS=,; C=uwsgi,--max-fd,2048; $C", "cp /usr/bin/uwsgi /srv/web; /srv/web --max-fd 2048",
        "echo() { uwsgi --max-fd 2048; }; echo", "f() { local X=uwsgi; \"$X\" --max-fd 2048; }; f",
        "x=$(uwsgi --max-fd 2048)", "f() { CMD='uwsgi --max-fd 2048'; }; f; exec $CMD",
    ])
    func `Text is read`(_ script: String) {
        let detection = detect(script: script, shell: "bash")
        #expect(detection.runsUWSGI)
        if !script.contains("${#X}") { #expect(detection.certainty == .certain, "\(detection)") }
    }

    /// The entry point that the images of Docker's library have in common, with every kind of argument.
    @Test(arguments: [
        (["--http", ":80"], Certainty.certain), (["-M"], .certain), (["uwsgi"], .certain), (["celery"], nil),
        ([], nil),
    ])
    func `Entry point of Docker's library`(_ arguments: [String], _ certainty: Certainty?) {
        let script = "if [ \"${1#-}\" != \"$1\" ]; then set -- uwsgi \"$@\"; fi; exec \"$@\""
        #expect(Detector().detect(container(["sh", "-c", script, "x"] + arguments)).certainty == certainty)
    }

    /// Where nothing starts, nothing is certain.
    @Test(arguments: [
        ["bash", "uwsgi"], ["sh", "-n", "-c", "uwsgi"], ["sh", "-c", "set -n; uwsgi"],
        ["sh", "-c", "set -e; false; uwsgi"],
        ["sh", "-c", "(return; :) || uwsgi"], ["sh", "-c", "exit() { :; }; uwsgi"],
        ["sh", "-c", "a-b() { :; }; uwsgi"], ["bash", "-c", "set -e; uwsg[i]; uwsgi"],
        ["bash", "-ec", "shift 2; uwsgi", "x"], ["sh", "-c", "eval -z; uwsgi"],
        ["sh", "-c", "exec -z x; uwsgi"],
        ["sh", "-c", "set -e; x=$(false); uwsgi"], ["sh", "-c", "ulimit -n 0; uwsgi"],
        ["bash", "-c", ": ${!NOT_SET}; uwsgi"], ["bash", "-c", "f() { uwsgi; }; export -f f; sh -c f"],
        ["sh", "-c", "return; uwsgi"], ["sh", "-c", "for x in a; do continue; uwsgi; done"],
        ["env", "-0", "uwsgi"],
        ["bash", "-c", "ulimit -n ''; uwsgi"], ["sh", "-ec", "ulimit -n ''; uwsgi"],
        ["sh", "-ec", "ulimit -n x; uwsgi"], ["sh", "-ec", "ulimit -n \"$FD\"; uwsgi"],
        ["sh", "-uc", "case $X in *) uwsgi;; esac"], ["sh", "-uc", "case x in $X) ;; *) uwsgi;; esac"],
        ["bash", "-uc", "[[ $X ]]; uwsgi"],
        ["sh", "-uc", "for i in $X; do :; done; uwsgi"], ["sh", "-uc", ": > $X; uwsgi"],
        ["sh", "-uc", "cat < $X; uwsgi"],
        ["sh", "-c", "command -v uwsgi || ln -s $(command -v uwsgi) www; ./www"],
        ["sh", "-c", "kill $$$$; uwsgi"], ["sh", "-c", "kill -9 \"$$$$\"; uwsgi"],
        ["bash", "-c", "builtin uwsgi"], ["sh", "-c", "kill -TERM 0; uwsgi"],
        ["sh", "-c", "readonly X=1; X=2; uwsgi"], ["bash", "-c", "readonly X; export X=2; uwsgi"],
        ["bash", "-c", "set -eo pipefail; false | true; uwsgi"],
        ["bash", "-eo", "pipefail", "-c", "false | true; uwsgi"],
        ["bash", "-c", "set -o pipefail; false | true && uwsgi"],
        ["sh", "-ec", "ulimit -n 4096; ulimit -n 8192; uwsgi"], ["bash", "-uc", "(( X )); uwsgi"],
        ["bash", "-c", "case x in *) exit 1;;& *) uwsgi;; esac"], ["bash", "-uc", ": $((X)); uwsgi"],
        ["bash", "-uc", "let X+1; uwsgi"],
        ["sh", "-c", "case $X in x|$X) exit 1;; *) uwsgi;; esac"],
        ["prlimit", "--nofile=:64", "uwsgi"], ["xargs", "-I{}", "uwsgi"], ["sh", "-c", "shift; uwsgi"],
    ])
    func `Nothing is certain`(_ command: [String]) {
        #expect(Detector().detect(container(command)).certainty != .certain)
    }

    /// max-fd is set only where every way sets it.
    @Test(arguments: [
        ("f() { unset UWSGI_MAX_FD; }; f; uwsgi", MaxFD.State.incurable),
        ("f() { UWSGI_MAX_FD=0; }; f; uwsgi", .incurable), ("export -n UWSGI_MAX_FD; uwsgi", .incurable),
        ("declare +x UWSGI_MAX_FD; uwsgi", .incurable), ("[ -f /x ] && unset UWSGI_MAX_FD; uwsgi", .hidden),
        ("declare -n r=UWSGI_MAX_FD; unset r; uwsgi", .incurable),
        ("unset 'UWSGI_MAX_FD[0]'; uwsgi", .hidden),
        ("for v in $(env | grep ^UWSGI); do unset ${v%%=*}; done; uwsgi", .hidden),
        ("unset UWSGI_MAX_FD; UWSGI_MAX_FD=4096 exec $X --max-fd; uwsgi", .incurable),
        ("set -k; uwsgi UWSGI_MAX_FD=0", .hidden),
        ("shopt -s lastpipe; : | unset UWSGI_MAX_FD; uwsgi", .hidden),
        ("(unset UWSGI_MAX_FD); uwsgi", .set), ("f() { local UWSGI_MAX_FD=0; }; f; uwsgi", .set),
        ("if [ -f /x ]; then export UWSGI_MAX_FD=2048; fi; uwsgi", .set), (". /env; uwsgi", .hidden),
        ("uwsgi --if-env X --max-fd 64 --end-if", .set), ("eval \"$(cat /x)\"; uwsgi", .hidden),
        ("env -i /usr/bin/uwsgi --if-env X --max-fd 64 --end-if", .incurable),
    ])
    func `Way without limit`(_ script: String, _ state: MaxFD.State) {
        let detection = detect(script: script, shell: "bash", ["UWSGI_MAX_FD": "4096"])
        #expect(detection.maxFD.state == state, "\(detection.maxFD)")
    }

    /// A variable that one way alone passes on is not in force.
    @Test func `Passed on by one way`() {
        let script = "[ -n \"$FD\" ] && export UWSGI_MAX_FD=\"$FD\"; UWSGI_MAX_FD=4096; uwsgi"
        #expect(detect(script: script).maxFD.state != .set)
    }

    /// A limit that the command line itself lowers.
    @Test(arguments: [
        (["sh", "-c", "ulimit -n 4096; exec uwsgi"], "command[2]"),
        (["sh", "-c", "ulimit -Sn 4096 && exec uwsgi"], "command[2]"),
        (["sh", "-c", "ulimit -n ${NOFILE:-4096}; exec uwsgi"], "command[2]"),
        (["prlimit", "--nofile=4096", "uwsgi"], "command[1]"),
        (["prlimit", "-n4096:8192", "uwsgi"], "command[1]"),
        (["s6-softlimit", "-o", "4096", "uwsgi"], "command[2]"),
        (["chpst", "-o", "4096", "uwsgi"], "command[2]"),
        (["softlimit", "-o4096", "uwsgi"], "command[1]"),
        (["systemd-run", "--scope", "-p", "LimitNOFILE=4096", "uwsgi"], "command[3]"),
    ])
    func `Lowered limit`(_ command: [String], _ source: String) {
        let maxFD = Detector().detect(container(command)).maxFD
        #expect(maxFD.state == .set && maxFD.number == 4096 && maxFD.source == source, "\(maxFD)")
    }

    /// dash knows one limit for each command, bash several.
    @Test(arguments: [
        "ulimit -SHn 4096; uwsgi", "ulimit -n 4096 -c 0; uwsgi", "ulimit -Sn 4096 -Hn 8192; uwsgi",
    ])
    func `Limits by shell`(_ script: String) {
        #expect(detect(script: script).maxFD.state == .hidden)
        let inBash = detect(script: script, shell: "bash").maxFD
        #expect(inBash.state == .set && inBash.number == 4096, "\(inBash)")
    }

    /// Words by which uWSGI may be meant, and the limit behind them.
    @Test(arguments: ["uwsg[i] --max-fd 4096", "u${Z}wsgi --max-fd 4096", "uwsgi --max-fd 4096; $Y || uwsgi"])
    func `Limit behind a doubtful name`(_ script: String) {
        var example = container(["sh", "-c", script])
        example.environmentSources = [EnvironmentSource(prefix: "Z")]
        #expect(Detector().detect(example).maxFD.state != .hidden)
    }

    /// What a reference or a source may hold, next to what is written.
    @Test(arguments: [
        ("uwsgi ${B:+--max-fd 4096}", Certainty.certain, MaxFD.State.hidden),
        ("uwsgi --max-fd \"$B\"", .certain, .hidden), ("uwsgi \"$B\"", .certain, .hidden),
        ("M=${M:-uwsgi}; case $M in uwsgi) exec uwsgi;; esac", .likely, .unset),
        ("ulimit -n $B; uwsgi", .certain, .hidden), ("set -e; ulimit -n \"$M\"; uwsgi", .certain, .hidden),
    ])
    func `References and sources`(_ script: String, _ certainty: Certainty, _ state: MaxFD.State) {
        var example = container(["sh", "-c", script])
        example.environment = [EnvironmentVariable(name: "B", value: .reference)]
        example.environmentSources = [EnvironmentSource(prefix: "M")]
        let detection = Detector().detect(example)
        #expect(detection.certainty == certainty && detection.maxFD.state == state, "\(detection)")
    }
}
