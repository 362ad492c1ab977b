import Testing
import UWSGI

/// Scripts: what they run, with which words and which variables.
@Suite struct ShellTests {
    /// Every script here runs `uwsgi --max-fd 2048` for certain.
    @Test(arguments: [
        "uwsgi --max-fd 2048",
        "exec uwsgi --max-fd 2048",
        "exec -a web uwsgi --max-fd 2048",
        "'uwsgi' \"--max-fd\" 2048",
        "u\"ws\"gi --max-f'd' 20\\48",
        "uw\\\nsgi --max-fd \\\n 2048",
        "uwsgi --max-fd=2048;",
        "uwsgi --max-fd=2048 &",
        "uwsgi --max-fd=2048&wait",
        "uwsgi --max-fd 2048 2>&1 | tee /tmp/log",
        "uwsgi --max-fd 2048\n(",
        "uwsgi --max-fd 2048 >/dev/null 2>&1 </dev/null",
        "> /tmp/x uwsgi --max-fd 2048",
        "2>/tmp/x uwsgi --max-fd 2048",
        "A=1 B=\"$C\" uwsgi --max-fd 2048",
        "cd /srv && uwsgi --max-fd 2048",
        "cd /srv; uwsgi --max-fd 2048",
        "cd /srv\nuwsgi --max-fd 2048\n",
        "set -eux; uwsgi --max-fd 2048",
        "set -o pipefail; uwsgi --max-fd 2048",
        "# comment\nuwsgi --max-fd 2048 # --max-fd 0",
        "sh -c \"uwsgi \\\\\n --max-fd 2048\"",
        "(uwsgi --max-fd 2048)",
        "( cd /srv && exec uwsgi --max-fd 2048 )",
        "{ uwsgi --max-fd 2048; }",
        "! uwsgi --max-fd 2048",
        "time uwsgi --max-fd 2048",
        "time -p uwsgi --max-fd 2048",
        "command uwsgi --max-fd 2048",
        "command -p -- uwsgi --max-fd 2048",
        "eval uwsgi --max-fd 2048",
        "eval \"exec uwsgi --max-fd 2048\"",
        "eval 'set -- --max-fd 2048; uwsgi \"$@\"'",
        "if true; then uwsgi --max-fd 2048; fi",
        "if false; then celery worker; else uwsgi --max-fd 2048; fi",
        "if [ a = b ]; then celery worker; elif [ 1 -eq 1 ]; then uwsgi --max-fd 2048; else nginx; fi",
        "if [ -n \"\" ]; then celery worker; else exec uwsgi --max-fd 2048; fi",
        "if [ -z \"$NOT_SET\" ]; then uwsgi --max-fd 2048; else celery worker; fi",
        "if [ -f /x ]; then uwsgi --max-fd 2048; else exec uwsgi --max-fd 2048; fi",
        "if ./manage.py migrate; then exec uwsgi --max-fd 2048; else echo failed; exit 1; fi",
        "while true; do uwsgi --max-fd 2048; sleep 1; done",
        "while :; do uwsgi --max-fd 2048; done",
        "run() { sh -c 'run() { sh -c \"run() { uwsgi --max-fd 2048; }; run\"; }; run'; }; run",
        "while :; do sh -c 'while :; do sh -c \">/tmp/log uwsgi --max-fd 2048\"; done'; done",
        "dash -c 'while :; do sh -c \"while :; do uwsgi --max-fd 2048; done\"; done' 2>&1 | tee /tmp/log",
        "until false; do until false; do until false; do uwsgi --max-fd 2048; done; done; done | tee /tmp/log",
        "until nc -z db 5432; do sleep 1; done; uwsgi --max-fd 2048",
        "while ! nc -z db 5432; do sleep 1; done && exec uwsgi --max-fd 2048",
        "for i in 1; do uwsgi --max-fd 2048; done",
        "for p in uwsgi; do $p --max-fd 2048; done",
        "for p in celery uwsgi; do \"$p\" --max-fd 2048 & done; wait",
        "for i in 1 2\ndo\n uwsgi --max-fd 2048\ndone",
        "case web in web) uwsgi --max-fd 2048;; worker) celery worker;; esac",
        "case web in (worker) celery;; (w*|x) uwsgi --max-fd 2048 ;; esac",
        "case \"$NOT_SET\" in worker) celery worker;; *) exec uwsgi --max-fd 2048;; esac",
        "run() { uwsgi --max-fd 2048; }; run",
        "run() {\n  exec uwsgi \"$@\"\n}\nrun --max-fd 2048",
        "run() ( uwsgi --max-fd $1 ); run 2048",
        "P=uwsgi; $P --max-fd 2048",
        "P='uwsgi --max-fd'; $P 2048",
        "P='uwsgi --max-fd 2048'; exec $P",
        "N=2048; uwsgi --max-fd $N",
        "N=2048; uwsgi --max-fd=\"${N}\"",
        "uwsgi --max-fd ${N:-2048}",
        "uwsgi --max-fd ${N:=2048} && echo $N",
        ": ${N:=2048}; uwsgi --max-fd $N",
        "N=x; uwsgi --max-fd ${N:+2048}",
        "${CMD:-uwsgi --max-fd 2048}",
        "exec ${CMD:-\"uwsgi\"} ${OPTS:---max-fd 2048}",
        "$NOT_SET uwsgi --max-fd 2048",
        "exec ${WRAPPER} uwsgi --max-fd 2048",
        "set -- uwsgi --max-fd 2048; exec \"$@\"",
        "set -- a uwsgi --max-fd 2048; shift; \"$@\"",
        "set -- uwsgi --max-fd 2048; exec $*",
        "$(which uwsgi) --max-fd 2048",
        "`which uwsgi` --max-fd 2048",
        "exec $(command -v uwsgi) --max-fd 2048",
        "$(pwd)/venv/bin/uwsgi --max-fd 2048",
        "\"$HOME/.local/bin/uwsgi\" --max-fd 2048",
        "$VIRTUAL_ENV/bin/uwsgi --max-fd 2048",
        "~/venv/bin/uwsgi --max-fd 2048",
        "/opt/*/bin/uwsgi --max-fd 2048",
        "uwsgi --processes $(nproc) --max-fd 2048",
        "uwsgi --processes $((2 * 4)) --max-fd 2048",
        "uwsgi --chdir \"$(dirname \"$(readlink -f \"$0\")\")\" --max-fd 2048",
        "echo $(echo ')' \"(\" '#') ; uwsgi --max-fd 2048",
        "x=$(cat <<EOF\nit's (\nEOF\n); uwsgi --max-fd 2048",
        "cat <<EOF\nit's\nEOF\nuwsgi --max-fd 2048",
        "cat <<-'E O F'\n\tx\n\tE O F\nuwsgi --max-fd 2048",
        "cat <<A <<B; uwsgi --max-fd 2048\na\nA\nb\nB\n",
        "sh <<EOF\nuwsgi --max-fd 2048\nEOF\n",
        "bash -s -- 2048 <<'EOF'\nexec uwsgi --max-fd $1\nEOF",
        "sh -c 'uwsgi --max-fd 2048'",
        "sh -c \"exec uwsgi --max-fd 2048\"",
        "sh -c 'exec uwsgi --max-fd $1' -- 2048",
        "nice -n 5 uwsgi --max-fd 2048",
        "ulimit -n 4096; exec uwsgi --max-fd 2048",
        "./migrate || true; uwsgi --max-fd 2048",
        "./migrate || exit 1; uwsgi --max-fd 2048",
        "[ -z \"$DB\" ] && exit 1; uwsgi --max-fd 2048",
        "[ -f .env ] && . ./.env; uwsgi --max-fd 2048",
        "test -d /x || mkdir /x; uwsgi --max-fd 2048",
        "trap 'kill -TERM $pid' TERM; uwsgi --max-fd 2048 & pid=$!; wait $pid",
        "umask 022; . /venv/bin/activate; uwsgi --max-fd 2048",
        "source /venv/bin/activate && uwsgi --max-fd 2048",
        "nginx & uwsgi --max-fd 2048",
        "celery worker & exec uwsgi --max-fd 2048",
        "a && b || c; uwsgi --max-fd 2048",
        "export UWSGI_MAX_FD=2048; uwsgi",
        "export UWSGI_MAX_FD; UWSGI_MAX_FD=2048; uwsgi || export UWSGI_MAX_FD=2048; uwsgi",
        "UWSGI_MAX_FD=2048 uwsgi",
        "UWSGI_MAX_FD=2048; export UWSGI_MAX_FD; uwsgi",
        "set -a; UWSGI_MAX_FD=2048; set +a; uwsgi",
        "UWSGI_MAX_FD=2048 exec uwsgi",
        "[ -z \"$UWSGI_MAX_FD\" ] && export UWSGI_MAX_FD=2048; uwsgi",
        "export UWSGI_MAX_FD=${UWSGI_MAX_FD:-2048}; exec uwsgi",
        "export UWSGI_MAX_FD=\"${FD-2048}\"; exec uwsgi",
    ])
    func `Runs uWSGI`(_ script: String) {
        let detection = detect(script: script)
        #expect(detection.certainty == .certain, "\(detection)")
        if !script.contains("uwsgi || export") {
            #expect(detection.maxFD.state == .set && detection.maxFD.number == 2048, "\(detection.maxFD)")
        }
    }

