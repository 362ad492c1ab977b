import Testing

@testable import UWSGI

/// Something that is not seen, such as a sourced file, may change every variable, whatever it held before.
@Suite struct UnseenChangesTests {
    /// A known value is not the only one any more.
    @Test(arguments: [
        ("sh", ". ./env.sh; [ \"$MODE\" = web ] && uwsgi"),
        ("sh", ". ./env.sh; case $MODE in web) uwsgi;; esac"),
        ("sh", "MODE=x; . ./env.sh; [ \"$MODE\" = web ] && uwsgi"),
        ("bash", ". ./env.sh; [[ $MODE == web ]] && uwsgi"),
        ("sh", "eval \"$(cat f)\"; [ -z \"$MODE\" ] || uwsgi"),
        ("sh", "env -i sh -c '. ./env.sh; case $MODE in web) exec uwsgi;; esac; celery'"),
        ("bash", "export $(cat f); [[ $MODE == web ]] && uwsgi"),
        ("sh", "MODE=x; $(cat f) y; [ $MODE = x ] || uwsgi"),
        ("bash", ". ./env.sh; for X in $MODE; do uwsgi; done"),
    ])
    func `Found after a change`(_ shell: String, _ script: String) {
        #expect(detect(script: script, shell: shell, ["MODE": ""]).certainty == .likely)
    }

    /// What is assigned afterwards is known.
    @Test(arguments: [
        ". ./env.sh; MODE=x; case $MODE in web) uwsgi;; esac",
        ". ./env.sh; unset MODE; [ -n \"$MODE\" ] && uwsgi",
        "(. ./env.sh); [ -n \"$MODE\" ] && uwsgi",
    ])
    func `Known again`(_ script: String) { #expect(detect(script: script, ["MODE": ""]) == .none) }

    /// The author expects that the value stays: so a start stays certain.
    @Test(arguments: [
        ". ./env.sh; [[ $MODE == web ]] && exec uwsgi; celery",
        ". ./env.sh; [ $MODE = web ] && exec uwsgi; celery",
        ". ./env.sh; case $MODE in web) exec uwsgi;; esac; celery",
        ". ./env.sh; for X in $MODE; do uwsgi; done",
    ])
    func `Certain in spite of a change`(_ script: String) {
        #expect(detect(script: script, shell: "bash", ["MODE": "web"]).certainty == .certain)
    }

    /// A limit may be changed as well; that there is none stays seen.
    @Test func `Limits after a change`() {
        let script = ". ./env.sh; exec uwsgi --max-fd $FD"
        #expect(detect(script: script, ["FD": "4096"]).maxFD.state == .hidden)
        #expect(detect(script: ". ./env.sh; exec uwsgi --processes $FD", ["FD": "4"]).maxFD.state == .unset)
    }

    /// However many variables a command has, what is known of it stays known.
    @Test func `Many variables after a change`() {
        let words = ["A", "B", "C", "D", "E"].map { "--set x=\"$\($0)\"" }.joined(separator: " ")
        let script = ". ./env.sh; exec uwsgi --http-socket \"$S\" \(words) -M"
        let variables: KeyValuePairs = ["S": ":0", "A": "1", "B": "2", "C": "3", "D": "4", "E": "5"]
        let detection = detect(script: script, variables)
        #expect(detection.certainty == .certain && detection.maxFD.state == .unset, "\(detection)")
    }

    /// Names that are changed again and again cost no more than the budget.
    @Test func `Changes within the budget`() {
        let names = (0..<2_000).map { "V\($0)=1; . ./env.sh" }.joined(separator: "\n")
        #expect(detect(script: names + "\nuwsgi").runsUWSGI)
    }
}
