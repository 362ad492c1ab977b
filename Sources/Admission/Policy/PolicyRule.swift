import UWSGI

/// What a policy does about a container whose max-fd is in a certain state: one row of the policy table.
struct PolicyRule: Hashable {
    let action: Action
    let warns: Bool

    private init(_ action: Action, warns: Bool = false) {
        self.action = action
        self.warns = warns
    }

    /// The row for a Pod.
    static func forPod(_ policy: Policy, _ state: MaxFD.State) -> PolicyRule {
        switch (policy, state) {
        case (.mutate, .unset): PolicyRule(.add)
        case (.mutate, .ineffective), (.mutate, .harmful): PolicyRule(.replace, warns: true)
        case (.mutate, .incurable), (.mutate, .excessive): PolicyRule(.keep, warns: true)
        case (.mutate, .hidden), (.mutate, .set): PolicyRule(.keep)
        case (.strict, .hidden): PolicyRule(.allow, warns: true)
        case (.strict, .set): PolicyRule(.allow)
        case (.strict, _): PolicyRule(.deny)
        case (.audit, .hidden), (.audit, .set): PolicyRule(.allow)
        case (.audit, _): PolicyRule(.warn, warns: true)
        }
    }

    /// The row for a Pod whose `envFrom` is trusted to hold what is not visible: that of `hidden`, but that mutate says
    /// what it leaves undone.
    static func forTrustedSource(_ policy: Policy) -> PolicyRule {
        switch policy {
        case .mutate: PolicyRule(.keep, warns: true)
        case .strict, .audit: forPod(policy, .hidden)
        }
    }

    /// The same, with a warning if a condition holds.
    func warning(if condition: Bool) -> PolicyRule { PolicyRule(action, warns: warns || condition) }

    /// The row for a workload, whose Pods are still to come: every policy only warns of what it will do.
    /// - Parameter rule: the row for its Pods.
    static func forWorkload(_ rule: PolicyRule) -> PolicyRule {
        switch rule.action {
        case .add, .replace, .deny, .warn: return PolicyRule(.warn, warns: true)
        case .keep, .allow: return rule.warns ? PolicyRule(.warn, warns: true) : PolicyRule(.allow)
        }
    }
}
