import Testing

@testable import UWSGI

/// On the way that a test leads to, a variable that cannot be seen holds what the test asked for.
@Suite struct TestedVariablesTests {
    private func detect(_ script: String, shell: String = "bash") -> Detection {
        var container = container([shell, "-c", script])
        container.environmentSources = [EnvironmentSource()]
        return Detector().detect(container)
    }

    /// So what another test asks for is not there.
    @Test(arguments: [
        "if [ -n \"$X\" ]; then :; elif [ \"$X\" = uwsgi ]; then uwsgi; fi",
        "if [[ -z $X ]]; then ${X:+uwsgi}; fi",
        "[ \"$X\" = web ] && case $X in uwsgi) uwsgi;; esac", "[ \"$X\" != a ] || [ \"$X\" = a ] || uwsgi",
        "test -z \"$X\" && [ \"$X\" ] && uwsgi",
    ])
    func `Not reached`(_ script: String) { #expect(detect(script + "; celery").certainty == nil) }

    /// What the text of the test names is what runs; and a test does not tell whether a variable is set.
    @Test(arguments: [
        "if [ \"$X\" = uwsgi ]; then exec ${X##*/}; fi", "if [ \"$X\" != uwsgi ]; then exit; fi; exec ${X}",
        "[[ $X == uwsgi ]] && $X", "[ -z \"$X\" ] && ${X-uwsgi}", "[ -z \"$X\" ] && ${X+uwsgi}",
        "[ -n $X ] && ${X:-uwsgi}", "[[ $X != uwsgi ]]; $X -M uwsgi",
    ])
    func `Reached`(_ script: String) { #expect(detect(script).certainty == .likely) }

    /// Where something else than a test answers, or a pattern is compared with, nothing is known.
    @Test(arguments: [
        "test() { true; }; test -z \"$X\" && ${X:+uwsgi}", "[ \"$X\" = * ] && case $X in uwsgi) uwsgi;; esac",
        "enable -n test; test -z \"$X\" && ${X:+uwsgi}", "[[ $X == uw* ]] && case $X in uwsgi) uwsgi;; esac",
    ])
    func `Not told`(_ script: String) { #expect(detect(script).certainty == .likely) }

    /// Also of a variable that most likely is not set.
    @Test func `Absent variables`() {
        let script = "if [ \"$X\" = uwsgi ]; then exec ${X##*/}; fi"
        #expect(UWSGITests.detect(script: script).certainty == .likely)
        #expect(UWSGITests.detect(script: "[ -z \"$X\" ] && echo; exec ${X-uwsgi}").certainty == .certain)
        let dash = "if [ -z \"$X\" ]; then uwsgi ${X:?}; fi"
        #expect(UWSGITests.detect(script: dash, shell: "dash").certainty == .likely)
    }

    /// What uWSGI reads itself is left as it is: whether it is exported depends on whether it was set.
    @Test func `Limit of the environment`() {
        let script = "[ -n \"$UWSGI_MAX_FD\" ] || UWSGI_MAX_FD=4096; uwsgi"
        #expect(detect(script).maxFD.state != .set)
    }
}
