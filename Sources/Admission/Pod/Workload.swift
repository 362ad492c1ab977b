/// A kind of object from whose template a controller makes Pods.
enum Workload: String, CaseIterable {
    case deployment = "Deployment"
    case statefulSet = "StatefulSet"
    case daemonSet = "DaemonSet"
    case replicaSet = "ReplicaSet"
    case job = "Job"
    case cronJob = "CronJob"

    init?(group: String, kind: String) {
        guard let workload = Workload(rawValue: kind), workload.group == group else { return nil }
        self = workload
    }

    private var group: String {
        switch self {
        case .deployment, .statefulSet, .daemonSet, .replicaSet: "apps"
        case .job, .cronJob: "batch"
        }
    }

    /// The members that lead from the object to its Pod template.
    var templatePath: [StaticString] {
        switch self {
        case .cronJob: ["spec", "jobTemplate", "spec", "template"]
        default: ["spec", "template"]
        }
    }
}
