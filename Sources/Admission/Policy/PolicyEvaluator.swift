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

    /// - Parameters:
    ///   - findings: the containers that run uWSGI, in the order of the object.
    ///   - notes: warnings that there are besides.
    func verdict(on findings: [ExaminedContainer], notes: [String]) -> Verdict {
        var containers: [ContainerVerdict] = []
        var patch: [PatchOperation] = []
        var warnings = Warnings(notes)
        var refused: [String] = []
        for finding in findings {
            let rule = rule(for: finding)
            let message = FindingMessage(
                finding: finding, policy: policy, subject: subject, action: rule.action, maxFD: maxFD,
                ceiling: ceiling)
            var value: String?
            if rule.action == .add || rule.action == .replace,
                let change = EnvironmentChange(finding, maxFD: maxFD)
            {
                patch.append(change.operation)
                value = String(maxFD)
            }
            if rule.warns { warnings.add(message.warning) }
            if rule.action == .deny { refused.append(message.denial) }
            containers.append(ContainerVerdict(finding: finding, action: rule.action, value: value))
        }
        let decision = decision(containers, warned: !warnings.isEmpty)
        return Verdict(
            decision: decision,
            reason: reason(for: decision, containers),
            containers: containers,
            // A Pod that is refused is not changed.
            patch: decision == .patched ? patch : [],
            warnings: warnings.list,
            denial: refused.isEmpty ? nil : "policy strict: " + refused.joined(separator: "; "))
    }

    private func rule(for finding: ExaminedContainer) -> PolicyRule {
        let maxFD = finding.detection.maxFD
        // What no change of the variables mends is incurable, whatever its name.
        let isAddOrReplace = [.unset, .ineffective, .harmful].contains(maxFD.state)
        let state = isAddOrReplace && maxFD.cure == nil ? .incurable : maxFD.state
        switch subject {
        case .pod: return .forPod(policy, state)
        case .workload: return .forWorkload(policy, state)
        }
    }

    private func decision(_ containers: [ContainerVerdict], warned: Bool) -> Verdict.Decision {
        if containers.contains(where: { $0.action == .deny }) { return .denied }
        if containers.contains(where: { $0.value != nil }) { return .patched }
        return warned ? .warned : .allowed
    }

    private func reason(for decision: Verdict.Decision, _ containers: [ContainerVerdict]) -> String {
        if containers.isEmpty { return "no container runs uWSGI" }
        var text = ""
        var count = 0
        for verdict in containers where isDecisive(verdict, for: decision) {
            count += 1
            if count > 8 { return text + ", …" }
            if count > 1 { text += ", " }
            text += "max-fd "
            text += verdict.finding.detection.maxFD.state.rawValue
            text += " in "
            text += Excerpt.of(verdict.finding.container.name, limit: 63)
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
