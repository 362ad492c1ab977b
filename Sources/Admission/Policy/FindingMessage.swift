import Basics
import UWSGI

/// What a person is told about one container: where, what, on what evidence, and the cure.
struct FindingMessage {
    let finding: ExaminedContainer
    let policy: Policy
    let subject: PolicyEvaluator.Subject
    let action: Action
    let maxFD: Int
    let ceiling: Int
    var strictExemptions = StrictExemptions.likely
    var envFrom = EnvFromHandling.add
    /// The most characters of the place of max-fd: a warning has room for few.
    var longestSource = 48

    /// One sentence without a limit of length, for a denial.
    var denial: String {
        let detection = finding.detection
        var text = "\(role) \"\(name)\" \(verb) uWSGI (\(evidence)): \(trouble); \(cure)"
        if finding.asksForExemption {
            text +=
                " (annotation \(PublicNames.containersAnnotation) does not exempt it: \(reasonAgainstExemption))"
        } else if strictExemptions.cover(detection.certainty), detection.certainty == .likely {
            text +=
                " (or, if it does not run uWSGI, annotate the Pod with \(PublicNames.containersAnnotation): \"-\(name)\")"
        }
        for file in finding.unreadFiles.prefix(4) {
            text +=
                "; \(PrintableText.of(file.path, limit: 255)) could not be read: \(PrintableText.of(file.reason, limit: 512))"
        }
        return text
    }

    private var reasonAgainstExemption: String {
        switch finding.detection.certainty {
        case .certain: "its command line shows uWSGI"
        case .declared: "this cluster's settings say that its image runs uWSGI"
        case .likely, nil: "this cluster allows no exemptions"
        }
    }

    /// The warning that a container passes although detection speaks against it.
    var exemption: String {
        let likely = finding.detection.certainty == .likely ? "likely " : ""
        return "\"\(name)\": exempted by annotation, though \(likely)uWSGI"
    }

    /// A line that fits into a warning: the API server passes on 120 characters.
    var warning: String {
        let likely = finding.detection.certainty == .likely ? " (likely)" : ""
        return "\"\(name)\": " + shortTrouble(likely) + consequence
    }

    /// The container's name, as it is shown.
    var name: String { PrintableText.of(finding.container.name, limit: PrintableText.longestName) }

    private var role: String {
        switch finding.container.role {
        case .container: "container"
        case .`init`: "init container"
        case .sidecar: "sidecar container"
        case .ephemeral: "ephemeral container"
        }
    }

    private var verb: String {
        switch finding.detection.certainty {
        case .likely: "probably runs"
        case .declared: "is declared to run"
        case .certain, nil: "runs"
        }
    }

    private var evidence: String {
        finding.detection.evidence.prefix(4).map { PrintableText.of($0, limit: 80) }.joined(separator: ", ")
    }

    private var source: String {
        PrintableText.of(
            finding.detection.maxFD.source ?? "env \(PublicNames.variable)", limit: longestSource)
    }

    private var value: String { PrintableText.of(finding.detection.maxFD.value ?? "", limit: 24) }

    private var readAs: String { finding.detection.maxFD.number.map { String($0) } ?? "invalid" }

    /// Whether the trouble stands in a text of its own, and not in what keeps the environment away.
    private var hasValue: Bool { finding.detection.maxFD.value != nil }

    /// Whether max-fd, of which nothing is visible, may come from a ConfigMap or Secret.
    private var mayComeFromSource: Bool {
        finding.detection.maxFD.cure == .add && finding.container.mayGetMaxFDFromSource
    }

    private var trouble: String {
        switch finding.detection.maxFD.state {
        case .unset where mayComeFromSource:
            "no max-fd is visible, so it takes the node's limit unless envFrom holds one"
        case .unset: "no max-fd is visible, so it takes the node's limit"
        case .ineffective: "\(source)=\"\(value)\" has no effect"
        case .harmful: "\(source)=\"\(value)\", which it reads as \(readAs), does not let it serve"
        case .incurable where hasValue:
            "max-fd \"\(value)\" at \(source) has no effect that helps, and no variable overrides it"
        case .incurable: "no max-fd is visible, and the container's variables do not reach it"
        case .excessive: "max-fd \(readAs) at \(source) is over the ceiling of \(ceiling)"
        case .hidden: "max-fd comes by reference at \(source)"
        case .set: "max-fd is \(readAs) by \(source)"
        }
    }

    private var cure: String {
        switch finding.detection.maxFD.state {
        case .unset: "set its variable \(PublicNames.variable) to \"\(maxFD)\""
        case .ineffective, .harmful: "set it to \"\(maxFD)\""
        case .incurable where hasValue: "change it to --max-fd=\(maxFD)"
        case .incurable: "add --max-fd=\(maxFD) to uWSGI's options"
        case .excessive: "lower it to \(ceiling) or less"
        case .hidden, .set: "nothing has to be done"
        }
    }

    /// The trouble and its cure in some fifty characters, for a name takes up to 63.
    private func shortTrouble(_ likely: String) -> String {
        let variable = action == .add || action == .replace
        return switch finding.detection.maxFD.state {
        case .unset where mayComeFromSource && envFrom == .trust && policy != .audit:
            "max-fd may come from envFrom, not checked"
        case .unset where mayComeFromSource && policy == .mutate:
            "\(PublicNames.variable)=\(maxFD) wins over one in envFrom"
        case .unset where subject == .workload && policy == .mutate:
            "uWSGI\(likely) without max-fd; Pods get \(PublicNames.variable)=\(maxFD)"
        case .unset: "uWSGI\(likely) without max-fd; set env \(PublicNames.variable)=\(maxFD)"
        case .ineffective where variable: "\(source)=\"\(value)\" had no effect; now \(maxFD)"
        case .ineffective: "\(source)=\"\(value)\" has no effect; set \(maxFD)"
        case .harmful where variable: "uWSGI cannot serve with \(source)=\"\(value)\"; now \(maxFD)"
        case .harmful: "uWSGI cannot serve with \(source)=\"\(value)\"; set \(maxFD)"
        case .incurable where hasValue: "max-fd \"\(value)\" at \(source): write --max-fd=\(maxFD)"
        case .incurable: "env does not reach uWSGI\(likely); add --max-fd=\(maxFD)"
        case .excessive: "max-fd \(readAs) at \(source) is over \(ceiling)"
        case .hidden: "max-fd by reference at \(source) is not checked"
        case .set: "max-fd \(readAs)"
        }
    }

    /// What will come of it, where that is not now.
    private var consequence: String {
        guard subject == .workload, policy == .strict, !(mayComeFromSource && envFrom == .trust),
            PolicyRule.forPod(.strict, finding.detection.maxFD.state).action == .deny
        else { return "" }
        return "; Pods will be refused"
    }
}