    /// bash's own syntax.
    @Test(arguments: [
        "if [[ -z $NOT_SET && 1 == 1 ]]; then uwsgi --max-fd 2048; fi",
        "if [[ web == w* ]]; then uwsgi --max-fd 2048; fi",
        "[[ a != b ]] && exec uwsgi --max-fd 2048",
        "function run { uwsgi --max-fd 2048; }\nrun",
        "function run() { uwsgi --max-fd 2048; }; run",
        "$'uwsgi' $'--max-fd\\x3d2048'",
        "args=(--ini x); uwsgi --max-fd 2048",
        "uwsgi --max-fd 2048 &> /tmp/log",
        "uwsgi --max-fd 2048 |& tee /tmp/log",
        "uwsgi --max-fd 2048 > >(tee /tmp/log)",
        "diff <(echo a) <(echo b); uwsgi --max-fd 2048",
        "cat <<< 'uwsgi --max-fd 1'; uwsgi --max-fd 2048",
        "for ((i=0; i<2; i++)); do :; done; uwsgi --max-fd 2048",
        "(( 1 + 1 )); uwsgi --max-fd 2048",
        "while !</dev/tcp/db/5432; do sleep 1; done; uwsgi --max-fd 2048",
        "N=20; N+=48; uwsgi --max-fd $N",
        "declare -x UWSGI_MAX_FD=2048; uwsgi",
    ])
    func `Runs uWSGI in Bash`(_ script: String) {
        let detection = detect(script: script, shell: "bash")
        #expect(detection.certainty == .certain, "\(detection)")
        #expect(detection.maxFD.state == .set && detection.maxFD.number == 2048, "\(detection.maxFD)")
    }

