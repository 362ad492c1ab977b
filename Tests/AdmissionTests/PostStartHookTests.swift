import TestSupport
import Testing
import UWSGI

@testable import Admission

/// What a container's `postStart` hook starts is a program of the container's.
@Suite struct PostStartHookTests {
    private static let unlimited = #"["uwsgi", "--http", ":80"]"#

    private static func verdict(
        _ hook: String, command: String, env: String = "[]", policy: Policy = .strict
    ) throws -> Verdict {
        let spec = """
            {"containers": [{"name": "web", "command": \(command), "env": \(env), \
            "lifecycle": {"preStop": {"exec": {"command": \(unlimited)}}, "postStart": \(hook)}}]}
            """
        return try AdmissionReviewerTests.review(
            AdmissionReviewerTests.podReview(spec: spec), policy: policy
        ).outcome.record.verdict
    }

    private static func exec(_ command: String) -> String { #"{"exec": {"command": \#(command)}}"# }

    @Test(
        arguments: [
            (unlimited, #"["sleep", "inf"]"#, .denied, "lifecycle.postStart.exec.command[0] uwsgi"),
            (
                #"["sh", "-c", "uwsgi --http :80 &"]"#, #"["nginx"]"#, .denied,
                "lifecycle.postStart.exec.command[2] sh -c: uwsgi"
            ),
            (
                unlimited, #"["uwsgi", "--max-fd", "4096"]"#, .denied,
                "lifecycle.postStart.exec.command[0] uwsgi"
            ),
            (#"["uwsgi", "--max-fd", "4096"]"#, #"["uwsgi"]"#, .denied, "command[0] uwsgi"),
            (
                #"["uwsgi", "--max-fd", "4096"]"#, #"["sleep", "inf"]"#, .allowed,
                "lifecycle.postStart.exec.command[0] uwsgi"
            ),
            (
                #"["/start-uwsgi.sh"]"#, #"["nginx"]"#, .denied,
                "lifecycle.postStart.exec.command[0] start-uwsgi.sh"
            ),
            // It waits for the one that runs already.
            (#"["/opt/warm-uwsgi.sh"]"#, #"["uwsgi", "--max-fd", "4096"]"#, .allowed, "command[0] uwsgi"),
            (#"["true"]"#, #"["uwsgi", "--max-fd", "4096"]"#, .allowed, "command[0] uwsgi"),
        ] as [(String, String, Verdict.Decision, String)])
    func `The worse of the two counts`(
        hook: String, command: String, decision: Verdict.Decision, evidence: String
    ) throws {
        let verdict = try Self.verdict(Self.exec(hook), command: command)
        #expect(verdict.decision == decision)
        #expect(verdict.containers.first?.finding.detection.evidence == [evidence])
    }

    @Test
    func `The place of a value in the hook is told as one`() throws {
        let verdict = try Self.verdict(
            Self.exec(#"["uwsgi", "--max-fd", "0"]"#), command: #"["nginx"]"#, policy: .audit)
        #expect(
            verdict.containers.map(\.finding.detection.maxFD.source)
                == ["lifecycle.postStart.exec.command[2]"])
    }

    @Test
    func `One variable mends both`() throws {
        let verdict = try Self.verdict(
            Self.exec(Self.unlimited), command: #"["nginx"]"#, policy: .mutate)
        #expect(verdict.decision == .patched)
        #expect(verdict.patch.count == 1)
    }

    @Test
    func `Variables alone say nothing about a hook, nor does preStop`() throws {
        let env = #"[{"name": "UWSGI_PROCESSES", "value": "2"}]"#
        for hook in [
            Self.exec(#"["/warm-up.sh"]"#), #"{"httpGet": {"port": 80}}"#, "{}", "null", Self.exec("[]"),
        ] {
            let verdict = try Self.verdict(hook, command: #"["nginx"]"#, env: env)
            #expect(verdict.reason == "no container runs uWSGI")
        }
    }

    @Test
    func `The kubelet does not expand references in it`() throws {
        let env = #"[{"name": "P", "value": "uwsgi"}]"#
        let verdict = try Self.verdict(Self.exec(#"["$(P)"]"#), command: #"["nginx"]"#, env: env)
        #expect(verdict.containers.isEmpty)
        let shell = try Self.verdict(
            Self.exec(#"["sh", "-c", "exec $P"]"#), command: #"["nginx"]"#, env: env)
        #expect(shell.decision == .denied)
    }

    @Test(arguments: [#"{"exec": []}"#, "[]"])
    func `One of another kind is malformed, and the error says where`(hook: String) {
        let error = #expect(throws: AdmissionError.self) {
            try Self.verdict(hook, command: #"["nginx"]"#)
        }
        #expect(error?.description.contains("spec.containers[0].lifecycle") == true)
    }
}
