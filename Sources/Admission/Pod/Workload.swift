import JSON

/// A kind of object of Kubernetes itself that is a Pod, or from whose template a controller makes Pods: the one table
/// of where they come from. What other APIs make Pods from is found by ``PodPlaces``.
public struct Workload: Sendable {
    public let kind: String
    /// The API group, empty for the core.
    public let group: String
    /// The members that lead from the object to its Pod template; none for a Pod.
    public let templatePath: [StaticString]
    /// The members that lead to the number of Pods; none for a Pod, which is one.
    private let countPath: [StaticString]
    /// Whether an object that does not say how many Pods it makes makes one, and not one at least.
    private let isOneByDefault: Bool
    /// Whether other objects of Kubernetes itself mostly make it, a Deployment for instance.
    public let isMadeByOthers: Bool
    /// Whether its containers can be changed once it has been created.
    public let canChange: Bool
    /// Whether the webhook examines its Pod template.
    private let isReviewed: Bool

    private init(
        _ kind: String, _ group: String, template: [StaticString] = ["spec", "template"],
        count: [StaticString] = ["spec", "replicas"], isOneByDefault: Bool = false,
        isMadeByOthers: Bool = false, canChange: Bool = true, isReviewed: Bool = true
    ) {
        self.kind = kind
        self.group = group
        templatePath = template
        countPath = count
        self.isOneByDefault = isOneByDefault
        self.isMadeByOthers = isMadeByOthers
        self.canChange = canChange
        self.isReviewed = isReviewed
    }

    /// Sources: Kubernetes `staging/src/k8s.io/api/core/v1/types.go`, `apps/v1/types.go`, `batch/v1/types.go`.
    private static let all: [Workload] = [
        Workload(
            "Pod", "", template: [], count: [], isOneByDefault: true, isMadeByOthers: true, canChange: false,
            isReviewed: false),
        Workload("Deployment", "apps"),
        Workload("StatefulSet", "apps"),
        Workload("DaemonSet", "apps", count: ["status", "desiredNumberScheduled"]),
        Workload("ReplicaSet", "apps", isMadeByOthers: true),
        Workload(
            "Job", "batch", count: ["spec", "parallelism"], isOneByDefault: true, isMadeByOthers: true,
            canChange: false),
        Workload(
            "CronJob", "batch", template: ["spec", "jobTemplate", "spec", "template"],
            count: ["spec", "jobTemplate", "spec", "parallelism"], isOneByDefault: true),
        Workload("ReplicationController", "", isReviewed: false),
    ]

    /// Where objects of any API keep their Pod template by custom: Argo's Rollouts, Knative's Services, OpenKruise's
    /// kinds, OpenShift's DeploymentConfigs; what makes Jobs; core PodTemplates; KEDA's ScaledJobs.
    static let usualTemplatePaths: [[StaticString]] = [
        ["spec", "template"], ["spec", "jobTemplate", "spec", "template"], ["template"],
        ["spec", "jobTargetRef", "template"],
    ]

    /// An object whose Pod template the webhook examines.
    init?(group: String, kind: String) {
        guard let found = Self.all.first(where: { $0.kind == kind && $0.group == group && $0.isReviewed })
        else { return nil }
        self = found
    }

    /// What an object of this kind is.
    /// - Parameter apiVersion: as the object says it; empty where it does not.
    public init?(kind: String, apiVersion: String) {
        let group = Self.group(of: apiVersion)
        guard
            let found = Self.all.first(where: {
                $0.kind == kind && (apiVersion.isEmpty || $0.group == group)
            })
        else { return nil }
        self = found
    }

    /// `apps` of `apps/v1`; empty for `v1`.
    public static func group(of apiVersion: String) -> String {
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : ""
    }

    /// How many Pods an object stands for.
    /// - Returns: the number, and whether it is the least there can be because the object does not say.
    public static func podCount(
        of object: JSONValue, kind: String, apiVersion: String
    ) -> (number: Int, isEstimate: Bool) {
        let workload = Workload(kind: kind, apiVersion: apiVersion)
        let path = workload?.countPath ?? ["spec", "replicas"]
        let number = path.reduce(path.isEmpty ? nil : object) { $0?[$1] }?.integer
        return (number ?? 1, number == nil && workload?.isOneByDefault != true)
    }
}