    /// No script here runs uWSGI.
    @Test(arguments: [
        "",
        "# exec uwsgi",
        "echo uwsgi --http :80",
        "echo 'x' # ; uwsgi",
        "printf '%s' \"uwsgi\" > /tmp/x; exec gunicorn app:app",
        "cat > /x <<EOF\nuwsgi --http :80\nEOF\nexec gunicorn app:app",
        "cat > /x <<-EOF\n\tuwsgi\n\tEOF\nexec gunicorn app:app",
        "exec gunicorn app:app; uwsgi --http :80",
        "exit 0; uwsgi --http :80",
        "exec celery worker\nuwsgi",
        "if false; then uwsgi; fi; celery worker",
        "false && uwsgi; celery worker",
        "true || uwsgi; celery worker",
        "[ a = b ] && uwsgi; celery worker",
        "while false; do uwsgi; done; celery worker",
        "until true; do uwsgi; done; celery worker",
        "case worker in web) uwsgi;; *) celery worker;; esac",
        "for i in; do uwsgi; done; celery worker",
        "run() { uwsgi; }; celery worker",
        "SERVER=uwsgi celery worker",
        "SERVER=uwsgi; celery worker",
        "export SERVER=uwsgi; gunicorn app:app",
        "gunicorn uwsgi:app",
        "command -v uwsgi && celery worker",
        "which uwsgi; celery worker",
        "type uwsgi >/dev/null; celery worker",
        "x=$(uwsgi --version); celery worker",
        "celery worker --name \"$(uwsgi --version)\"",
        "ps aux | grep uwsgi",
        "pip install uwsgi && gunicorn app:app",
        "kill -HUP $(cat /run/uwsgi.pid); celery worker",
        "uwsgi --version",
        "uwsgi --stop /tmp/p; uwsgi --reload /tmp/p",
        "celery worker > /var/log/uwsgi",
        "celery worker < uwsgi",
        "trap 'uwsgi --stop /tmp/p' TERM; celery worker",
        "sh -c 'celery worker' uwsgi",
        "su uwsgi -c 'celery worker'",
        "P=celery; exec $P worker uwsgi",
        "'uwsgi --http :80'; celery worker",
        "\"uwsgi --http :80\"; celery worker",
        "set -- celery; exec \"$@\" uwsgi",
    ])
    func `Runs no uWSGI`(_ script: String) {
        for shell in ["sh", "bash"] {
            let detection = detect(script: script, shell: shell)
            #expect(detection.certainty == nil, "\(detection)")
        }
    }

