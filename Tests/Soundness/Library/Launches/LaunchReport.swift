import UWSGI

/// What detection makes of every ``LaunchCase``.
public struct LaunchReport: Sendable {
    /// A case about which detection is wrong.
    public struct Failure: Sendable {
        public var example: LaunchCase
        public var fault: LaunchFault
        public var detection: Detection
    }

    public private(set) var count = 0
    public private(set) var failures: [Failure] = []

    public init(_ cases: [LaunchCase], detector: Detector = Detector()) {
        count = cases.count
        for example in cases {
            let detection = detector.detect(example.container)
            if let fault = LaunchFault(detection, of: example) {
                failures.append(Failure(example: example, fault: fault, detection: detection))
            }
        }
    }

    /// The figures, a line for each fault; then every failure on a line of its own, sorted by fault and kind.
    public var lines: [String] {
        let byFault = Dictionary(grouping: failures, by: \.fault)
        let figures = LaunchFault.allCases.map { "\($0.rawValue): \(byFault[$0]?.count ?? 0)" }
        let sorted = failures.sorted {
            ($0.fault.rawValue, $0.example.kind, $0.example.index)
                < ($1.fault.rawValue, $1.example.kind, $1.example.index)
        }
        return ["\(count) launches, \(failures.count) wrong"] + figures + sorted.map(\.line)
    }
}

extension LaunchReport.Failure {
    /// `fault: kind index: expected … got … evidence … command line`
    public var line: String {
        "\(fault.rawValue): \(example.name): expected \(example.expectation), got \(LaunchCase.verdict(detection))"
            + " \(detection.evidence): \(example.commandLine)"
    }
}
