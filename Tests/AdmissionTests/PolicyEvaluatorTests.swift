import Testing
import UWSGI

@testable import Admission

@Suite
struct PolicyEvaluatorTests {
    /// A container whose max-fd is in a certain state.
    static func finding(
        _ state: MaxFD.State, certainty: Certainty = .certain, name: String = "web",
        hasEnvironment: Bool = true, role: PodContainer.Role = .container
    ) -> ExaminedContainer {
        let maxFD =
            switch state {
            case .unset: MaxFD(state: .unset, cure: .add)
            case .ineffective:
                MaxFD(
                    state: state, value: "abc", source: "env UWSGI_MAX_FD",
                    cure: .replace(index: 2, prefix: ""))
            case .harmful:
                MaxFD(
                    state: state, value: "1e6", number: 1, source: "env UWSGI_SET",
                    cure: .replace(index: 0, prefix: "max-fd="))
            case .incurable: MaxFD(state: state, value: "0", number: 0, source: "command[6]")
            case .excessive:
                MaxFD(state: state, value: "1073741816", number: 1_073_741_816, source: "args[1]")
            case .hidden: MaxFD(state: state, source: "env UWSGI_MAX_FD")
            case .set: MaxFD(state: state, value: "4096", number: 4096, source: "args[1]")
            }
        return ExaminedContainer(
            container: PodContainer(
                role: role, name: name, specification: ContainerSpecification(image: "i"),
                pointer: "/spec/containers/0", hasEnvironment: hasEnvironment),
            detection: Detection(certainty: certainty, evidence: ["command[0] uwsgi"], maxFD: maxFD))
    }

    private func verdict(
        _ policy: Policy, _ findings: ExaminedContainer..., subject: PolicyEvaluator.Subject = .pod,
        notes: [String] = []
    ) -> Verdict {
        PolicyEvaluator(policy: policy, subject: subject, maxFD: 65536, ceiling: 1_048_576)
            .verdict(on: findings, notes: notes)
    }

    @Test(
        arguments: [
            (.mutate, .unset, .patched, .add, 0), (.mutate, .ineffective, .patched, .replace, 1),
            (.mutate, .harmful, .patched, .replace, 1), (.mutate, .incurable, .warned, .keep, 1),
            (.mutate, .excessive, .warned, .keep, 1), (.mutate, .hidden, .allowed, .keep, 0),
            (.mutate, .set, .allowed, .keep, 0),
            (.strict, .unset, .denied, .deny, 0), (.strict, .ineffective, .denied, .deny, 0),
            (.strict, .harmful, .denied, .deny, 0), (.strict, .incurable, .denied, .deny, 0),
            (.strict, .excessive, .denied, .deny, 0), (.strict, .hidden, .warned, .allow, 1),
            (.strict, .set, .allowed, .allow, 0),
            (.audit, .unset, .warned, .warn, 1), (.audit, .ineffective, .warned, .warn, 1),
            (.audit, .harmful, .warned, .warn, 1), (.audit, .incurable, .warned, .warn, 1),
            (.audit, .excessive, .warned, .warn, 1), (.audit, .hidden, .allowed, .allow, 0),
            (.audit, .set, .allowed, .allow, 0),
        ] as [(Policy, MaxFD.State, Verdict.Decision, Action, Int)])
    func `Every row of the policy table, for a Pod`(
        policy: Policy, state: MaxFD.State, decision: Verdict.Decision, action: Action, warnings: Int
    ) {
        let verdict = verdict(policy, Self.finding(state))
        #expect(verdict.decision == decision)
        #expect(verdict.containers.map(\.action) == [action])
        #expect(verdict.warnings.count == warnings)
        #expect((verdict.denial != nil) == (decision == .denied))
        #expect(verdict.patch.isEmpty == (decision != .patched))
        #expect(verdict.containers.map(\.value) == [decision == .patched ? "65536" : nil])
    }

    @Test(arguments: Policy.allCases, MaxFD.State.allCases)
    func `On a workload every policy only warns`(policy: Policy, state: MaxFD.State) {
        let verdict = verdict(policy, Self.finding(state), subject: .workload)
        let good: [MaxFD.State] = policy == .strict ? [.set] : [.set, .hidden]
        #expect(verdict.decision == (good.contains(state) ? .allowed : .warned))
        #expect(verdict.patch.isEmpty)
        #expect(verdict.denial == nil)
        let isRefusal = policy == .strict && ![.set, .hidden].contains(state)
        #expect(verdict.warnings.contains { $0.hasSuffix("; Pods will be refused") } == isRefusal)
    }

