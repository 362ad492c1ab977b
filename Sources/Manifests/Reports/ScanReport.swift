import Basics
import Admission
import UWSGI

/// What a scan found.
public struct ScanReport: Sendable {
    /// The containers without an effective max-fd, in the order of namespace, kind and name.
    public let findings: [ScanFinding]
    /// The other containers that run uWSGI, in the same order.
    public let others: [ScanFinding]
    /// The containers whose limit in force is not what their specification says, in the same order.
    public let contradictions: [ScanContradiction]
    /// What is known of the nodes; `nil` when there was no Node in the input.
    public let nodes: NodeOverview?
    /// What could not be read, in the order of the input.
    public let problems: [ScanProblem]
    /// What looks like containers and was not looked at, in the order of the input.
    public let notes: [ScanProblem]
    /// How many Pods and objects with a Pod template were looked at.
    public let objectCount: Int
    public let nodeLimit: Int
    public let policy: Policy?

    /// All findings' together.
    public var memory: MemoryAtStake { .sum(findings.lazy.map(\.memory)) }
}

/// One container that runs uWSGI in an object, with all objects folded in that come of it.
public struct ScanFinding: Sendable {
    public let namespace: String
    public let kind: String
    public let name: String
    public let apiVersion: String
    /// Whether the object itself was in the input; otherwise only Pods or others that name it as their owner were.
    public let isInInput: Bool
    public let container: ContainerSummary
    /// Whether the container's and its place are those in the object itself, and not in one that came of it.
    let isPlacedInObject: Bool
    public let detection: Detection
    public let explanation: String
    /// What each policy would do about the container in a Pod.
    public let actions: [Policy: Action]
    /// How many Pods it is about.
    public let pods: Int
    /// Whether there may be more, since the object does not say.
    public let podsAreEstimated: Bool
    /// How many of its Pods, which its specification gives no effective max-fd, were measured to have one all the same.
    public let provenPods: Int
    /// How many objects of each kind were folded in, the object itself left out.
    public let folded: [(kind: String, count: Int)]
    /// The limits that the Pods have, or would have without a max-fd, the highest first.
    public let limits: [LimitShare]
    public let memory: MemoryAtStake
    public let place: SourcePlace
    /// The object that the object's manifest stands in, as `kind/name`; mostly empty.
    let holder: String
    let change: EnvironmentChange?
    /// Files that are mounted into the container, and other sources, that could not be read.
    public let unreadFiles: [UnreadFile]

    /// How sure it is that uWSGI runs there.
    public var certainty: Certainty { detection.certainty ?? .likely }

    /// Whether its uWSGI starts a router, which is what takes the memory; `nil` where that cannot be seen.
    public var hasRouter: Bool? {
        if !detection.details.routers.isEmpty { return true }
        return detection.details.routerProcesses.map { $0 > 0 }
    }
}

/// Something that could not be read.
public struct ScanProblem: Sendable, Hashable {
    public let file: String
    /// From 1, where one is known.
    public let line: Int?
    public let reason: String

    public init(file: String, line: Int?, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    /// `file:line: cause`, fit for a terminal.
    public var message: String {
        let place = line.map { ":\($0)" } ?? ""
        return PrintableText.of("\(file == "-" ? "standard input" : file)\(place): \(reason)")
    }
}