    /// Which way these go depends on what cannot be seen.
    @Test(arguments: [
        "if [ \"$ROLE\" = web ]; then exec uwsgi; else exec celery worker; fi",
        "[ \"$ROLE\" = worker ] && exec celery worker; exec uwsgi",
        "case \"$ROLE\" in worker) exec celery worker;; *) exec uwsgi;; esac",
        "exec ${SERVER:-uwsgi} --http :80",
    ])
    func `Unseen variable decides`(_ script: String) {
        var example = container(["sh", "-c", script])
        example.environmentSources = [EnvironmentSource()]
        #expect(Detector().detect(example).certainty == .likely)
    }

    @Test func `Known variable decides`() {
        let script = "case \"$ROLE\" in worker) exec celery worker;; *) exec uwsgi;; esac"
        #expect(detect(script: script, ["ROLE": "worker"]).certainty == nil)
        #expect(detect(script: script, ["ROLE": "web"]).certainty == .certain)
        #expect(detect(script: script).certainty == .certain)
    }

    /// max-fd that the script's own variables give, take or hide.
    @Test(arguments: [
        ("uwsgi --max-fd $FD", MaxFD.State.hidden),
        ("uwsgi --max-fd \"$FD\" --http :80", .hidden),
        ("uwsgi --max-fd=$(cat /fd)", .hidden),
        ("uwsgi --max-fd=$((1024 * 4))", .set),
        ("uwsgi --max-fd '@(/fd)'", .hidden),
        ("UWSGI_MAX_FD=0; uwsgi", .incurable),
        ("export UWSGI_MAX_FD=$(cat /fd); uwsgi", .hidden),
        ("if [ -f /x ]; then export UWSGI_MAX_FD=4096; fi; uwsgi", .hidden),
        ("FD=0; uwsgi --max-fd $FD", .incurable),
        ("export UWSGI_MAX_FD=0; uwsgi", .incurable),
        ("export UWSGI_MAX_FD=; uwsgi", .incurable),
        ("unset UWSGI_MAX_FD; uwsgi", .incurable),
        ("(unset UWSGI_MAX_FD); uwsgi", .unset),
        ("UWSGI_MAX_FD=4096; uwsgi", .unset),
        ("UWSGI_MAX_FD=4096 true; uwsgi", .unset),
        ("uwsgi --max-fd 4096 & uwsgi", .unset),
        ("uwsgi $OPTIONS", .unset),
        ("uwsgi --max-fd 4096 $OPTIONS", .set),
        ("export UWSGI_MAX_FD=4096; uwsgi", .set),
        ("export UWSGI_MAX_FD=9999999; uwsgi", .excessive),
    ])
    func `Max-fd of script`(_ script: String, _ state: MaxFD.State) {
        let detection = detect(script: script)
        #expect(detection.maxFD.state == state, "\(detection.maxFD)")
    }

    /// Shells of the Almquist family drop variables that cannot be theirs; bash keeps them.
    @Test func `Names that are no identifiers`() {
        #expect(detect(script: "exec uwsgi", ["UWSGI_MAX-FD": "4096"]).maxFD.state == .unset)
        #expect(detect(script: "exec uwsgi", shell: "bash", ["UWSGI_MAX-FD": "4096"]).maxFD.state == .set)
        #expect(detect("uwsgi", ["UWSGI_MAX-FD": "4096"]).maxFD.state == .set)
    }

    /// Every way to give a script to a shell.
    @Test(arguments: [
        ["sh", "-c", "exec uwsgi"], ["bash", "-lc", "exec uwsgi"], ["bash", "-euxc", "exec uwsgi"],
        ["bash", "-o", "pipefail", "-c", "exec uwsgi"], ["bash", "-eo", "pipefail", "-c", "exec uwsgi"],
        ["bash", "--login", "-c", "exec uwsgi"], ["bash", "-l", "-c", "exec uwsgi"],
        ["bash", "--norc", "--noprofile", "-c", "exec uwsgi"], ["bash", "+x", "-c", "exec uwsgi"],
        ["bash", "-O", "extglob", "-c", "exec uwsgi"], ["dash", "-ec", "exec uwsgi"], ["ash", "-c", "uwsgi"],
        ["/bin/busybox", "ash", "-c", "uwsgi"], ["zsh", "-c", "uwsgi"], ["ksh", "-c", "uwsgi"],
        ["sh", "-c", "--", "uwsgi"], ["sh", "-ce", "uwsgi"], ["bash", "-c", "exec \"$@\"", "--", "uwsgi"],
        ["sh", "-c", "\"$0\" \"$@\"", "uwsgi"], ["sh", "-c", "exec $0 $@", "uwsgi"],
        ["sh", "-c", "exec \"${@}\"", "-", "uwsgi"], ["sh", "-c", "exec ${0}", "uwsgi"],
    ])
    func `Shell invocations`(_ command: [String]) {
        #expect(Detector().detect(container(command)).certainty == .certain)
    }
}