    @Test
    func `Nothing found is allowed, and only the notes are warned of`() {
        #expect(verdict(.strict).decision == .allowed)
        #expect(verdict(.strict).reason == "no container runs uWSGI")
        #expect(verdict(.mutate, notes: ["odd annotation"]).decision == .warned)
        #expect(verdict(.mutate, notes: ["odd annotation"]).warnings == ["odd annotation"])
    }

    @Test
    func `The patch is the smallest that carries out the cure`() {
        let all = verdict(
            .mutate, Self.finding(.unset), Self.finding(.unset, hasEnvironment: false),
            Self.finding(.ineffective), Self.finding(.harmful), Self.finding(.set))
        #expect(
            all.patch == [
                .appendVariable(pointer: "/spec/containers/0/env/-", name: "UWSGI_MAX_FD", value: "65536"),
                .addEnvironment(pointer: "/spec/containers/0/env", name: "UWSGI_MAX_FD", value: "65536"),
                .setValue(pointer: "/spec/containers/0/env/2/value", value: "65536"),
                .setValue(pointer: "/spec/containers/0/env/0/value", value: "max-fd=65536"),
            ])
        #expect(all.decision == .patched)
    }

    @Test
    func `A state that could be cured, but for which detection knows no cure, is treated as incurable`() {
        let found = Self.finding(.unset)
        let incurable = ExaminedContainer(
            container: found.container,
            detection: Detection(certainty: .certain, evidence: [], maxFD: MaxFD(state: .unset)))
        let verdict = verdict(.mutate, incurable)
        #expect(verdict.decision == .warned)
        #expect(verdict.patch.isEmpty)
    }

    @Test
    func `A denial names every offending container, the evidence and the cure, and no other container`()
        throws
    {
        let verdict = verdict(
            .strict, Self.finding(.unset, certainty: .likely, name: "lms"),
            Self.finding(.set, name: "good"), Self.finding(.incurable, name: "cms", role: .`init`))
        let message = try #require(verdict.denial)
        #expect(
            message == """
                policy strict: container "lms" probably runs uWSGI (command[0] uwsgi): no max-fd is visible, so it \
                takes the node's limit; set its variable UWSGI_MAX_FD to "65536" (or, if it does not run uWSGI, \
                annotate the Pod with uwsgi-max-fd/containers: "-lms"); init container "cms" runs uWSGI \
                (command[0] uwsgi): max-fd "0" at command[6] has no effect that helps, and no variable overrides \
                it; change it to --max-fd=65536
                """)
        #expect(verdict.reason == "max-fd unset in lms, max-fd incurable in cms")
    }

    @Test(arguments: MaxFD.State.allCases)
    func `Warnings fit into 120 characters with the longest of names`(state: MaxFD.State) {
        let name = String(repeating: "n", count: 63)
        for policy in Policy.allCases {
            for subject in [PolicyEvaluator.Subject.pod, .workload] {
                let verdict = verdict(
                    policy, Self.finding(state, certainty: .likely, name: name), subject: subject)
                for warning in verdict.warnings {
                    #expect(warning.utf8.count <= 120, "\(warning)")
                    #expect(warning.contains(name))
                }
            }
        }
    }

    @Test
    func `Hostile names and values stay on one line and within bounds`() {
        let name = "a\n\u{1B}[31m\u{202E}" + String(repeating: "🦄", count: 100_000)
        for state in MaxFD.State.allCases {
            for policy in Policy.allCases {
                let verdict = verdict(policy, Self.finding(state, name: name))
                for text in verdict.warnings + [verdict.denial ?? "", verdict.reason] {
                    #expect(text.utf8.count < 1000)
                    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
                }
            }
        }
    }

    @Test
    func `Many warnings stay within what the API server passes on, and equal ones come once`() {
        var warnings = Warnings()
        for index in 0..<500 { warnings.add("container \(index): " + String(repeating: "x", count: 200)) }
        warnings.add("container 0: " + String(repeating: "x", count: 200))
        #expect(warnings.list.count == 30)
        #expect(warnings.list.last == "and 471 more warnings")
        #expect(warnings.list.reduce(0) { $0 + $1.utf8.count } <= 4096)
    }
}
