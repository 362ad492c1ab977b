import TestSupport
import Testing
import UWSGI

@testable import Admission

/// A container whose `envFrom` may hold a max-fd.
@Suite struct EnvFromTests {
    private static func verdict(
        _ policy: Policy, _ handling: EnvFromHandling,
        envFrom: String = #"[{"configMapRef": {"name": "c"}}]"#,
        command: String = #"["uwsgi"]"#
    ) throws -> Verdict {
        try AdmissionReviewerTests.review(
            AdmissionReviewerTests.podReview(
                spec: #"{"containers": [{"name": "web", "command": \#(command), "envFrom": \#(envFrom)}]}"#),
            policy: policy, settings: AdmissionSettings(envFrom: handling)
        ).outcome.record.verdict
    }

    @Test(
        arguments: [
            (.mutate, .add, .patched, .add, #""web": UWSGI_MAX_FD=1048576 wins over one in envFrom"#),
            (.strict, .add, .denied, .deny, nil),
            (.audit, .add, .warned, .warn, #""web": uWSGI without max-fd; set env UWSGI_MAX_FD=1048576"#),
            (.mutate, .trust, .warned, .keep, #""web": max-fd may come from envFrom, not checked"#),
            (.strict, .trust, .warned, .allow, #""web": max-fd may come from envFrom, not checked"#),
            (.audit, .trust, .allowed, .allow, nil),
        ] as [(Policy, EnvFromHandling, Verdict.Decision, Action, String?)])
    func `What each policy does`(
        policy: Policy, handling: EnvFromHandling, decision: Verdict.Decision, action: Action,
        warning: String?
    ) throws {
        let verdict = try Self.verdict(policy, handling)
        #expect(verdict.decision == decision)
        #expect(verdict.containers.map(\.action) == [action])
        #expect(verdict.warnings == (warning.map { [$0] } ?? []))
        #expect(verdict.patch.isEmpty == (decision != .patched))
    }

    @Test(arguments: [
        ("", true), ("UWSGI_", true), ("UWSGI_MAX_FD", true), ("APP_", false), ("uwsgi_", false),
    ])
    func `Only a source that can make the name counts`(prefix: String, counts: Bool) throws {
        let envFrom = #"[{"prefix": "\#(prefix)", "secretRef": {"name": "s"}}]"#
        #expect(try Self.verdict(.mutate, .trust, envFrom: envFrom).decision == (counts ? .warned : .patched))
        #expect(try Self.verdict(.mutate, .add, envFrom: envFrom).warnings.isEmpty == !counts)
    }

    @Test
    func `Where the environment does not reach uWSGI, nothing in envFrom helps`() throws {
        let verdict = try Self.verdict(.strict, .trust, command: #"["env", "-i", "uwsgi"]"#)
        #expect(verdict.decision == .denied)
    }

    @Test
    func `The denial says that envFrom is not seen`() throws {
        #expect(try Self.verdict(.strict, .add).denial?.contains("unless envFrom holds one") == true)
    }

    @Test(arguments: EnvFromHandling.allCases)
    func `Warnings fit into 120 characters with the longest of names`(handling: EnvFromHandling) {
        let name = String(repeating: "n", count: 63)
        let container = PodContainer(
            role: .container, name: name,
            specification: ContainerSpecification(image: "i", environmentSources: [EnvironmentSource()]),
            pointer: "/spec/containers/0", hasEnvironment: false)
        let detection = Detection(
            certainty: .likely, evidence: [], maxFD: MaxFD(state: .unset, cure: .add))
        for policy in Policy.allCases {
            for subject in [PolicyEvaluator.Subject.pod, .workload] {
                let verdict = PolicyEvaluator(
                    policy: policy, subject: subject, maxFD: Int(Int32.max), ceiling: Int(Int32.max),
                    envFrom: handling
                ).verdict(on: [ExaminedContainer(container: container, detection: detection)], notes: [])
                for warning in verdict.warnings where warning.contains("envFrom") {
                    #expect(warning.utf8.count <= 120 && !warning.contains("…"), "\(warning)")
                }
            }
        }
    }
}
