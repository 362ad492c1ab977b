import Basics
import UWSGI

/// Makes a verdict of findings: the whole of policy, without I/O.
struct PolicyEvaluator {
    /// What the findings were made in.
    enum Subject: Hashable {
        case pod
        /// An object whose Pods are still to come.
        case workload
    }

    let policy: Policy
    let subject: Subject
    /// The max-fd to set, in file descriptors.
    let maxFD: Int
    /// An explicit max-fd above this is excessive.
    let ceiling: Int
    var strictExemptions = StrictExemptions.likely
    var envFrom = EnvFromHandling.add

    /// - Parameters:
    ///   - findings: the containers that run uWSGI, also if their author denies it, in the order of the object.
    ///   - notes: further warnings, about the object as a whole.
    func verdict(on findings: [ExaminedContainer], notes: [String]) -> Verdict {
        var containers: [ContainerVerdict] = []
        var patch: [PatchOperation] = []
        var warnings = Warnings(notes)
        var denial = Denial()
        var exempted: [String] = []
        for finding in findings {
            let rule = rule(for: finding)
            if isExempted(finding) {
                // Only strict lets something pass that it would not have let pass.
                if policy == .strict, rule.action == .deny || rule.warns {
                    exempted.append(finding.container.name)
                    warnings.add(message(on: finding, rule).exemption)
                }
                continue
            }
            let change = change(of: finding, by: rule.action)
            if let change { patch.append(change.operation) }
            if rule.warns { warnings.add(message(on: finding, rule).warning) }
            if rule.action == .deny { denial.add(message(on: finding, rule)) }
            containers.append(verdict(on: finding, rule.action, change))
        }
        let decision = decision(containers, warned: !warnings.isEmpty)
        return Verdict(
            decision: decision,
            reason: reason(for: decision, containers, exempted),
            containers: containers,
            // A Pod that is refused is not changed.
            patch: decision == .patched ? patch : [],
            warnings: warnings.list,
            denial: denial.text,
            exempted: exempted)
    }

    /// What is done about one container that runs uWSGI; `nil` where it is left alone because its author says that it
    /// does not.
    func action(on finding: ExaminedContainer) -> Action? {
        isExempted(finding) ? nil : rule(for: finding).action
    }

    /// What is decided about one container that runs uWSGI; `nil` as above.
    func verdict(on finding: ExaminedContainer) -> ContainerVerdict? {
        action(on: finding).map { verdict(on: finding, $0, change(of: finding, by: $0)) }
    }

    private func verdict(
        on finding: ExaminedContainer, _ action: Action, _ change: EnvironmentChange?
    ) -> ContainerVerdict {
        ContainerVerdict(finding: finding, action: action, value: change.map { _ in String(maxFD) })
    }

    private func change(of finding: ExaminedContainer, by action: Action) -> EnvironmentChange? {
        action == .add || action == .replace ? EnvironmentChange(finding, maxFD: maxFD) : nil
    }

    private func message(on finding: ExaminedContainer, _ rule: PolicyRule) -> FindingMessage {
        FindingMessage(
            finding: finding, policy: policy, subject: subject, action: rule.action, maxFD: maxFD,
            ceiling: ceiling, strictExemptions: strictExemptions, envFrom: envFrom)
    }

    /// Whether a container is left alone because its author says that it does not run uWSGI.
    private func isExempted(_ finding: ExaminedContainer) -> Bool {
        guard finding.asksForExemption else { return false }
        return policy != .strict || strictExemptions.cover(finding.detection.certainty)
    }

    private func rule(for finding: ExaminedContainer) -> PolicyRule {
        let rule = podRule(for: finding)
        switch subject {
        case .pod: return rule
        case .workload: return .forWorkload(rule)
        }
    }

    private func podRule(for finding: ExaminedContainer) -> PolicyRule {
        let maxFD = finding.detection.maxFD
        if maxFD.cure == .add, finding.container.mayGetMaxFDFromSource {
            switch envFrom {
            case .trust: return .forTrustedSource(policy)
            // What is added wins over one in the source, which has to be said.
            case .add: return PolicyRule.forPod(policy, maxFD.state).warning(if: policy == .mutate)
            }
        }
        // What no change of the variables mends is incurable, whatever its name.
        let isAddOrReplace = [.unset, .ineffective, .harmful].contains(maxFD.state)
        let state = isAddOrReplace && maxFD.cure == nil ? .incurable : maxFD.state
        return .forPod(policy, state)
    }

    private func decision(_ containers: [ContainerVerdict], warned: Bool) -> Verdict.Decision {
        // By index, here and below: a verdict holds much, and is not copied to look at one field of it.
        if containers.indices.contains(where: { containers[$0].action == .deny }) { return .denied }
        if containers.indices.contains(where: { containers[$0].value != nil }) { return .patched }
        return warned ? .warned : .allowed
    }

    private func reason(
        for decision: Verdict.Decision, _ containers: [ContainerVerdict], _ exempted: [String]
    ) -> String {
        if containers.isEmpty, exempted.isEmpty { return "no container runs uWSGI" }
        var text = ""
        if let first = exempted.first {
            text = "exempted by annotation: \(PrintableText.of(first, limit: PrintableText.longestName))"
            text += exempted.count > 1 ? ", …" : ""
            text += containers.isEmpty ? "" : "; "
        }
        var count = 0
        for index in containers.indices where isDecisive(containers[index], for: decision) {
            count += 1
            if count > 8 { return text + ", …" }
            if count > 1 { text += ", " }
            text += "max-fd "
            text += containers[index].finding.detection.maxFD.state.rawValue
            text += " in "
            text += PrintableText.of(
                containers[index].finding.container.name, limit: PrintableText.longestName)
        }
        return text
    }

    private func isDecisive(_ verdict: ContainerVerdict, for decision: Verdict.Decision) -> Bool {
        switch decision {
        case .denied: verdict.action == .deny
        case .patched: verdict.value != nil
        default: true
        }
    }
}
