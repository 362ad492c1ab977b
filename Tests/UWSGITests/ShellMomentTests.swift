import Testing

@testable import UWSGI

/// What runs at another moment than where it stands, or where it hardly looks like a command.
@Suite struct ShellMomentTests {
    /// A trap is expanded when it runs, in the state that there is then.
    @Test(arguments: [
        "trap '\"$X\"' EXIT; X=uwsgi", "trap '$X' TERM; X=uwsgi; X=celery", "trap 'X=uwsgi' USR1; celery; $X",
        "trap 'f' EXIT; f() { uwsgi; }", "(trap '$X' 0; X=uwsgi); :", "f() { trap '$X' EXIT; X=uwsgi; }; f",
        "$(trap 'echo uwsgi' EXIT)", "trap '$X' EXIT; X=uwsgi; exec --none", "X=uwsgi; trap '$X' INT; X=",
        "trap '$X' HUP; trap '$Y' EXIT; Y=uwsgi; exit 1", "{ trap '$X' EXIT; X=uwsgi; } &",
    ])
    func `Traps`(_ script: String) { #expect(detect(script: script, shell: "bash").runsUWSGI) }

    /// A trap for the end is gone with the shell that a program replaces, and with another one in its place.
    @Test(arguments: [
        "trap uwsgi EXIT; trap - EXIT", "trap uwsgi EXIT; trap EXIT",
        "trap uwsgi EXIT; trap celery EXIT", "trap uwsgi EXIT; trap 0", "trap '$X' EXIT; X=celery",
    ])
    func `Traps that do not run`(_ script: String) {
        #expect(!detect(script: script, shell: "bash").runsUWSGI)
    }

    @Test func `Limit of a trap`() {
        let variables: KeyValuePairs = ["UWSGI_MAX_FD": "4096"]
        #expect(detect(script: "trap uwsgi EXIT; unset UWSGI_MAX_FD", variables).maxFD.state == .incurable)
        #expect(detect(script: "trap uwsgi EXIT; export UWSGI_MAX_FD=4096").maxFD.state == .set)
        #expect(detect(script: "trap 'uwsgi -M' EXIT; exec uwsgi --max-fd 4096").maxFD.state == .set)
    }

    /// A signal's trap costs no more than the commands that change something.
    @Test func `Traps within the budget`() {
        let lines = (0..<300).map { "V\($0)=$1" }.joined(separator: "\n")
        let traps = ["TERM", "INT", "HUP"].map { "trap 'kill -TERM $pid; wait $pid' \($0)\n" }.joined()
        #expect(detect(script: traps + lines + "\nexec uwsgi").certainty == .certain)
    }

    /// bash runs the commands in a subscript wherever it takes a text for a variable or for a number.
    @Test(arguments: [
        "a='b[$(uwsgi)]'; [[ $a -eq 0 ]]", "a='b[$(uwsgi)]'; [[ 0 -lt a ]]", "a='b[$(uwsgi)]'; [ -v \"$a\" ]",
        "a='b[$(uwsgi)]'; test -v \"$a\"", "a='b[$(uwsgi)]'; [[ -v $a ]]",
        "a='b[$(uwsgi)]'; printf -v \"$a\" x",
        "read 'a[$(uwsgi)]'", "(( a['$(uwsgi)'] ))", "unset 'a[$(uwsgi)]'", "declare 'a[$(uwsgi)]=x'",
        "export 'a[$(uwsgi)]'", "a='b[$(uwsgi)]'; : ${!a}", "a='b[$(uwsgi)]'; : ${c[$a]}",
        "a='b[$(uwsgi)]'; c[a]=1", "a='b[$(uwsgi)]'; : ${c:a}", "a='b[$(uwsgi)]'; : ${@:a}",
        "a='b[$(uwsgi)]'; c=a; : $((c + 1))", "declare -i a; a='b[$(uwsgi)]'",
        "X=uwsgi; a='b[$($X)]'; (( a ))",
        "a='b[`uwsgi`]'; let a", "for ((i = $(uwsgi); i < 1; i++)); do :; done",
        "mapfile 'a[$(uwsgi)]' < /dev/null", "a=(uwsgi); X='a[0]'; ${!X}",
    ])
    func `Subscripts`(_ script: String) { #expect(detect(script: script, shell: "bash").runsUWSGI) }

    /// The same where `sh` is bash.
    @Test(arguments: [
        "a='b[$(uwsgi)]'; [[ $a -eq 0 ]]", "a='b[$(uwsgi)]'; [ -v \"$a\" ]", "unset 'a[$(uwsgi)]'",
        "a[0]=uwsgi; ${a[0]}",
    ])
    func `Subscripts by the name of sh`(_ script: String) { #expect(detect(script: script).runsUWSGI) }

    /// Where only the word is compared or counted, nothing runs.
    @Test(arguments: [
        "a='b[uwsgi]'; (( a ))", "[[ $(pgrep -c uwsgi) -gt 0 ]]", "a=uwsgi; [[ -v a ]]", "[ -v uwsgi ]",
        "declare -A m; m[uwsgi]=1", "a='b[$(uwsgi)]'; [ \"$a\" = x ]",
    ])
    func `Subscripts without commands`(_ script: String) {
        #expect(!detect(script: script, shell: "bash").runsUWSGI)
    }

    /// The files that shells read before their scripts.
    @Test(arguments: [
        "echo uwsgi > e; ENV=./e sh -i -c :", "ENV='$(uwsgi)' sh -ic :", "BASH_ENV='$(uwsgi)' bash -c :",
        "echo uwsgi > e; F=./e; export F; ENV='$F' sh -i -c :", "echo X=uwsgi > e; BASH_ENV=./e bash -c '$X'",
        "echo uwsgi > e; bash --rcfile e -i -c :", "echo uwsgi > .profile; HOME=. sh -l -c :",
        "echo uwsgi > .bashrc; HOME=. bash -i -c :",
    ])
    func `Files before the script`(_ script: String) { #expect(detect(script: script).runsUWSGI) }

    @Test func `Files before the script by the container's variables`() {
        #expect(detect("bash -c :", ["BASH_ENV": "`uwsgi`"]).runsUWSGI)
        #expect(detect("sh -ic :", ["ENV": "$(uwsgi)"]).runsUWSGI)
        #expect(detect("sh -c :", ["ENV": "`uwsgi`"]).runsUWSGI == false)
        #expect(detect(script: "echo exit > e; BASH_ENV=./e bash -c uwsgi").certainty == .likely)
    }
}
